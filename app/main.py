"""Streamlit's entry point: the pages and the way between them, nothing else."""

import sys
from pathlib import Path

import streamlit as st

ABOVE_APP = str(Path(__file__).resolve().parents[1])
if ABOVE_APP not in sys.path:  # `streamlit run app/main.py` puts app/ on the path, not the folder above it
    sys.path.insert(0, ABOVE_APP)

from app.frontend.pages import costs, explore, picture, train  # noqa: E402  # the path above must be set first
from app.frontend.shell import page_links  # noqa: E402
from inception_models.shipped import ASSETS  # noqa: E402

st.set_page_config(
    "Inception Explorer",
    page_icon=str(ASSETS / "icon.png"),
    layout="wide",
    menu_items={"About": "Inception Explorer: the Inception family, exact and editable."},  # keeps the theme choice
)
st.html(ASSETS / "app.css")
PAGES = [
    st.Page(explore.page, title="Explore", icon=":material/account_tree:", url_path="explore", default=True),
    st.Page(picture.page, title="Picture", icon=":material/image:", url_path="picture"),
    st.Page(costs.page, title="Costs", icon=":material/bar_chart:", url_path="costs"),
    st.Page(train.page, title="Train", icon=":material/school:", url_path="train"),
]
page_links.register(PAGES)
st.navigation(PAGES).run()
