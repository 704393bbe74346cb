"""A person's session as the browser keeps it, and back: the browser is asked by every new session.

What comes back is untrusted. It is checked as a link is, and what cannot be used is dropped with a sentence.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from urllib.parse import parse_qsl

import streamlit as st

from inception_models import ARCHITECTURES, Arch
from inception_models.checkpoints.preprocessing import preprocessing_from_json

from ...backend.common.links import fits, linked_network
from ...backend.common.pins import linked_pins, pin_links
from ...backend.decide.fitting.budget import budget_text, read_budget
from ...backend.learn.reading import lessons
from ..components.session_memory import session_memory
from ..kit.controls import bring_choices, choices, view
from ..kit.visitor import known_browser, told, visitor
from ..session import Address, address_of, current, linkable, opened, part_names
from ..state import HISTORY, LessonPlace, State

ANSWER_SECONDS = 3
MOST_PREPARED = 20  # files of weights whose preprocessing is remembered
MOST_NAMES = 1000  # of stages, weights and files: far more than there can be
MOST_LETTERS = 2 * 10**6  # in the whole record; record.js keeps a quarter of that
UNUSABLE = "What this browser had kept of your last visit could not be used, so the page starts from its link."


def hear() -> None:
    """Begin a new session where the browser was, if it has said so when it connected."""
    match None if "memory_answered" in st.session_state else told():
        case {"own": bool(own), "record": record, "learning": learning, "query": str() as query}:
            _restore(record if _goes_on(record, own, query) else None, learning, query)
        case _:
            pass


def _goes_on(record: object, own: bool, query: str) -> bool:
    """Whether a tab goes on with its ``own`` record, or a new one with the last of any: record.js says when."""
    match record:
        case {"v": 1, "address": address}:
            return own or not query or dict(parse_qsl(query.removeprefix("?"))) == address
        case _:
            return False


def show() -> None:
    """Let the browser keep the state. A new session first hears what a browser that was here before has kept.

    To be called before anything else is drawn, and always at the same place: then what was on the screen stays there
    until it is drawn anew, with what the person is doing in it.
    """
    answered = st.session_state.setdefault("memory_answered", not known_browser())
    with st.container(key="memory-place"):
        session_memory({**_who(), "now": kept_of(current()) if answered else None}, "memory", _restore, _go_back)
        if not answered:
            _wait()


def _go_back(variant: str, stage: str) -> None:
    """Show the variant as it was left, and its stage, which the browser's history went to."""
    state = current()
    if variant in ARCHITECTURES:
        if variant != state.arch.key:
            st.session_state.steps_back = st.session_state.get("steps_back", 0) + 1
            state.show_variant(variant)
        if stage in part_names(state.arch):
            state.select(stage)


def _wait() -> None:
    """The browser's answer ends this run."""
    place = st.empty()
    for _ in range(ANSWER_SECONDS * 50):
        time.sleep(0.02)
        place.empty()  # a run can be ended only where it sends something
    st.stop()


def keep_again(state: State) -> None:
    """The same in a fragment, which a new session does not know and so is told nothing there, or later in a run."""
    session_memory({**_who(), "now": kept_of(state)}, "memory-now", None)


def _who() -> dict[str, object]:
    turn = st.session_state.turn = st.session_state.get("turn", 0) + 1
    session = st.session_state.setdefault("session", secrets.token_urlsafe(12))
    return {"session": session, "turn": turn, "visitor": visitor()}


def kept_of(state: State) -> dict[str, object]:
    """What the browser keeps of one run; its record is made of many."""
    address = address_of(state)
    edited = ", edited" if state.edited else ""
    return {
        "title": f"{state.arch.about.title}{edited} | {state.page} | Inception Explorer",
        **asdict(address),
        "more": _more(state, address),
        "forget": st.session_state.get("forget", 0),
        "steps": {"at": state.step, "past": len(state.past), "future": len(state.future)},
        "kept": {
            "selected": state.selected,
            "expanded": sorted(state.expanded),
            "folded": sorted(state.folded),
            "weights": state.weights,
            "files": state.files,
            "preprocessing": dict(list(state.preprocessing.items())[-MOST_PREPARED:]),
            "choices": choices(),
            "goal": "" if state.goal is None else budget_text(state.goal),
            "lesson": None if state.lesson is None else asdict(state.lesson),
            "pins": pin_links(state.pins),
        },
        "learning": {"learned": state.learned, "welcomed": state.welcomed},
    }


def _more(state: State, address: Address) -> Mapping[str, str]:
    """What the address has besides the network: what the page shows of it too, where there is room."""
    whole = view(state) | address.more
    return whole if fits(Address(address.network, address.complete, whole).query) else address.more


def _restore(record: object, learning: object, query: str) -> None:
    """Go on where the browser's ``record`` ends; another network in the address is a step on top of it.

    ``learning``: what was learned in all tabs of this browser.
    """
    if st.session_state.get("memory_answered"):
        return
    st.session_state.memory_answered = True
    link = opened(dict(parse_qsl(query.removeprefix("?"))))
    st.session_state.state = link
    _learned(link, learning)
    if record is None:
        return
    try:
        state, address = recalled(record)
    except (ValueError, RecursionError):
        link.refusal = link.refusal or ("link", ValueError(UNUSABLE))
        return
    match record:
        case {"kept": {"choices": dict() as brought}}:
            bring_choices(brought)
        case _:
            pass
    _learned(state, learning)
    if query and dict(parse_qsl(query.removeprefix("?"))) != address:
        state.become(link.arch)
        state.weights |= link.weights
        state.selected, state.asked = link.selected, link.asked
        state.expanded, state.folded = link.expanded, link.folded
        state.goal = link.goal or state.goal
        state.pins = link.pins or state.pins
        state.refusal = link.refusal
    st.session_state.state = state


def recalled(record: object) -> tuple[State, dict[str, str]]:
    """The state that the browser's ``record`` describes, and the address that belonged to it.

    Raises:
        ValueError: where it describes none.
    """
    if len(json.dumps(record)) > MOST_LETTERS:
        raise ValueError("The record is too long.")
    match record:
        case {
            "v": 1,
            "steps": {"at": int() as at, "past": int() as past, "future": int() as future},
            "networks": dict() as networks,
            "latest": dict() as latest,
            "kept": dict() as kept,
            "address": dict() as address,
        } if 0 <= past <= HISTORY + 1 and 0 <= future <= HISTORY + 1:
            pass
        case _:
            raise ValueError("This is no record of a session.")
    steps = [linked_network(networks.get(str(number))) for number in range(at - past, at + future + 1)]
    arch = steps[past]
    known = (linked_network(link) for key, link in latest.items() if key in ARCHITECTURES)
    state = State.showing(arch)
    state.past, state.future, state.step = steps[:past], steps[:past:-1], at
    state.lesson = _lesson(kept.get("lesson"))
    state.latest = {other.key: other for other in known} | ({} if state.lesson else {arch.key: arch})
    state.weights = {
        key: name
        for key, name in _texts(kept.get("weights")).items()
        if key in ARCHITECTURES and name in ("random", "own", "trained", *linkable(ARCHITECTURES[key]))
    }
    state.files = _texts(kept.get("files"))
    state.preprocessing = _prepared(kept.get("preprocessing"))
    state.pins, _ = linked_pins(kept.get("pins"))
    state.expanded, state.folded = _stages(arch, kept.get("expanded")), _stages(arch, kept.get("folded"))
    with suppress(ValueError):
        state.goal = read_budget(str(kept.get("goal") or ""))
    selected = kept.get("selected")
    if isinstance(selected, str) and selected.partition(".")[0] in part_names(arch):
        state.selected = selected
    return state, address


def _lesson(value: object) -> LessonPlace | None:
    """The step of a lesson that was under way, where there is such a step."""
    match value:
        case {
            "lesson": str() as id,
            "step": int() as step,
            "own": str() as own,
            "selected": str() as selected,
            "page": str() as page,
            "weights": weights,
        } if id in lessons() and 0 <= step < len(lessons()[id].steps) and own in ARCHITECTURES:
            return LessonPlace(id, int(step), own, selected, page, _texts(weights))
        case _:
            return None


def _learned(state: State, learning: object) -> None:
    """Take down how far the person is in each lesson, as far as ``learning`` is something that could be so."""
    match learning:
        case {"learned": dict() as learned, "welcomed": bool() as welcomed}:
            state.welcomed = welcomed
            state.learned = {
                id: min(max(count, 0), len(lesson.steps))
                for id, lesson in lessons().items()
                if type(count := learned.get(id)) is int
            }
        case _:
            pass


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST_NAMES:
        return {}
    return {key: text for key, text in value.items() if isinstance(key, str) and isinstance(text, str)}


def _prepared(value: object) -> dict[str, Mapping[str, object]]:
    """What was chosen for files of weights, where it is something that could have been."""
    entries = value.items() if isinstance(value, dict) and len(value) <= MOST_PREPARED else ()
    good: dict[str, Mapping[str, object]] = {}
    for digest, choice in entries:
        match choice:
            case {"preset": str(), "steps": steps}:
                with suppress(ValueError):
                    preprocessing_from_json(steps)
                    good[digest] = choice
            case _:
                pass
    return good


def _stages(arch: Arch, value: object) -> frozenset[str]:
    names = value if isinstance(value, list) and len(value) <= MOST_NAMES else []
    return frozenset(name for name in names if isinstance(name, str) and name.partition(".")[0] in part_names(arch))
