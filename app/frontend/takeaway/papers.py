"""Tables, figures and citations for a paper."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...backend import analyze
from ...backend.diagram import DiagramOptions
from ...backend.diagram.labels import readable
from ...backend.takeaway.figure import FIGURE_ENDINGS, figure, figure_bytes
from ...backend.takeaway.naming import saved_name
from ...backend.takeaway.paper_table import TABLE_FILES, bibtex, paper_table
from ..kit.save_button import save_button
from ..state import State

FIGURE_USES = {
    ".svg": "SVG, for the web, with its fonts",
    ".pdf": "PDF, for a paper, with its fonts",
    ".png": "PNG, for a slide",
    ".tex": "TikZ, which pdflatex compiles",
    ".dot": "DOT, for Graphviz",
}
TABLE_TITLES = {".tex": "LaTeX", ".md": "Markdown", ".csv": "CSV"}
LANGUAGES = {".tex": "latex", ".md": "markdown", ".csv": None}
PAPER_KINDS = ("Table 1", "The network drawn", "The block drawn", "What to cite")


def show(state: State) -> None:
    """Render the tab."""
    kind = st.segmented_control(
        "Kind", PAPER_KINDS, default=PAPER_KINDS[0], key="paper-kind", required=True, label_visibility="collapsed"
    )
    match kind:
        case "Table 1":
            _table(state)
        case "What to cite":
            text, name = bibtex(state.arch), saved_name(state.arch, ".bib")
            save_button(f"Save {name}", text, name)
            st.code(text, "latex", wrap_lines=True)
        case _:
            _figure(state, state.selected_stage if kind == "The block drawn" else "")


def _table(state: State) -> None:
    ending = st.segmented_control(
        "Format",
        list(TABLE_FILES),
        default=".tex",
        format_func=TABLE_TITLES.__getitem__,
        key="table-format",
        required=True,
        label_visibility="collapsed",
    )
    text = TABLE_FILES[ending](paper_table(analyze(state.arch), analyze(state.original)))
    name = saved_name(state.arch, ending, "table1")
    save_button(f"Save {name}", text, name, type="primary")
    if state.edited:
        st.caption("What differs from the published network is bold." if ending != ".csv" else "CSV has no bold.")
    st.code(text, LANGUAGES[ending], wrap_lines=True)


def _figure(state: State, stage: str) -> None:
    analysis, published = analyze(state.arch), analyze(state.original)
    if stage == "input":
        st.caption("Nothing of the network is selected; select a block on Explore.")
        return
    options = DiagramOptions("op" if stage else "branch")
    if stage:
        st.caption(f"{readable(stage)}, which is selected on this page, operation by operation.")
    with st.container(horizontal=True):
        for ending in FIGURE_ENDINGS:
            save_button(
                FIGURE_USES[ending],
                partial(figure_bytes, analysis, ending, options, published, stage),
                saved_name(state.arch, ending, stage),
                key=f"figure{ending}",
            )
    st.image(figure(analysis, options, published, stage).svg)
