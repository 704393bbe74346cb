"""Streamlit's entry point, which it runs as a script: what is the same on every page, then the page itself.

A script belongs to no package and has no relative imports, so it finds its package by its folder's name: `app` in a
checkout, `inception_explorer` where it was installed.
"""

import sys
from importlib import import_module
from pathlib import Path

import streamlit as st

PACKAGE = Path(__file__).resolve().parent
if str(PACKAGE.parent) not in sys.path:  # `streamlit run app/main.py` puts app/ on the path, not the folder above it
    sys.path.insert(0, str(PACKAGE.parent))

from inception_models.shipped import ASSETS  # noqa: E402  # the path above must be set first

st.set_page_config(
    "Inception Explorer",
    page_icon=str(ASSETS / "icon.png"),
    layout="wide",
    menu_items={"About": "Inception Explorer: the Inception family, exact and editable."},  # keeps the theme choice
)
st.logo(ASSETS / "icon.svg")
st.html(ASSETS / "app.css")
st.html(ASSETS / "learn.css")
st.html(ASSETS / "compare.css")
import_module(f"{PACKAGE.name}.frontend.pages").show()
