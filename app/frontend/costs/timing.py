"""Time: how long each stage really takes on this machine, beside what its MACs promise."""

from __future__ import annotations

import streamlit as st

from ...backend.charts import costs as cost_plots
from ...backend.common.device import best_choice, device_name, has_bfloat16
from ...backend.common.jobs import Busy
from ...backend.common.quantity import short
from ...backend.timing import roofline
from ...backend.timing.latency import TORCH_DTYPES, Latency
from .. import measured
from .view import DTYPES, View, plot, selection_note

POLL_SECONDS = 0.5


def show(view: View) -> None:
    """Render the tab."""
    _controls(view)
    found = measured.of(view)
    if found is None:
        if last := measured.last_one():
            st.caption(
                f"The last measurement was of another network or setting ({_about(last.latency)}). Measure again to"
                " see this one."
            )
        return
    st.markdown(_sentence(found.latency))
    points = roofline.roofline_points(view.analysis, found.latency, found.ceilings)
    st.subheader("Time against MACs")
    plot(view, cost_plots.time_against_macs(view.analysis, found.latency, view.state.selected_stage), "times")
    st.caption("Where the orange bar is the longer one, a stage is slower than its MACs say.")
    st.subheader("Roofline")
    plot(view, cost_plots.roofline_plot(found.ceilings, points), "roofline")
    st.caption(
        "On the line a stage is as fast as this machine allows. Under its slope memory is the limit, under its flat"
        " part arithmetic. The line is what PyTorch reaches here in a copy of 64 MiB and in a large matrix product or"
        " convolution; a stage whose data stay in the processor's cache can pass the slope."
    )
    selection_note(view.state)


def _controls(view: View) -> None:
    job = measured.job()
    if job is not None:
        _watch()
        return
    device = best_choice()
    if device.notice:
        st.caption(device.notice)
    if view.dtype not in TORCH_DTYPES:
        st.info("int8 cannot be timed here: PyTorch runs it on quantised networks only.", icon=":material/info:")
        return
    if view.dtype == "bfloat16" and not has_bfloat16(device.device):
        st.caption("This processor emulates bf16, so it is slower than fp32.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Measure", icon=":material/timer:", type="primary", help="Up to about 20 seconds; it can be cancelled"
        ):
            try:
                measured.start(view)
            except Busy as busy:
                st.session_state.measuring_problem = str(busy)
            else:
                st.session_state.measuring_problem = ""
            st.rerun()
        st.caption(f"On {device_name(device.device)}, {view.of_batch}, with random weights and pictures.")
    if problem := st.session_state.get("measuring_problem"):
        st.warning(problem, icon=":material/info:")


@st.fragment(run_every=POLL_SECONDS)
def _watch() -> None:
    """The progress bar; it looks after the job without drawing the page again."""
    job = measured.job()
    if job is None or not job.running:
        st.session_state.measuring_problem = measured.take()
        st.rerun()
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.progress.fraction, text=f"Measuring: {job.progress.doing}")
        st.button("Cancel", icon=":material/close:", on_click=job.progress.cancel, help="Stop at the next stage")


def _sentence(latency: Latency) -> str:
    total = latency.total
    rate = latency.batch / total.seconds
    return (
        f"**{short(total.seconds, 's')}** for {_about(latency)}; half of the runs took {short(total.low, 's')} to"
        f" {short(total.high, 's')}. That is {rate:.3g} pictures a second. The median of {latency.rounds} runs."
    )


def _about(latency: Latency) -> str:
    pictures = "one picture" if latency.batch == 1 else f"{latency.batch} pictures"
    return f"{pictures}, {DTYPES[latency.dtype]}, on {latency.device}"
