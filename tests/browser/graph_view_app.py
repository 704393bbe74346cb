"""The network of small_network.py as an app with two pages.

Run by test_graph_view_in_app.py. In the address: ?open=all&tabs.
"""

import streamlit as st

from tests.browser.small_network import SmallNetwork


def diagram() -> None:
    query = st.query_params
    if "network" not in st.session_state:
        st.session_state.network = SmallNetwork(expanded=range(3) if query.get("open") == "all" else ())
    network: SmallNetwork = st.session_state.network
    network.width = st.number_input("Width", 8, 512, 96, step=8)
    with st.tabs(["First", "Second"])[1] if "tabs" in query else st.container():
        network.show()
    st.code("\n".join(network.log), language=None)


def other() -> None:
    st.title("Another page")


st.set_page_config(layout="wide")
st.navigation([st.Page(diagram, title="Diagram", default=True), st.Page(other, title="Other")], position="top").run()
