"""The button in the menu and the dialog that it opens; only the tab that is open is computed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..kit.lasting_dialog import LastingDialog
from ..kit.tabs import remembered_tabs
from ..state import State
from . import code, exchange, papers, report

TAKING_HOME = LastingDialog("taking_home")
TAKEAWAY_TABS = {
    "Code": code.show,
    "Weights and exchange": exchange.show,
    "Tables and figures": papers.show,
    "Report": report.show,
}


def show(state: State) -> None:
    """Render the button, and the dialog while it is open: a job that ends in it draws the whole page again."""
    st.button(
        "Take home",
        key="take-home",
        icon=":material/download:",
        help="This network as code, ONNX, weights, tables, figures or a report",
        on_click=TAKING_HOME.open,
        args=(state,),
    )
    if TAKING_HOME.is_open(state):
        _dialog(state)


@st.dialog("Take home", width="large", on_dismiss=TAKING_HOME.close)
def _dialog(state: State) -> None:
    remembered_tabs("take_home", {label: partial(tab, state) for label, tab in TAKEAWAY_TABS.items()})
