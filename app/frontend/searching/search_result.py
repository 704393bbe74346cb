"""What a search found: a scatter and a table, in which a click opens a network, and files."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...backend.charts.search import search_plot
from ...backend.decide.searching.search import SearchResult, search_csv
from ..chart import show_chart
from ..components.figures_table import FigureColumn, FigureRow, figures_table, share, whole
from ..kit.notice import plain, refusal
from ..kit.save_button import save_button
from ..state import State
from .search_task import SearchRun, begin_search

NUMBER_TITLES = {
    "macs": "MACs",
    "params": "Parameters",
    "peak_bytes": "Peak memory, B",
    "receptive_field_px": "Receptive field, px",
    "kept": "Widths kept",
    "accuracy": "Accuracy",
}
SHARES = ("kept", "accuracy")
MOST_LISTED = 1000


def show_result(state: State, run: SearchRun) -> None:
    """Render it."""
    result = run.result
    failed = sum(bool(trial.problem) for trial in result.trials)
    arch = result.problem.space.arch
    unfit = f" {failed:,} do not fit together," if failed else ""
    st.markdown(
        f"**{len(result.trials):,} networks tried** from {plain(arch.about.title)};{unfit} {len(result.front):,} are on"
        " the Pareto front: no other is better in one number and as good in the rest. A click on a point or on a row"
        " opens that network; undo takes it back."
    )
    _go_on(run)
    refusal(state, "search")
    key = f"search-scatter:{id(run)}"
    show_chart(search_plot(result), key, f"{arch.key}.search", partial(_clicked_point, state, result, key))
    _table(state, run)
    _files(run, f"{arch.key}.search")


def _go_on(run: SearchRun) -> None:
    if not run.finished:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Go on",
                icon=":material/resume:",
                type="primary",
                key="search-go-on",
                on_click=begin_search,
                args=(run.result.problem, run.options, run.log),
            )
            st.caption("It was cancelled; what was tried is below, and is not tried again.")


def _clicked_point(state: State, result: SearchResult, key: str) -> None:
    match st.session_state[key]:
        case {"selection": {"points": [{"customdata": position}, *_]}}:
            number = position[0] if isinstance(position, list) else position
            _open(state, result, int(number))
        case _:
            pass


def _open(state: State, result: SearchResult, position: int) -> None:
    state.attempt(lambda _: result.network(position), "search")


def _table(state: State, run: SearchRun) -> None:
    result = run.result
    every = st.toggle("Also those that another network beats", key="search-every", persist_state="session")
    first = result.objectives[0]
    rows = [i for i, trial in enumerate(result.trials) if trial.numbers] if every else list(result.front)
    if len(rows) > MOST_LISTED:
        st.caption(
            f"Of {len(rows):,} networks, the {MOST_LISTED:,} with the least {NUMBER_TITLES[first]}; the file has all."
        )
    rows = sorted(rows, key=lambda i: result.trials[i].numbers[first])[:MOST_LISTED]
    axes = result.problem.space.axes
    columns = [
        *(
            FigureColumn(NUMBER_TITLES[name], "figure" if name in result.objectives else "extra")
            for name in result.problem.numbers
        ),
        *(FigureColumn(axis.name, "extra") for axis in axes),
    ]
    figures_table(
        "Network",
        columns,
        [_row(result, number) for number in rows],
        key=f"search-table:{id(run)}",
        on_select=lambda number: _open(state, result, int(number)),
    )


def _row(result: SearchResult, number: int) -> FigureRow:
    trial, names = result.trials[number], result.problem.numbers
    numbers = [share(trial.numbers[name]) if name in SHARES else whole(round(trial.numbers[name])) for name in names]
    choices = [(f"{value:g}", value) for value in (trial.choice[axis.name] for axis in result.problem.space.axes)]
    return FigureRow(f"{number}", f"No. {number + 1:,}", "", (*numbers, *choices))


def _files(run: SearchRun, name: str) -> None:
    with st.container(horizontal=True):
        save_button("Every trial as CSV", partial(search_csv, run.result), f"{name}.csv")
        save_button(
            "File to go on from",
            run.log,
            f"{name}.jsonl",
            help="Here, or on the command line: search --log FILE",
        )
