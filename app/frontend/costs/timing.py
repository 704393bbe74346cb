"""Time: how long each stage really takes on this machine, beside what its MACs promise."""

from __future__ import annotations

import streamlit as st

from ...backend.charts.costs import roofline_plot, time_against_macs
from ...backend.common.device import best_choice, device_name, has_bfloat16
from ...backend.common.quantity import short
from ...backend.timing import roofline
from ...backend.timing.latency import TORCH_DTYPES, Latency
from .. import measured
from .context import DTYPES, CostsContext, plot, selection_note


def show(context: CostsContext) -> None:
    """Render the tab."""
    _controls(context)
    times = measured.measured_for(context.state.arch, context.dtype, context.batch)
    if times is None:
        if last := measured.MEASUREMENT.result():
            st.caption(
                f"The last measurement was of another network or setting ({_about(last.latency)}). Measure again to"
                " see this one."
            )
        return
    st.markdown(_sentence(times.latency))
    if times.disturbed:
        st.caption("A long job, such as a training run, went on here meanwhile: on an idle machine it is faster.")
    points = roofline.roofline_points(context.analysis, times.latency, times.ceilings)
    st.subheader("Time against MACs")
    plot(context, time_against_macs(context.analysis, times.latency, context.state.selected_stage), "times")
    st.caption("Where the orange bar is longer, the stage takes a larger share of the time than of the MACs.")
    st.subheader("Roofline")
    plot(context, roofline_plot(times.ceilings, points), "roofline")
    st.caption(
        "A stage on the line is as fast as this machine allows. Under the slope, memory bandwidth is the limit; under"
        " the flat part, arithmetic is. The line is what PyTorch reaches here in a large copy and in a large matrix"
        " product or convolution. A stage whose data stay in the processor's cache can lie above the slope."
    )
    selection_note(context.state)


def _controls(context: CostsContext) -> None:
    if measured.MEASUREMENT.running:
        measured.MEASUREMENT.watch()
        return
    device = best_choice()
    if device.notice:
        st.caption(device.notice)
    if context.dtype not in TORCH_DTYPES:
        st.info("int8 cannot be timed here: PyTorch runs only quantised networks in it.", icon=":material/info:")
        return
    if context.dtype == "bfloat16" and not has_bfloat16(device.device):
        st.caption("This processor emulates bf16, so it is slower than fp32.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Measure", icon=":material/timer:", type="primary", help="Takes up to about 20 seconds; it can be cancelled"
        ):
            measured.start(context.state.arch, context.dtype, context.batch)
            st.rerun()
        st.caption(f"On {device_name(device.device)}, {context.of_batch}, with random weights and pictures.")
    measured.MEASUREMENT.show_problem()


def _sentence(latency: Latency) -> str:
    total = latency.total
    rate = latency.batch / total.seconds
    return (
        f"**{short(total.seconds, 's')}** for {_about(latency)}. This is the median of {latency.rounds} runs, half of"
        f" which took {short(total.low, 's')} to {short(total.high, 's')}. That is {rate:.3g} pictures a second."
    )


def _about(latency: Latency) -> str:
    pictures = "one picture" if latency.batch == 1 else f"{latency.batch} pictures"
    return f"{pictures}, {DTYPES[latency.dtype]}, on {latency.device}"
