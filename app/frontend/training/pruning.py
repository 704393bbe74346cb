"""Prune and heal: the demo network shrunk and trained on, beside the same size from scratch and the even multiplier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.checkpoints.demo import demo
from inception_models.training.datasets import fashion_folder

from ...backend import analyze
from ...backend.charts.healing import heal_plot
from ...backend.common.jobs import Progress
from ...backend.common.quantity import spoken
from ...backend.common.text import file_name
from ...backend.decide.healing.heal import HealPlan, about_seconds, epochs_within, prune_and_heal
from ...backend.decide.healing.heal_data import SHIPPED_TESTS, TEST_PICTURES, demo_data
from ...backend.decide.healing.heal_figure import heal_svg
from ...backend.decide.healing.heal_result import METHOD_TITLES, HealResult, heal_csv
from ...backend.training.job import Finished
from ..chart import chart_config
from ..components.figures_table import FigureColumn, FigureRow, figures_table, share, whole, words
from ..kit.background import BackgroundTask
from ..kit.click import clicked
from ..kit.controls import choice_stays_among, remembered, remembered_choice
from ..kit.save_button import save_button
from ..kit.terms import caption
from ..state import State
from .debian import PACKAGE, package_helps
from .sweep import fits_demo
from .trained_network import take_home


@dataclass
class HealSoFar:
    """What the work has found before it has ended. ``networks``: the first of each method and share, by its title."""

    result: HealResult | None = None
    networks: dict[str, Finished] = field(default_factory=dict)

    def take(self, result: HealResult, network: Finished | None) -> None:
        """Another network was trained."""
        self.result = result
        if network is not None and result.trials[-1].seed == result.trials[0].seed:
            self.networks[network.weights.name] = network


HEALING: BackgroundTask[HealResult] = BackgroundTask("healing", stops="Stop after this step", lane="long")
SHARES = (0.75, 0.5, 0.25, 0.125)
PICTURES = (1000, 3000, 6000, 20_000, 60_000)
IMPORTANCE = {"taylor": "Taylor", "norm": "Filter norm"}
MOST_SECONDS = 600


def show(state: State) -> None:
    """Render the tab."""
    arch = state.arch if fits_demo(state.arch, demo()) else demo().arch
    st.markdown(
        "Three ways to a smaller network, by one recipe and with several seeds: filters pruned by their importance, the"
        " rest trained on; all widths by one factor, trained on; and the pruned size from random weights. The network"
        " is the demo, trained on Fashion-MNIST" + (", with your edits." if arch != demo().arch else ".") + " Your own"
        " weights and pictures: `python -m app prune auto --weights FILE --data FOLDER -o healed.csv`"
    )
    running = HEALING.running
    left, right = st.columns([1, 3], gap="medium")
    with left:
        plan, pictures, seconds = _plan()
        if not running:
            tests = TEST_PICTURES if fashion_folder() else SHIPPED_TESTS
            about = spoken(about_seconds(plan, seconds, analyze(arch).macs, pictures, tests))
            st.caption(f"{3 * len(plan.shares) * len(plan.seeds)} networks are trained and tested.")
            label = f"Start, about {about}"
            if clicked(label, "heal-start", ":material/healing:", wrap=True):
                _start(arch, plan, pictures, seconds)
                st.rerun()
            HEALING.show_problem()
    with right:
        if running:
            HEALING.watch(below=_so_far)
        elif isinstance(HEALING.live, HealSoFar) and HEALING.live.result:
            _so_far(state)
        else:
            _to_try(arch, plan)


def _plan() -> tuple[HealPlan, int, int]:
    """What to try, on how many pictures, and for how many seconds a network."""
    judged = remembered_choice(
        "Importance of a filter",
        IMPORTANCE,
        "heal_importance",
        "taylor",
        help="Taylor: what the loss would feel, by gradients on some of the pictures. Norm: how large its weights are.",
    )
    shares = st.multiselect(
        "Budgets, shares of the MACs",
        SHARES,
        (0.5, 0.25),
        format_func=lambda share: f"{100 * share:g}%",
        key="heal_shares",
        persist_state="session",
    )
    shipped, pictures = fashion_folder() is None, SHIPPED_TESTS  # as many to train on
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
        seconds = st.number_input(
            "Seconds of training",
            1,
            MOST_SECONDS,
            remembered("heal_seconds", range(1, MOST_SECONDS + 1), 5 if shipped else 10),
            key="heal_seconds",
            persist_state="session",
            help="Of each network at the largest budget, by as many epochs as fit, at least one; all have as many",
        )
        seeds = st.number_input(
            "Seeds",
            1,
            5,
            remembered("heal_seeds", range(1, 6), 3),
            key="heal_seeds",
            persist_state="session",
            help="Runs of each; error bars need two",
        )
    chosen = tuple(sorted(shares, reverse=True)) or (0.5,)
    rate, batch = (0.02, 16) if shipped else (0.05, 64)  # few pictures need many steps
    seeded = tuple(range(int(seeds)))
    plan = HealPlan(chosen, seeded, learning_rate=rate, batch=batch, taylor=judged == "taylor")
    return plan, int(pictures), int(seconds)


def _to_try(arch: Arch, plan: HealPlan) -> None:
    """The networks that would be made, before there is any."""
    caption("These networks are made and tested; a chart then shows the accuracy of each way against its MACs.")
    macs = analyze(arch).macs
    rows = [
        FigureRow(f"{part} {way}", f"{part:.0%}, {way}", "", (whole(round(part * macs)), words("not tried")))
        for part in plan.shares
        for way in METHOD_TITLES.values()
    ]
    figures_table(
        "Share of the MACs, way", [FigureColumn("MACs at most"), FigureColumn("Accuracy")], rows, key="heal-before"
    )


def _start(arch: Arch, plan: HealPlan, pictures: int, seconds: int) -> None:
    live = HealSoFar()
    HEALING.start(partial(_heal, arch, plan, pictures, seconds, live), live=live)


def _heal(arch: Arch, plan: HealPlan, pictures: int, seconds: int, live: HealSoFar, progress: Progress) -> HealResult:
    progress.report(0, "Reading the pictures")
    data = demo_data(arch, pictures)
    progress.report(0, "Measuring how fast a step is")
    plan = replace(plan, epochs=epochs_within(plan, seconds, arch, len(data.train)))
    return prune_and_heal(arch, "demo", data, plan, progress=progress, so_far=live.take)


def _so_far(state: State | None = None) -> None:
    """The last result, also of work that goes on or was cancelled."""
    live = HEALING.live
    if not isinstance(live, HealSoFar) or live.result is None:
        return
    result = live.result
    whole = result.whole
    epochs = result.options.epochs
    st.markdown(
        f"**{whole.accuracy:.1%}** of {whole.count:,} test pictures before. Filters judged by {result.importance};"
        f" {epochs} epoch{'s' if epochs > 1 else ''} of training, mean and standard deviation over seeds."
    )
    st.plotly_chart(heal_plot(result), key="heal-chart", config=chart_config("prune_and_heal"))
    _table(result)
    if HEALING.running or state is None:
        return
    _networks(state, live.networks)
    with st.container(horizontal=True):
        save_button("CSV", heal_csv(result), "prune_and_heal.csv")
        save_button("Figure", heal_svg(result), "prune_and_heal.svg")


def _table(result: HealResult) -> None:
    columns = [
        FigureColumn("MACs"),
        FigureColumn("Parameters", "extra"),
        FigureColumn("Accuracy after the cut"),
        FigureColumn("and after training", help="Mean and standard deviation over the seeds"),
    ]
    rows = [
        FigureRow(
            f"{number}",
            f"{point.method}, {point.share:.0%}",
            f"{point.params:,} parameters",
            (
                whole(point.macs),
                whole(point.params),
                share(point.cut_accuracy),
                (
                    f"{100 * point.accuracy:.1f}{f' ± {100 * point.spread:.1f}' if point.seeds > 1 else ''}%",
                    point.accuracy,
                ),
            ),
        )
        for number, point in enumerate(result.points)
    ]
    figures_table("Method, share of the MACs", columns, rows, key="heal-table")


def _networks(state: State, networks: Mapping[str, Finished]) -> None:
    """One of the networks that were trained, to try and to take home."""
    choice_stays_among("heal_network", networks, next(iter(networks)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Network", list(networks), key="heal_network", width=420, help="Of the first seed")
        take_home(state, networks[name], file_name(name.rpartition(",")[0]))
