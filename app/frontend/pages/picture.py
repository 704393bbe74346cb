"""Picture: a person's own picture pushed through the network, and what every branch makes of it."""

from __future__ import annotations

from typing import cast

import streamlit as st

from ...backend.activations import channel_statistics, top_classes
from ...backend.channel_plot import Series, channel_bars
from ...backend.forward import Forward, forward
from ...backend.images import class_name
from ...backend.mosaic import Contrast, Order, mosaic, png
from ...backend.palette import branch_colour
from .. import frame, notice, picture_input
from ..state import State

ORDERS = {"channel": "By number", "strongest": "Strongest first"}
CONTRASTS = {"channel": "Each channel's own", "shared": "Shared by the branch"}


def page() -> None:
    """Render the page."""
    state, _, _ = frame.show()
    left, right = st.columns([1, 3], gap="large")
    with left:
        picture = picture_input.chosen()
        try:
            done = _forward(state, picture)
        except ValueError as refusal:
            notice.refused(str(refusal))
            return
        _prediction(done, picture.credit)
    with right, st.container(key="maps"):
        _maps(state, done)


def _forward(state: State, picture: picture_input.Picture) -> Forward:
    """The forward pass of this picture through this network, remembered until one of them changes."""
    key = (state.arch, picture.digest)
    if st.session_state.get("forward", (None,))[0] != key:
        with st.spinner("Running the network"):
            st.session_state.forward = (key, forward(state.arch, picture.image))
    done = st.session_state.forward[1]
    assert isinstance(done, Forward)
    return done


def _prediction(done: Forward, credit: str) -> None:
    st.image(
        done.preview, caption=f"What the network sees. {notice.plain(credit)}", output_format="PNG", width="stretch"
    )
    with st.expander("How the picture is prepared"):
        st.markdown("\n".join(f"{i}. {notice.plain(step)}" for i, step in enumerate(done.preprocessing.describe(), 1)))
    st.markdown("**Likeliest classes**")
    st.info(
        "The weights are random, so the feature maps are real but the classes mean nothing.", icon=":material/casino:"
    )
    for index, probability in top_classes(done.activations.logits):
        st.progress(probability, notice.plain(f"{class_name(index, done.arch.classes)} {probability:.1%}"))
    st.caption(notice.plain(f"{done.seconds * 1e3:.0f} ms on {done.device}, all feature maps kept"))


def _maps(state: State, done: Forward) -> None:
    stage, order, contrast = _choices(state, done)
    views = done.views(stage)
    for start in range(0, len(views), 2):
        for column, (path, branch) in zip(st.columns(2, gap="medium"), views[start : start + 2], strict=False):
            with column:
                maps = done.activations.outputs[path]
                drawn = mosaic(maps, order=order, contrast=contrast, limit=256)
                size = f"{maps.shape[0]} channels" + (
                    f" of {maps.shape[1]} × {maps.shape[2]}" if maps.ndim == 3 else ""
                )
                name = f'<h3 class="branch" style="--branch:{branch_colour(branch)}">{path.rpartition(".")[2]}'
                st.html(f"{name}<small>{size}</small></h3>")
                data = png(drawn)
                st.image(data, output_format="PNG", width="stretch")
                if len(drawn.channels) < maps.shape[0]:
                    st.caption(f"The first {len(drawn.channels)} of {maps.shape[0]} channels.")
                st.download_button(
                    "PNG",
                    data,
                    f"{done.arch.key}.{path}.png",
                    "image/png",
                    icon=":material/download:",
                    key=f"png:{path}",
                )
    st.subheader("Channel statistics")
    series = [
        Series(path.rpartition(".")[2], branch_colour(branch), channel_statistics(done.activations.outputs[path]))
        for path, branch in views
    ]
    dead = sum(int(item.statistics.dead.sum()) for item in series)
    total = sum(len(item.statistics.dead) for item in series)
    st.caption(
        f"{dead} of {total} channels are zero everywhere on this picture." if dead else f"None of {total} is dead."
    )
    st.plotly_chart(channel_bars(series), key="channels")


def _choices(state: State, done: Forward) -> tuple[str, Order, Contrast]:
    stages = list(done.activations.stages)
    copies = [path.rpartition(".")[0] for path in done.activations.branches]
    options = list(dict.fromkeys(name for s in stages for name in _with_copies(s, copies)))
    wanted = next(
        (o for o in options if o == state.selected_stage or o.startswith(f"{state.selected_stage}.")), options[0]
    )
    if st.session_state.get("maps_of") not in options or not str(st.session_state.maps_of).startswith(
        state.selected_stage
    ):
        st.session_state.maps_of = wanted
    with st.container(horizontal=True):
        stage = st.selectbox(
            "Stage",
            options,
            key="maps_of",
            on_change=lambda: state.select(str(st.session_state.maps_of).partition(".")[0]),
            help="Whose feature maps are shown; the same selection as on the other pages",
        )
        order = st.segmented_control(
            "Order", list(ORDERS), default="channel", format_func=ORDERS.__getitem__, key="order", required=True
        )
        contrast = st.segmented_control(
            "Contrast",
            list(CONTRASTS),
            default="channel",
            format_func=CONTRASTS.__getitem__,
            key="contrast",
            required=True,
        )
    return stage, cast(Order, order), cast(Contrast, contrast)


def _with_copies(stage: str, blocks: list[str]) -> list[str]:
    own = [block for block in blocks if block.startswith(f"{stage}.")]
    return own or [stage]
