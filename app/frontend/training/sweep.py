"""Accuracy against MACs: what one width is worth to the demo network, which has learned Fashion-MNIST."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models import Arch, widths
from inception_models.checkpoints.catalogue import Learned
from inception_models.checkpoints.demo import demo

from ...backend.charts import training as training_plots
from ...backend.training.sweep import Sweep, sweep, sweep_csv, sweep_widths
from ..shell import notice
from ..state import State
from .runs import sweeping

POLL_SECONDS = 0.5
FIRST = "conv2"  # where a cut is felt most, so it is proposed first


def show(state: State) -> None:
    """Render the tab."""
    learned = demo()
    work = sweeping()
    arch = state.arch if _fits(state.arch, learned) else learned.arch
    _which(state, arch, learned)
    if work.job is not None:
        _watch()
    else:
        _start(arch)
    if work.result is not None:
        _result(work.result, arch)


def _fits(arch: Arch, learned: Learned) -> bool:
    """Whether the demo's weights can be carried over to ``arch`` and its pictures still make sense."""
    trained = learned.arch
    return (arch.key, arch.classes, arch.input_size) == (trained.key, trained.classes, trained.input_size)


def _which(state: State, arch: Arch, learned: Learned) -> None:
    st.markdown(
        f"The demo network tells {len(learned.class_names)} kinds of clothing apart: {learned.accuracy}. Here one of"
        " its widths takes several values, without training in between: a narrower layer keeps its strongest filters,"
        " a wider one doubles some, which changes nothing."
    )
    if arch is not state.arch:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Edit the demo network",
                icon=":material/edit:",
                on_click=partial(state.become, learned.arch),
                help="Show it here in place of the network above; undo brings that back",
            )
            st.caption("The network above is another one; the demo is measured as it was trained.")
    elif arch != learned.arch:
        st.caption("Your edits of the demo network are kept; only the chosen width varies.")


def _start(arch: Arch) -> None:
    known = widths(arch)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = st.selectbox(
            "Width",
            list(known),
            list(known).index(FIRST) if FIRST in known else 0,
            format_func=lambda path: f"{path} ({known[path]})",
            key="sweep_width",
            persist_state="session",
            width=420,
            help="The layer whose number of filters varies",
        )
        if st.button("Measure", icon=":material/query_stats:", type="primary"):
            sweeping().start(partial(sweep, arch, path))
            st.rerun()
        st.caption(f"{len(sweep_widths(known[path]))} widths, some seconds")
    if note := sweeping().note:
        notice.refused(note)


@st.fragment(run_every=POLL_SECONDS)
def _watch() -> None:
    """The progress bar; it looks after the work without drawing the page again."""
    work = sweeping()
    if work.job is None or not work.job.running:
        work.take()
        st.rerun()
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(work.job.progress.fraction, text=f"Measuring: {work.job.progress.doing}")
        st.button("Cancel", icon=":material/close:", on_click=work.job.progress.cancel, help="Stop at the next picture")


def _result(found: Sweep, arch: Arch) -> None:
    now = next(point.accuracy for point in found.points if point.width == found.width)
    narrowest = next(point for point in found.points if point.accuracy >= now - 0.01)
    st.subheader(notice.plain(found.path))
    st.plotly_chart(training_plots.sweep_plot(found), key="sweep", config={"displaylogo": False})
    st.caption(
        f"The narrowest that loses no more than one percentage point: {narrowest.width} of {found.width} filters."
        f" Measured on {narrowest.pictures} pictures, each of which is {100 / narrowest.pictures:.2g} points."
    )
    if found.arch != arch:
        st.caption("The network was edited since; measure again to see it as it is now.")
    st.download_button(
        "CSV", sweep_csv(found), f"{found.arch.key}.{found.path}.csv", "text/csv", icon=":material/download:"
    )
