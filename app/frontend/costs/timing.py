"""Time: how long each stage really takes on this machine, beside what its MACs promise."""

from __future__ import annotations

import streamlit as st

from ...backend.charts.time import roofline_plot, time_against_macs
from ...backend.common.device import best_choice, device_name, has_bfloat16
from ...backend.common.quantity import short
from ...backend.timing import roofline
from ...backend.timing.latency import TORCH_DTYPES, WARM_UP_ROUNDS, Latency
from .. import measured
from ..kit.click import clicked
from ..kit.notice import refused
from ..kit.terms import caption
from .context import DTYPES, CostsContext, NumberFormat, choose_format, controls, fp32_instead, plot, selection_note

PLAN = (
    "Measured will be the time of a whole forward pass and of every stage: up to 20 rounds after"
    f" {WARM_UP_ROUNDS} to warm up, {measured.LIMIT_SECONDS:.0f} seconds at most, then what the machine could do at its"
    " best (the roofline). Of an edited network the published one is measured in the same run. The times will be beside"
    " these shares of the MACs."
)


def show(context: CostsContext) -> None:
    """Render the tab."""
    with controls():
        stored = choose_format()
    _start(context, stored)
    times = measured.measured_for(context.state.arch, stored.dtype, stored.batch)
    if times is None:
        if last := measured.MEASUREMENT.result():
            st.caption(
                f"The last measurement was of another network or setting ({_about(last.latency)}). Measure again to"
                " see this one."
            )
        st.markdown(PLAN)
        _against_macs(context, None)
        selection_note(context.state)
        return
    st.markdown(_sentence(times.latency))
    if times.published:
        st.markdown(f"The published network: {_sentence(times.published)}")
    if times.disturbed:
        st.caption("A long job, such as a training run, went on here meanwhile: on an idle machine it is faster.")
    _against_macs(context, times)
    caption("Where the orange bar is longer, the stage takes a larger share of the time than of the MACs.")
    st.header("Roofline")
    points = roofline.roofline_points(context.analysis, times.latency, times.ceilings)
    before = roofline.roofline_points(context.original, times.published, times.ceilings) if times.published else ()
    plot(context, roofline_plot(times.ceilings, points, before), "roofline")
    caption(
        "A stage on the line is as fast as this machine allows. Under the slope, memory bandwidth is the limit; under"
        " the flat part, arithmetic is. The line is what PyTorch reaches here in a large copy and in a large matrix"
        " product or convolution. A stage whose data stay in the processor's cache can lie above the slope."
    )
    selection_note(context.state)


def _against_macs(context: CostsContext, times: measured.Measured | None) -> None:
    st.header("Time against MACs")
    published = (context.published, times.published if times else None) if context.published else None
    latency = times.latency if times else None
    plot(context, time_against_macs(context.analysis, latency, context.state.selected_stage, published), "times")


def _start(context: CostsContext, stored: NumberFormat) -> None:
    if measured.MEASUREMENT.running:
        measured.MEASUREMENT.watch()
        return
    device = best_choice()
    if device.notice:
        st.caption(device.notice)
    if stored.dtype not in TORCH_DTYPES:
        sentence = "int8 cannot be timed here: PyTorch runs only quantised networks in it."
        refused(sentence, "times", fp32_instead())
        return
    if stored.dtype == "bfloat16" and not has_bfloat16(device.device):
        st.caption("This processor emulates bf16, so it is slower than fp32.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if clicked("Measure", "times.start", ":material/timer:", help="It can be cancelled"):
            measured.start(context.state.arch, context.state.original, stored.dtype, stored.batch)
            st.rerun()
        caption(f"On {device_name(device.device)}, {stored.of_batch}, with random weights and pictures.")
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
