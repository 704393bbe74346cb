"""The bar below the menu: which network this is, and the controls that concern the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from html import escape

import streamlit as st

from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.arch.refusal import Refusal, Remedy
from inception_models.edits.diff import changes
from inception_models.edits.input_output import with_aux, with_classes, with_size_and_fitting_heads
from inception_models.edits.toggles import (
    ACTIVATIONS,
    activation,
    dropout,
    has_batch_norm,
    with_activation,
    with_batch_norm,
    with_dropout,
)
from inception_models.edits.widths import scaled

from ..components.network_head import HeadRefusal, HeadText, Setting, network_head
from ..kit.controls import control_shows
from ..kit.notice import ways_out
from ..kit.variant_list import variant_label
from ..state import State
from .story import story

CHANGES_LISTED = 40  # one sentence each
WIDTH_SCALES = {"half": ("Half width", 0.5), "quarter": ("Quarter width", 0.25), "double": ("Double width", 2.0)}

_Edit = Callable[[Arch], Arch]


def show(state: State, linked: bool) -> None:
    """Render the bar. ``linked``: whether the address bar holds all changes."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="network-bar"):
        shown = state.arch.key
        # After a step in the browser's history it is another control: Streamlit repeats what the old one showed.
        key = f"variant-{st.session_state.get('steps_back', 0)}"
        control_shows(key, shown)
        st.selectbox(
            "Variant",
            list(ARCHITECTURES),
            key=key,
            format_func=variant_label,
            filter_mode="contains",  # in order, so that a title finds its own network first
            on_change=lambda: _choose(state, shown, str(st.session_state[key])),
            label_visibility="collapsed",
            width=300,
        )
        sentences = [change.sentence() for change in changes(state.original, state.arch)]
        network_head(
            HeadText(
                state.arch.about.label,
                story(state.arch, state.original),
                _changes(sentences, linked),
                len(sentences),
            ),
            _settings(state),
            _presets(state),
            _refusal(state),
            key="head",
            on_set=partial(_set, state),
            on_remedy=partial(_mend, state),
            acts={
                "undo": state.undo if state.past else None,
                "redo": state.redo if state.future else None,
                "reset": (lambda: state.become(state.original)) if sentences else None,
                "pin": state.toggle_pin,
            },
            pinned=state.pinned,
        )


def _choose(state: State, shown: str, chosen: str) -> None:
    """Show another variant. Streamlit also reports what the control shows by itself, as new, once it is redrawn."""
    if chosen != shown:
        state.show_variant(chosen)


def _settings(state: State) -> dict[str, Setting]:
    arch = state.arch
    return {
        "input_size": arch.input_size,
        "classes": arch.classes,
        "factor": 1,  # it multiplies the current widths, so it always starts at one
        "aux": bool(arch.aux) if state.original.aux else None,
        "batch_norm": has_batch_norm(arch),
        "activation": activation(arch),
        "activations": " ".join(ACTIVATIONS),
        "dropout": dropout(arch),
    }


def _set(state: State, name: str, value: object) -> None:
    """What the browser asks for, which may be anything."""
    if name == "preset" and isinstance(value, str) and value in ARCHITECTURES:
        state.show_variant(value)
    elif edit := _edit(state, name, value):
        state.attempt(edit, name)


def _edit(state: State, name: str, value: object) -> _Edit | None:
    match name, value:
        case "input_size", (int() | float()) as size:
            return lambda arch: with_size_and_fitting_heads(arch, _whole(size))
        case "classes", (int() | float()) as number:
            return lambda arch: with_classes(arch, _whole(number))
        case "factor", (int() | float()) as factor:
            return lambda arch: scaled(arch, factor)
        case "aux", bool() as on:
            return lambda arch: with_aux(arch, on, state.original)
        case "batch_norm", bool() as on:
            return lambda arch: with_batch_norm(arch, on, state.original)
        case "activation", str() if known := next((known for known in ACTIVATIONS if known == value), None):
            return lambda arch: with_activation(arch, known)
        case "dropout", (int() | float()) as share:
            return lambda arch: with_dropout(arch, share)
        case "input_size" | "classes" | "dropout", None:
            return partial(_without_number, name)
        case "preset", str() as scale if scale in WIDTH_SCALES:
            return partial(_scaled_original, WIDTH_SCALES[scale][1])
        case _:
            return None


def _without_number(name: str, arch: Arch) -> Arch:
    """Refuse a field that was left empty or has letters in it."""
    what, now = {
        "input_size": ("input size", f"{arch.input_size} pixels"),
        "classes": ("number of classes", f"{arch.classes:,} classes"),
        "dropout": ("dropout", f"{dropout(arch) or 0:g}"),
    }[name]
    raise Refusal(f"The {what} must be a number.", Remedy(f"Keep {now}", lambda arch: arch))


def _whole(value: float) -> int:
    """The whole number, or a fraction as it is: the edit says why it cannot be."""
    return int(value) if value == int(value) else value  # type: ignore[return-value]


def _refusal(state: State) -> HeadRefusal | None:
    """Why the last setting was refused, if it was one of the bar's."""
    if state.refusal is None or state.refusal[0] not in (*_settings(state), "preset", "pin"):
        return None
    place, problem = state.refusal
    return HeadRefusal(place, str(problem), [way.label for way in ways_out(state, place, problem)])


def _mend(state: State, number: int) -> None:
    ways = ways_out(state, *(state.refusal or ("", ValueError())))
    if 0 <= number < len(ways):
        ways[number].take()


def _presets(state: State) -> Mapping[str, Mapping[str, str]]:
    """Networks that people often want, each one click away; undo reverts it."""
    paper = state.original.about.paper
    siblings = {
        key: arch.about.label
        for key, arch in ARCHITECTURES.items()
        if arch.about.paper == paper and key != state.arch.key
    }
    scales = {"From the published widths": {name: label for name, (label, _) in WIDTH_SCALES.items()}}
    return scales | ({"From the same paper": siblings} if siblings else {})


def _scaled_original(factor: float, arch: Arch) -> Arch:
    """The published widths times ``factor``; other changes stay."""
    published = widths(ARCHITECTURES[arch.key])
    return scaled(with_widths(arch, {p: w for p, w in published.items() if p in widths(arch)}), factor)


# ---- Words


def _changes(sentences: list[str], linked: bool) -> str:
    """What differs from the published network, as sentences."""
    rest = len(sentences) - CHANGES_LISTED
    more = f'<p class="note">and {rest} more</p>' if rest > 0 else ""
    if linked:
        link = "The link in the address bar contains these changes and opens this network anywhere."
    else:
        link = "There are too many changes for a link."
    return f'{_list(sentences[:CHANGES_LISTED])}{more}<p class="note">{link}</p>'


def _list(sentences: tuple[str, ...] | list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
