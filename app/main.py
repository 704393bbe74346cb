"""Streamlit's entry point: the pages and the way between them, nothing else.

Streamlit runs this file as a script. A script belongs to no package and has no relative imports, so it finds its
package by its folder's name: `app` in a checkout, `inception_explorer` where it was installed.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import streamlit as st

PACKAGE = Path(__file__).resolve().parent
if str(PACKAGE.parent) not in sys.path:  # `streamlit run app/main.py` puts app/ on the path, not the folder above it
    sys.path.insert(0, str(PACKAGE.parent))

from inception_models.shipped import ASSETS  # noqa: E402  # the path above must be set first


def _page(name: str) -> Callable[[], None]:
    page: Callable[[], None] = import_module(f"{PACKAGE.name}.frontend.pages.{name}").page
    return page


st.set_page_config(
    "Inception Explorer",
    page_icon=str(ASSETS / "icon.png"),
    layout="wide",
    menu_items={"About": "Inception Explorer: the Inception family, exact and editable."},  # keeps the theme choice
)
st.html(ASSETS / "app.css")
st.navigation(
    [
        st.Page(_page("explore"), title="Explore", icon=":material/account_tree:", url_path="explore", default=True),
        st.Page(_page("picture"), title="Picture", icon=":material/image:", url_path="picture"),
        st.Page(_page("costs"), title="Costs", icon=":material/bar_chart:", url_path="costs"),
        st.Page(_page("train"), title="Train", icon=":material/school:", url_path="train"),
    ]
).run()
