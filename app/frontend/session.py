"""This session's state, what a link says of it, and the link that it has."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.checkpoints.catalogue import published
from inception_models.checkpoints.demo import demo

from ..backend.common.links import fits, from_query, to_query
from ..backend.common.pins import pins_of_text, pins_text
from ..backend.common.text import visible
from ..backend.decide.fitting.budget import budget_text, read_budget
from .state import SessionRefusal, State, first_block

MOST_GOAL_LETTERS = 300  # of a link's goal: five limits of any size
LONGEST_CHOICE = 100  # letters, of what a link says about a control or the selection
_READ_HERE = ("variant", "edits", "weights", "goal", "pins", "selected", "expanded", "folded")


def current() -> State:
    """This session's state; on the first run, what the link in the address bar says."""
    if "state" not in st.session_state:
        st.session_state.state = opened(st.query_params.to_dict())
    state = st.session_state.state
    assert isinstance(state, State)
    return state


def opened(query: Mapping[str, str]) -> State:
    """A session that begins with what a link's ``query`` says."""
    arch, refusal = from_query(query)
    state = State.showing(arch)
    if refusal:
        state.refusal = "link", refusal
    name, selected = query.get("weights", ""), query.get("selected", state.selected)
    problems: list[ValueError] = []
    if name in linkable(arch):
        state.weights[arch.key] = name
    elif name:
        sentence = f"The link asks for the weights {visible(name, 40)!r}, which {arch.about.title} does not have."
        problems.append(SessionRefusal(sentence, {f"Use {known}": _with_weights(known) for known in linkable(arch)}))
    if selected.partition(".")[0] in part_names(arch) and len(selected) <= LONGEST_CHOICE:
        state.selected = selected
    else:
        sentence = f"The link selects {visible(selected, 40)!r}, which {arch.about.title} does not have."
        near = get_close_matches(selected[:LONGEST_CHOICE], part_names(arch), n=1)
        problems.append(SessionRefusal(sentence, {f"Select {path}": partial(State.select, path=path) for path in near}))
    state.expanded, state.folded = (_named(arch, query.get(name, "")) for name in ("expanded", "folded"))
    state.asked = {key: text for key, text in query.items() if key not in _READ_HERE and len(text) <= LONGEST_CHOICE}
    try:
        state.goal = read_budget(query.get("goal", "")[:MOST_GOAL_LETTERS])
    except ValueError as reason:
        problems.append(ValueError(f"The link's goal was not read: {reason}"))
    state.pins, problem = pins_of_text(query.get("pins", "") if fits(query) else "")
    problems += [ValueError(problem)] if problem else []
    if problems and not refusal:
        offers = [dict(problem.offers) for problem in problems if isinstance(problem, SessionRefusal)]
        state.refusal = "link", SessionRefusal(" ".join(map(str, problems)), ChainMap(*offers))
    return state


def _with_weights(name: str) -> Callable[[State], None]:
    return lambda state: state.weights.update({state.arch.key: name})


def part_names(arch: Arch) -> set[str]:
    """What can be selected: the picture's box, stages and auxiliary heads."""
    return {"input", *(part.name for part in (*arch.stages, *arch.aux))}


def _named(arch: Arch, text: str) -> frozenset[str]:
    """The stages that a link lists."""
    return frozenset(text.split(",")) & part_names(arch)


def linkable(arch: Arch) -> tuple[str, ...]:
    """The weights that a link may name: never a file."""
    shipped = ("demo",) if arch.key == demo().arch.key else ()
    return (*shipped, *(known.id for known in published(arch.key)))


@dataclass(frozen=True)
class Address:
    """What the address bar says.

    ``network``: the link to the network, however long; ``complete``: whether the address has its changes, or they are
    too many for it; ``more``: what the address has besides; ``pinned``: whether that has the pins.
    """

    network: dict[str, str]
    complete: bool
    more: dict[str, str]
    pinned: bool = True

    @property
    def query(self) -> dict[str, str]:
        """What the browser writes into the address bar."""
        return (self.network if self.complete else {"variant": self.network["variant"]}) | self.more


def address_of(state: State) -> Address:
    """The address that opens what ``state`` shows."""
    if state.linked is None or state.linked[0] is not state.arch:  # most reruns change nothing
        state.linked = state.arch, to_query(state.arch)
    link = state.linked[1]
    complete = fits(link)
    weights = state.weights.get(state.arch.key, "")
    more = {"weights": weights} if weights in linkable(state.arch) else {}
    if state.selected != first_block(state.arch):
        more["selected"] = state.selected
    stages = {"expanded": state.expanded, "folded": state.folded}
    more |= {name: ",".join(sorted(names)) for name, names in stages.items() if names}
    if state.goal is not None:
        more["goal"] = budget_text(state.goal)
    pins = pins_text(state.pins)
    with_pins = more | ({"pins": pins} if pins else {})
    pinned = fits(Address(link, complete, with_pins).query)
    return Address(link, complete, with_pins if pinned else more, pinned)
