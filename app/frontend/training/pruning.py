"""Prune and heal: the demo network shrunk and trained on, beside the same size from scratch and the even multiplier."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.checkpoints.demo import demo
from inception_models.training.datasets import fashion_folder

from ...backend.charts.healing import heal_plot
from ...backend.common.jobs import Progress
from ...backend.decide.healing.heal import HealPlan, HealResult, heal_csv, heal_rows, prune_and_heal
from ...backend.decide.healing.heal_data import demo_data
from ...backend.decide.healing.heal_figure import heal_svg
from ..chart import chart_config
from ..shell.background import BackgroundTask
from ..shell.controls import remembered
from ..shell.save_button import save_button
from ..state import State
from .debian import PACKAGE, package_helps
from .sweep import fits_demo


@dataclass
class HealSoFar:
    """What the work has found before it has ended."""

    result: HealResult | None = None


HEALING: BackgroundTask[HealResult] = BackgroundTask("healing", stops="Stop after this step", lane="long")
SHARES = (0.75, 0.5, 0.25, 0.125)
PICTURES = (1000, 3000, 6000, 20_000, 60_000)


def show(state: State) -> None:
    """Render the tab."""
    arch = state.arch if fits_demo(state.arch, demo()) else demo().arch
    st.markdown(
        "Three ways to a smaller network, by one recipe and with several seeds: filters pruned by their importance, the"
        " rest trained on; all widths by one factor, trained on; and the pruned size from random weights. The network"
        " is the demo, trained on Fashion-MNIST" + (", with your edits." if arch != demo().arch else ".")
    )
    left, right = st.columns([1, 3], gap="medium")
    with left:
        plan, pictures = _plan()
        if not HEALING.running:
            if st.button("Start", icon=":material/healing:", type="primary", key="heal-start"):
                _start(arch, plan, pictures)
                st.rerun()
            HEALING.show_problem()
    with right:
        if HEALING.running:
            HEALING.watch(below=_so_far)
        else:
            _so_far()


def _plan() -> tuple[HealPlan, int]:
    shares = st.multiselect(
        "Shares of the MACs",
        SHARES,
        (0.5, 0.25),
        format_func=lambda share: f"{100 * share:g} %",
        key="heal_shares",
        persist_state="session",
    )
    shipped, pictures = fashion_folder() is None, PICTURES[0]
    if shipped:
        st.caption(
            "Fashion-MNIST is not on this machine. Of the 400 test pictures that ship with the demo, which it was not"
            " trained on, half are trained on and half are tested with: few, so read small differences as noise."
            + (f" Debian's package {PACKAGE} brings all of it." if package_helps() else "")
        )
    else:
        first = remembered("heal_pictures", PICTURES, PICTURES[1])
        pictures = st.select_slider("Pictures", PICTURES, first, key="heal_pictures", persist_state="session")
    with st.container(horizontal=True):
        epochs = st.number_input("Epochs", 1, 40, 6 if shipped else 2, key="heal_epochs", persist_state="session")
        seeds = st.number_input(
            "Seeds", 1, 5, 3, key="heal_seeds", persist_state="session", help="Runs of each; error bars need two"
        )
    chosen = tuple(sorted(shares, reverse=True)) or (0.5,)
    rate, batch = (0.02, 16) if shipped else (0.05, 64)  # few pictures need many steps
    plan = HealPlan(chosen, tuple(range(int(seeds))), int(epochs), rate, batch)
    st.caption(f"{3 * len(plan.shares) * len(plan.seeds)} short training runs.")
    return plan, int(pictures)


def _start(arch: Arch, plan: HealPlan, pictures: int) -> None:
    live = HealSoFar()
    HEALING.start(partial(_heal, arch, plan, pictures, live), live=live)


def _heal(arch: Arch, plan: HealPlan, pictures: int, live: HealSoFar, progress: Progress) -> HealResult:
    keep = partial(setattr, live, "result")
    progress.report(0, "reading the pictures")
    return prune_and_heal(arch, "demo", demo_data(arch, pictures), plan, progress=progress, so_far=keep)


def _so_far() -> None:
    """The last result, also of work that goes on or was cancelled."""
    live = HEALING.live
    result = live.result if isinstance(live, HealSoFar) else None
    if result is None:
        return
    whole = result.whole
    st.markdown(
        f"**{whole.accuracy:.1%}** of {whole.count:,} test pictures before. Filters judged by {result.importance};"
        f" {result.options.epochs} epochs of training, mean and standard deviation over seeds."
    )
    st.plotly_chart(heal_plot(result), key="heal-chart", config=chart_config("prune_and_heal"))
    heading, *rows = heal_rows(result)
    st.dataframe([dict(zip(heading, row, strict=True)) for row in rows], hide_index=True)
    if HEALING.running:
        return
    with st.container(horizontal=True):
        save_button("CSV", heal_csv(result), "prune_and_heal.csv")
        save_button("Figure", heal_svg(result), "prune_and_heal.svg")
