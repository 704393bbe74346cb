"""The diagram of made_up_network.py as an app, with a second page.

Run by diagram.py. In the address: what MadeUp.asked takes, and ?tabs.
"""

import streamlit as st

from tests.browser.components.made_up_network import MadeUp


def diagram() -> None:
    tools = st.columns(4)
    with tools[0]:
        network.width = st.number_input("Width", 8, 512, 96, step=8)
    with tools[1]:
        elsewhere = st.text_input("Select")
        if elsewhere != st.session_state.setdefault("typed", ""):
            st.session_state.typed = network.selected = elsewhere
    with tools[2]:
        network.heat = st.toggle("Heat")
    with tools[3]:
        network.sideways = st.toggle("Sideways")
    with st.tabs(["First", "Second"])[1] if "tabs" in st.query_params else st.container():
        network.show()
    st.code("\n".join([*network.log, f"width {network.width}"]), language=None)
    st.markdown("\n\n".join(["A line below the diagram."] * 30))


def other() -> None:
    st.title("Another page")


if "network" not in st.session_state:
    st.session_state.network = MadeUp.asked(st.query_params)
network: MadeUp = st.session_state.network
st.set_page_config(layout="wide")
st.navigation([st.Page(diagram, title="Diagram", default=True), st.Page(other, title="Other")], position="top").run()
