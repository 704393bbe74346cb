"""What a control shows, where that is not simply what was chosen in it last."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from contextlib import suppress
from typing import Literal, TypeVar

import streamlit as st

from ..session import current
from ..state import State

_Option = TypeVar("_Option")


def control_shows(key: str, value: object) -> None:
    """Let the control called ``key`` show ``value``, which may have changed by undo, by a link or on another page.

    To be called in every run, also where the value seems to be there already: after a run that was cut short a control
    would otherwise report its default, and that would be taken for an edit.
    """
    st.session_state[key] = value


def choice_stays_among(key: str, options: Collection[_Option], otherwise: _Option) -> None:
    """Keep what was chosen in the control called ``key`` while it is one of ``options``; else choose ``otherwise``."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = otherwise


def remembered(key: str, options: Container[_Option], otherwise: _Option) -> _Option:
    """What the control called ``key`` shows at first: what the link says or this browser had in it, if it is an option.

    From now on the browser keeps what is chosen in it, and the page's link says it.
    """
    state = current()
    _first_choices().setdefault(state.page, {})[key] = otherwise
    default = begun_with(key, options, otherwise, _asked(state), st.session_state.get("brought", {}))
    st.session_state.setdefault("choices", {}).setdefault(key, default)
    return default


def begun_with(
    key: str,
    options: Container[_Option],
    otherwise: _Option,
    asked: Mapping[str, str],
    brought: Mapping[str, object],
) -> _Option:
    """What a control begins with: what a link has ``asked`` for, or what this browser has ``brought``, if it is an
    option."""
    linked = asked.get(_parameter(key))
    value = brought.get(key) if linked is None else _like(otherwise, linked)
    known: _Option = value if type(value) is type(otherwise) and value in options else otherwise
    return known


def remembered_choice(
    label: str,
    options: Mapping[_Option, str],
    key: str,
    otherwise: _Option,
    *,
    help: str | None = None,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> _Option:
    """Render the choice of one of ``options``, each with its words, which is :func:`remembered`."""
    return st.segmented_control(
        label,
        list(options),
        default=remembered(key, options, otherwise),
        format_func=options.__getitem__,
        key=key,
        required=True,
        help=help,
        label_visibility=label_visibility,
        persist_state="session",
    )


def choices() -> dict[str, object]:
    """What was chosen in every control that is :func:`remembered`."""
    shown: dict[str, object] = st.session_state.get("choices", {})
    brought: dict[str, object] = st.session_state.get("brought", {})
    shown.update({key: st.session_state.get(key, shown[key]) for key in shown})
    return brought | shown


def view(state: State) -> dict[str, str]:
    """What is chosen in the open page's controls, other than at first, as the parameters of a link."""
    first, chosen = _first_choices().get(state.page), choices()
    if first is None:  # the page is about to be drawn
        return dict(_asked(state))
    changed = {key: chosen[key] for key, otherwise in first.items() if chosen.get(key, otherwise) != otherwise}
    return {_parameter(key): _text(value) for key, value in changed.items()}


def _text(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _first_choices() -> dict[str, dict[str, object]]:
    """By page, what each of its controls shows where nothing was chosen."""
    first: dict[str, dict[str, object]] = st.session_state.setdefault("first_choices", {})
    return first


def _asked(state: State) -> Mapping[str, str]:
    return state.asked if state.page == state.asked_page else {}


def _parameter(key: str) -> str:
    return "tab" if key.endswith("_open") else key.lower().replace(" ", "-").replace("_", "-")


def _like(otherwise: object, text: str) -> object:
    """What ``text`` in a link says, if it is of the same kind as ``otherwise``."""
    with suppress(ValueError):
        match otherwise:
            case bool():
                return {"on": True, "off": False}.get(text)
            case int():
                return int(text)
            case float():
                return float(text)
            case str():
                return text
            case _:
                pass
    return None


def bring_choices(brought: Mapping[str, object]) -> None:
    """Let controls that were not shown yet begin with these choices, which may be anything."""
    st.session_state.brought = {
        key: value for key, value in brought.items() if isinstance(value, str | int | float) and len(str(value)) < 100
    }
