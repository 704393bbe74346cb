"""Two predictions of one network, or of two, and what changed."""

from __future__ import annotations

import streamlit as st
from torch import Tensor
from torch.nn import functional as F

from ....backend.charts.prediction import prediction_bars
from ...chart import show_chart
from .context import PictureContext


def show(context: PictureContext, logits: tuple[Tensor, Tensor], names: tuple[str, str], key: str) -> None:
    """Render both; where the outputs are not classes, how far apart they are."""
    if context.forward_pass.trained_weights.embedding:
        cosine = float(F.cosine_similarity(logits[0], logits[1], dim=0))
        st.markdown(f"The cosine of the two vectors is **{cosine:.4f}**; 1 means that they point the same way.")
        return
    figure = prediction_bars(logits[0], logits[1], names, context.class_name)
    show_chart(figure, key, f"{context.arch.key}.{key}")
