"""The networks that are compared, a card each: its name, and ways to open it or take it off. Pairs to begin with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from inception_models import ARCHITECTURES, Arch
from inception_models.checkpoints.demo import demo
from inception_models.edits.widths import scaled

from ...backend.charts.choices import COLOURS
from ...backend.common.brought import BroughtNetwork
from ...backend.common.pins import LONGEST_NAME, Pin
from ...backend.common.text import html_text
from ..shell.controls import control_shows
from ..shell.notice import WayOut, plain, refused
from ..state import State, address_of
from .context import problem_of

NamedArch = tuple[Arch, str]
"""A network and the name of its pin, empty for the usual one."""


def show(state: State, networks: Sequence[Pin]) -> None:
    """Render the cards."""
    with st.container(key="compare-cards"):
        for position, network in enumerate(networks):
            number = next((i for i, pin in enumerate(state.pins) if pin is network), None)
            with st.container(key=f"compare-card-{position}"):
                _card(state, network, number, position)


def _card(state: State, network: Pin, number: int | None, position: int) -> None:
    """``number``: of the pin; None for the network on the screen, where that is none."""
    arch = network.network if isinstance(network.network, Arch) else None
    shown = arch == state.arch
    note = " · ".join(filter(None, ("reference" if position == 0 else "", "on the screen" if shown else "")))
    st.html(f'<p class="compare-mark" style="--mark:{COLOURS[position]}">{note or html_text(_kind(network))}</p>')
    if number is None:
        st.html(f'<p class="compare-name">{html_text(network.name)}</p>')
        st.button("Pin", icon=":material/keep:", key="compare-pin", on_click=state.toggle_pin)
        return
    key = f"pin-name-{number}"
    control_shows(key, network.name)
    st.text_input(
        "Name of the pin",
        key=key,
        label_visibility="collapsed",
        max_chars=LONGEST_NAME,
        on_change=partial(_rename, state, number),
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Show",
            key=f"pin-show-{number}",
            icon=":material/visibility:",
            on_click=state.become,
            args=(arch,),
            disabled=shown or arch is None,
            help="On the screen, on all pages; undo brings back what is there now"
            if arch
            else "Only networks of the family can be edited, and are on the screen of the other pages",
        )
        st.button("Remove", key=f"pin-remove-{number}", icon=":material/close:", on_click=state.unpin, args=(number,))


def _kind(pin: Pin) -> str:
    return pin.network.source if isinstance(pin.network, BroughtNetwork) else pin.network.about.label


def say_what_is_kept(state: State) -> None:
    """Say which pins the link does not have, and why some network is left out."""
    if not address_of(state).pinned:
        st.caption("The pins are too long for the link in the address bar; this browser keeps them.")
    if files := [pin.name for pin in state.pins if not pin.link]:
        st.caption(plain(f"Read from a file, so in no link and here until the page is reloaded: {', '.join(files)}."))
    for number, pin in enumerate(state.pins):
        if problem := problem_of(pin):
            take_off = WayOut(f"Take off {pin.name}", partial(state.unpin, number))
            refused(f"{pin.name} is left out. {problem}", f"pin-{number}", take_off)


def _rename(state: State, number: int) -> None:
    state.rename_pin(number, str(st.session_state[f"pin-name-{number}"]))


def begin(state: State) -> None:
    """Say what to do where fewer than two networks are here, with pairs that are one click away."""
    st.html(
        '<p class="lead">Pin networks to see them side by side, with “Pin” in the bar above, on any page; any other'
        " network is pinned on the page Your own network. Up to five pins are compared with the network on the screen."
        " The browser keeps them, and so does the link in the address bar. Or begin with a pair:</p>"
    )
    with st.container(horizontal=True, gap="small", key="compare-pairs"):
        for label, pair in _pairs(state).items():
            st.button(label, key=f"pair:{label}", icon=":material/compare:", on_click=_pin_pair, args=(state, pair))


def _pairs(state: State) -> dict[str, Callable[[], tuple[NamedArch, NamedArch]]]:
    own, title = state.arch, state.original.about.title
    pairs: dict[str, Callable[[], tuple[NamedArch, NamedArch]]] = {}
    if state.edited:
        pairs[f"{title}, published and edited"] = lambda: ((state.original, ""), (own, ""))
    pairs[f"{title} and half its width"] = lambda: ((own, ""), (scaled(own, 0.5), f"{title}, half width"))
    for a, b in (("inception_v3", "inception_v4"), ("googlenet", "bn_inception")):
        first, second = ARCHITECTURES[a], ARCHITECTURES[b]
        pairs[f"{first.about.title} and {second.about.title}"] = partial(_both, (first, ""), (second, ""))
    trained = demo().arch
    small = "The trained demo network and half its width"
    pairs[small] = lambda: ((trained, "Demo network"), (scaled(trained, 0.5), "Demo network, half width"))
    return pairs


def _both(first: NamedArch, second: NamedArch) -> tuple[NamedArch, NamedArch]:
    return first, second


def _pin_pair(state: State, pair: Callable[[], tuple[NamedArch, NamedArch]]) -> None:
    """Pin both and show the second, unless one of them is on the screen; undo brings back what was there."""
    both = pair()
    for arch, name in both:
        state.pin(arch, name)
    if not state.pinned:
        state.become(both[1][0])
