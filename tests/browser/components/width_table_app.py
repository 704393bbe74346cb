"""The table of table_one.py as an app.

Run by test_width_table.py. In the address, ?work=0.3 makes every run take that many seconds.
"""

import time

import streamlit as st

from tests.browser.components.table_one import TableOne

st.set_page_config(layout="wide")
table: TableOne = st.session_state.setdefault("table one", TableOne())
time.sleep(float(st.query_params.get("work", "0")))  # stands for the analysis of a large network
table.show()
st.code("\n".join(table.log), language=None)
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"run {st.session_state.runs}")
