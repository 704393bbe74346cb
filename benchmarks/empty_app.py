"""The floor of the diagram benchmark: a Streamlit page with a slider and what it says, and nothing else."""

import streamlit as st

st.set_page_config(layout="wide")
width = st.slider("Width", 1, 999, 64)
st.caption(f"width {width}")
