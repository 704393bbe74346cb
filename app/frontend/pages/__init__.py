"""The pages, each a module with ``page()``; here is which there are, and in which order."""

from __future__ import annotations

import streamlit as st

from ...web.first_look import FIRST_LOOK
from ..explore.first_look import first_look
from ..kit import page_links
from ..kit.panel import AROUND, panel
from ..kit.presence import person
from ..session import current
from ..shell import actions, memory
from ..shell.callbacks import guard_callbacks
from ..takeaway import dialog
from . import compare, costs, explore, learn, own_network, picture, search, train

FIRST_LOOK.comes_from(first_look)


def show() -> None:
    """Render the menu and the page that the address names."""
    guard_callbacks()
    person()  # is here, whichever page this is
    memory.hear()
    pages = [
        st.Page(explore.page, title="Explore", icon=":material/account_tree:", url_path="explore", default=True),
        st.Page(picture.page, title="Picture", icon=":material/image:", url_path="picture"),
        st.Page(costs.page, title="Costs", icon=":material/bar_chart:", url_path="costs"),
        st.Page(compare.page, title="Compare", icon=":material/compare:", url_path="compare"),
        st.Page(search.page, title="Search", icon=":material/search:", url_path="search"),
        st.Page(train.page, title="Train", icon=":material/school:", url_path="train"),
        st.Page(learn.page, title="Learn", icon=":material/menu_book:", url_path="learn"),
        st.Page(own_network.page, title="Your own network", icon=":material/upload_file:", url_path="own-network"),
    ]
    page_links.register(pages)
    actions.register(dialog.show)
    chosen = st.navigation(pages, position="top")
    page_links.open_wanted(current(), chosen.title)
    with panel(chosen.title, AROUND):  # its parts have panels of their own
        current().turn_to(chosen.title)
        chosen.run()
