"""Before a run: a picture of each class of the data, what a run does, and how long it would take."""

from __future__ import annotations

import streamlit as st
from PIL import Image
from torch import Tensor

from inception_models.training.run import Options

from ...backend import Analysis
from ...backend.common.quantity import short, spoken
from ...backend.common.text import html_text
from ...backend.common.thumbnail import png_file, png_uri
from ...backend.training.data import Offer
from ...backend.training.job import Beginning
from ...backend.training.plan import training_plan

PREVIEW_PX = 64


def show(analysis: Analysis, offer: Offer, options: Options, beginning: Beginning | None) -> None:
    """Render it."""
    st.header("What a run does")
    st.html(_examples(offer.title, offer))
    plan = training_plan(analysis, offer.pictures, options, tuning=beginning.tuning if beginning else None)
    size = analysis.input_size
    steps = (
        f"{offer.pictures:,} pictures, seen at {size} × {size} pixels; a tenth of them is held out.",
        f"{options.epochs} epochs of steps with {options.batch} pictures each: stochastic gradient descent with"
        f" Nesterov momentum and a weight decay of {options.weight_decay:g}. The learning rate rises to"
        f" {options.learning_rate:g} and falls to zero.",
        "After each epoch the held-out pictures decide which weights are kept. The test pictures are used once, at the"
        " end.",
        f"Roughly {spoken(plan.seconds)} here and {short(plan.memory_bytes, 'B')} of memory. Guessing would get"
        f" {1 / offer.classes:.0%} of the pictures right.",
    )
    st.markdown("\n".join(f"- {step}" for step in steps))
    st.caption("During a run, the curves of loss and accuracy are here.")


@st.cache_data(show_spinner=False)
def _examples(title: str, _offer: Offer) -> str:
    """The first training picture of every class, by the title of the data."""
    data = _offer.read()
    first = [int((data.train.labels == number).nonzero()[0]) for number in range(len(data.classes))]
    figures = (
        f'<figure><img src="{_png(data.train.images[place])}" alt=""><figcaption>{html_text(name)}</figcaption>'
        "</figure>"
        for place, name in zip(first, data.classes, strict=True)
    )
    return f'<div class="examples">{"".join(figures)}</div>'


def _png(image: Tensor) -> str:
    grey_or_rgb = image.permute(1, 2, 0).squeeze(-1).numpy()
    return png_uri(png_file(Image.fromarray(grey_or_rgb).resize((PREVIEW_PX, PREVIEW_PX), Image.Resampling.NEAREST)))
