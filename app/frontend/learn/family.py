"""The family as a row of edits: one diagram that goes from GoogLeNet to Inception-ResNet v2 and back, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from inception_models import Arch
from inception_models.lineage import LINEAGES, Mutation

from ...backend import analyze
from ...backend.common.quantity import percent_change, short
from ...backend.diagram import DiagramOptions, draw
from ..components.figures_table import FigureCell, FigureColumn, FigureRow, figures_table, words
from ..components.graph_view import graph_view
from ..kit.terms import with_terms
from ..kit.theme import browser_theme
from ..state import State

KEY = "family-step"


@dataclass(frozen=True)
class Stop:
    """One network on the way, what led to it, and the one before; at the start there is neither."""

    arch: Arch
    script: int
    mutation: Mutation | None = None
    before: Arch | None = None


def stops() -> list[Stop]:
    """Every network from the first to the last, each once."""
    row = [Stop(LINEAGES[0].start, 0)]
    for script, lineage in enumerate(LINEAGES):
        row += [
            Stop(arch, script, mutation, before)
            for mutation, before, arch in zip(lineage.mutations, lineage.networks, lineage.networks[1:], strict=False)
        ]
    return row


def show(state: State) -> None:
    """Render the tab."""
    row = stops()
    at = min(int(st.session_state.get(KEY, 0)), len(row) - 1)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="family-controls"):
        st.button("Back", key="family-back", icon=":material/arrow_back:", disabled=at == 0, on_click=_move, args=(-1,))
        last = at == len(row) - 1
        st.button(
            "Forward", key="family-next", icon=":material/arrow_forward:", disabled=last, on_click=_move, args=(1,)
        )
        st.slider("Step", 0, len(row) - 1, key=KEY, label_visibility="collapsed")
    stop = row[at]
    st.html(_said(stop, at, len(row) - 1))
    analysis, before = analyze(stop.arch), None if stop.before is None else analyze(stop.before)
    options = DiagramOptions(theme=browser_theme())
    graph_view(
        draw(analysis, options, before),
        network="family",
        selected=_changed(stop),
        key="family",
        on_select=lambda _: None,
        on_expand=lambda _: None,
    )
    _table(row, at)
    published = LINEAGES[stop.script].end if stop.mutation else LINEAGES[0].start
    st.button(f"Open {published.about.title}", key="family-open", on_click=_open, args=(state, published.key))


def _changed(stop: Stop) -> str:
    """The first stage that the step has changed, which the diagram then brings into view."""
    before = () if stop.before is None else stop.before.stages
    return next((stage.name for stage in stop.arch.stages if stage not in before), "")


def _move(by: int) -> None:
    st.session_state[KEY] = int(st.session_state.get(KEY, 0)) + by


def _open(state: State, key: str) -> None:
    state.show_variant(key)
    state.wanted_page = "Explore"


# --- words -----------------------------------------------------------------------------------------------------------


def _said(stop: Stop, at: int, count: int) -> str:
    if stop.mutation is None:
        why = "Where it begins. Each step is one edit, and each row of them ends in a published network, exactly."
        return f'<section class="family"><h2>{escape(stop.arch.about.title)}</h2><p>{why}</p></section>'
    source = f' <span class="source">({escape(stop.mutation.source)})</span>' if stop.mutation.source else ""
    kind = {
        "idea": "an idea",
        "re-tabulation": "other numbers or parts, as released",
        "rename": "only names change",
    }[stop.mutation.kind]
    return (
        f'<section class="family"><h2><small>Step {at} of {count}: {kind}</small> {escape(stop.mutation.title)}</h2>'
        f"<p>{with_terms(stop.mutation.why)}{source}</p></section>"
    )


def _table(row: list[Stop], at: int) -> None:
    """The steps of the script that the step belongs to, with what each one costs; a click goes there."""
    script = row[at].script
    first = next(i for i, stop in enumerate(row) if stop.script == script)
    start = max(first - 1, 0) if script else 0
    shown = [(i, stop) for i, stop in enumerate(row) if i >= start and (stop.script == script or i == start)]
    change = FigureColumn("change", "small")
    columns = [
        *(FigureColumn("Parameters"), change, FigureColumn("MACs"), change),
        FigureColumn("Published error", "words", "Top-1 and top-5, of one crop"),
    ]
    figures_table(
        "Step",
        columns,
        [_line(i, stop, i in (start, shown[-1][0])) for i, stop in shown],
        key="family-table",
        selected=f"{at}",
        on_select=lambda number: st.session_state.__setitem__(KEY, int(number)),
    )


def _line(number: int, stop: Stop, published: bool) -> FigureRow:
    title = stop.mutation.title if stop.mutation else stop.arch.about.title
    if published and stop.mutation:
        title = f"{title}: {stop.arch.about.title}"
    now, before = analyze(stop.arch), analyze(stop.before or stop.arch)
    error = _error(stop.arch) if published else "none published"
    cells = (*_cells(now.params, before.params), *_cells(now.macs, before.macs), words(error))
    return FigureRow(f"{number}", f"{number}. {title}", f"Error: {error}", cells)


def _cells(now: int, before: int) -> tuple[FigureCell, FigureCell]:
    return (short(now), now), words("" if now == before else percent_change(now, before))


def _error(arch: Arch) -> str:
    """The published error, top-1 and top-5: the paper's, or that of published weights."""
    about = arch.about
    if about.paper_errors is not None:
        top1, top5 = about.paper_errors
        return f"{top1:g}% / {top5:g}%"
    if about.top1_percent is None or about.top5_percent is None:
        return "none published"
    return f"{100 - about.top1_percent:.1f}% / {100 - about.top5_percent:.1f}%"
