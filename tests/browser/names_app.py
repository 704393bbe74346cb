"""Hostile names in every kind of place of the page that shows a name from a file; run by test_names.py."""

import json

import numpy as np
import streamlit as st
import torch

from app.backend.charts.prediction import prediction_bars
from app.backend.common.text import visible
from app.frontend.kit.notice import WayOut, plain, refused

names = json.loads(st.query_params["names"])
for number, name in enumerate(names):
    st.caption(plain(name))
    refused(name, f"name{number}", WayOut(name, lambda: None))
    st.button(plain(name), key=f"button{number}")
    st.progress(0.5, plain(name))
    st.markdown(f"- **{plain(name)}** changed")
    st.image(np.zeros((8, 8, 3), np.uint8), caption=plain(name))
    st.selectbox(f"Class {number}", [0], format_func=lambda _, name=name: visible(name))
logits = torch.zeros(len(names))
st.plotly_chart(prediction_bars(logits, logits, (names[0], names[1]), names.__getitem__, k=len(names)))
st.text("done")
