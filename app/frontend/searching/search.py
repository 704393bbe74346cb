"""Search: ranges of widths, copies and input sizes, tried at random, over a grid or by evolution."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models.weights import Source

from ...backend.charts.search import search_plot
from ...backend.decide.searching.search import METHODS, SearchMethod, SearchOptions
from ...backend.decide.searching.search_log import logged_problem
from ...backend.decide.searching.search_space import SearchSpace
from ...backend.decide.searching.trials import OBJECTIVES, Problem, Tryout
from ..chart import show_chart
from ..kit.click import clicked
from ..kit.controls import remembered
from ..kit.file_field import empty_field, field_key
from ..kit.notice import WayOut, refused
from ..kit.weights_in_use import weights_in_use
from ..state import State
from .ranges import choose_space
from .search_result import NUMBER_TITLES, show_result
from .search_task import SEARCH, begin_search, example_search
from .tryout import choose_tryout

METHOD_NAMES: dict[SearchMethod, str] = {"random": "Random", "grid": "Grid", "evolution": "Evolution"}
MOST_NETWORKS = 20_000  # a minute
MOST_TRIED = 500  # networks that are run, each for seconds
USUAL_NETWORKS, USUAL_TRIED = 1000, 60
FILE_FIELD = "search_file"
MOST_FILE_BYTES = 20 * 2**20
MANY = "More than a billion networks can be made of these ranges."


def show(state: State) -> None:
    """Render the page below the totals."""
    left, right = st.columns([1, 3], gap="medium")
    with left:
        space = choose_space(state.arch)
        weights = weights_in_use(state)
        tryout = choose_tryout(state.arch, weights)
        options = _options(tryout)
        if SEARCH.running:
            SEARCH.watch(narrow=True)
        else:
            _start(space, tryout, options)
            _go_on_from_file(weights, options)
    with right:
        if run := SEARCH.result():
            show_result(state, run)
        else:
            _nothing_yet(space)


def _nothing_yet(space: SearchSpace | None) -> None:
    """What a search does, and an example of what it leaves."""
    st.markdown(
        "A search tries many networks and keeps those that no other beats: with the fewest MACs for what they"
        " keep of the published widths, or for their receptive field. Choose ranges, then Search. Costs are"
        " exact, those of the totals above. With trained weights, networks are tried on data as well, and"
        " their accuracy counts. Here will be every network as a point, and a click opens it."
    )
    if space is not None:
        example = example_search(space)
        st.caption(f"An example: {len(example.trials)} networks of these ranges, chosen at random.")
        show_chart(search_plot(example), "search-example", f"{space.arch.key}.example")


def _options(tryout: Tryout | None) -> SearchOptions:
    method = st.selectbox(
        "Method",
        METHODS,
        METHODS.index(remembered("search_method", METHODS, "evolution")),
        format_func=METHOD_NAMES.__getitem__,
        key="search_method",
        persist_state="session",
        help="Evolution proposes more near what was good",
    )
    known = OBJECTIVES if tryout else OBJECTIVES[:-1]
    usual = ("macs", "accuracy" if tryout else "kept")
    objectives = st.multiselect(
        "Objectives",
        known,
        usual,
        format_func=NUMBER_TITLES.__getitem__,
        key=f"search_objectives:{len(known)}",
        persist_state="session",
        max_selections=3,
        help="Fewer MACs, parameters and bytes are better; more receptive field, more of the widths kept, and more"
        " accuracy. The chart shows the first two.",
    )
    with st.container(horizontal=True):
        most, first, key = (
            (MOST_TRIED, USUAL_TRIED, "search_tried") if tryout else (MOST_NETWORKS, USUAL_NETWORKS, "search_count")
        )
        count = st.number_input(
            "Networks", 10, most, remembered(key, range(10, most + 1), first), key=key, persist_state="session"
        )
        seed = st.number_input(
            "Seed", 0, 9999, 0, key="search_seed", persist_state="session", help="The same seed gives the same search"
        )
    return SearchOptions(method, tuple(objectives) or usual, int(count), int(seed), yields=True)


def _start(space: SearchSpace | None, tryout: Tryout | None, options: SearchOptions) -> None:
    if space is not None:
        st.caption(f"{space.size:,} networks can be made of these ranges." if space.size < 10**9 else MANY)
    if clicked("Search", "search.start", ":material/search:", disabled=space is None) and space is not None:
        begin_search(Problem(space, tryout), options)
        st.rerun()
    if space is None:
        st.caption("Choose at least one range that goes from one value to another.")
    SEARCH.show_problem()


def _go_on_from_file(weights: Source, options: SearchOptions) -> None:
    with st.expander("Go on from a file"):
        key = field_key(FILE_FIELD)
        file = st.file_uploader("A file of an earlier search (.jsonl)", type=["jsonl"], key=key)
        if file is None:
            return
        try:
            if file.size > MOST_FILE_BYTES:
                raise ValueError(f"The file is larger than {MOST_FILE_BYTES // 2**20} MB.")
            text = file.getvalue().decode("utf-8", errors="replace")
            problem = logged_problem(text, weights)
            if missing := set(options.objectives) - set(problem.numbers):
                raise ValueError(f"The file's search does not know {', '.join(missing)}; take it off the objectives.")
        except ValueError as reason:
            refused(str(reason), FILE_FIELD, WayOut("Take the file away", partial(empty_field, FILE_FIELD)))
            return
        st.caption("The ranges are those of the file; method, objectives, networks and seed are those above.")
        if clicked("Go on from this file", "search.go-on-from-file", ":material/resume:"):
            begin_search(problem, options, text)
            st.rerun()
