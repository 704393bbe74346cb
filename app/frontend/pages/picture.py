"""Picture: a person's own picture pushed through the network."""

import streamlit as st


def page() -> None:
    st.write("soon")
