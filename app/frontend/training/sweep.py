"""Accuracy against MACs: what one width is worth to the demo network, which was trained on Fashion-MNIST."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models import Arch, widths, with_widths
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.trained_weights import TrainedWeights

from ...backend import analyze
from ...backend.charts.training import sweep_plot
from ...backend.training.sweep import Sweep, sweep, sweep_csv, sweep_widths
from ..chart import chart_config
from ..components.figures_table import FigureColumn, FigureRow, figures_table, whole, words
from ..kit.background import BackgroundTask
from ..kit.click import clicked
from ..kit.notice import plain
from ..kit.save_button import save_button
from ..kit.terms import caption
from ..state import State

SWEEP: BackgroundTask[Sweep] = BackgroundTask("sweep", "Measuring", "Stop at the next picture")
PROPOSED_WIDTH = "conv2"  # a cut is felt most here


def show(state: State) -> None:
    """Render the tab."""
    weights = demo()
    arch = state.arch if fits_demo(state.arch, weights) else weights.arch
    _which(state, arch, weights)
    if SWEEP.running:
        SWEEP.watch()
    else:
        _start(arch)
    if measured := SWEEP.result():
        _result(measured, arch)


def fits_demo(arch: Arch, weights: TrainedWeights) -> bool:
    """Whether the demo's weights can be carried over to ``arch`` and its pictures still make sense."""
    trained = weights.arch
    return (arch.key, arch.classes, arch.input_size) == (trained.key, trained.classes, trained.input_size)


def _which(state: State, arch: Arch, weights: TrainedWeights) -> None:
    st.markdown(
        f"The demo network classifies {len(weights.class_names)} kinds of clothing: {weights.accuracy}. Here one of its"
        " widths takes several values without training in between: a narrower layer keeps its strongest filters, and a"
        " wider one duplicates some, which changes no output."
    )
    if arch is not state.arch:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Edit the demo network",
                icon=":material/edit:",
                on_click=partial(state.become, weights.arch),
                help="Show it in place of the network above. Undo reverts it.",
            )
            st.caption("The network above is a different one, so the demo network is measured as it was trained.")
    elif arch != weights.arch:
        caption("Your edits of the demo network are kept; only the chosen width varies.")


def _start(arch: Arch) -> None:
    known = widths(arch)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = st.selectbox(
            "Width",
            list(known),
            list(known).index(PROPOSED_WIDTH) if PROPOSED_WIDTH in known else 0,
            format_func=lambda path: f"{path} ({known[path]})",
            key="sweep_width",
            persist_state="session",
            width=420,
            help="The layer whose number of filters varies",
        )
        if clicked("Measure", "sweep.start", ":material/query_stats:"):
            SWEEP.start(partial(sweep, arch, path))
            st.rerun()
        caption(f"{len(sweep_widths(known[path]))} widths, a few seconds")
    SWEEP.show_problem()
    if SWEEP.result() is None:
        _to_measure(arch, path)


def _to_measure(arch: Arch, path: str) -> None:
    """The networks that would be measured, with what is known of them before."""
    caption(
        "Each of these networks is to classify the shipped test pictures; a chart then shows what its width is worth."
    )
    analyses = {width: analyze(with_widths(arch, {path: width})) for width in sweep_widths(widths(arch)[path])}
    rows = [
        FigureRow(
            f"{width}",
            f"{width} filter{'s' if width > 1 else ''}",
            "",
            (whole(known.macs), whole(known.params), words("not measured")),
        )
        for width, known in analyses.items()
    ]
    columns = [FigureColumn("MACs"), FigureColumn("Parameters", "extra"), FigureColumn("Accuracy")]
    figures_table(path, columns, rows, key="sweep-before")


def _result(measured: Sweep, arch: Arch) -> None:
    now = next(point.accuracy for point in measured.points if point.width == measured.width)
    narrowest = next(point for point in measured.points if point.accuracy >= now - 0.01)
    st.header(plain(measured.path))
    name = f"{measured.arch.key}.{measured.path}"
    st.plotly_chart(sweep_plot(measured), key="sweep", config=chart_config(name))
    caption(
        f"The narrowest width that loses at most one percentage point: {narrowest.width} of {measured.width} filters."
        f" Measured on {narrowest.pictures} pictures, each of which counts {100 / narrowest.pictures:.2g} points."
    )
    if measured.arch != arch:
        st.caption("The network has been edited since; measure again to see it as it is now.")
    save_button("CSV", sweep_csv(measured), f"{name}.csv")
