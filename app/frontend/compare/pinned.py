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
from ...backend.common.pins import LONGEST_NAME, Pin, files_to_send
from ...backend.common.text import html_text
from ...backend.foreign.kept_files import forget_file
from ...backend.foreign.sources import refused_file
from ..kit.brought import add_file
from ..kit.controls import control_shows
from ..kit.notice import WayOut, plain, refused
from ..kit.page_links import page_link
from ..kit.presence import person
from ..session import address_of
from ..state import State
from .context import problem_of

OWN_MODULE = "package.module:callable --shape 3,224,224"
EXPORT = """import torch
from package.module import callable

example = torch.zeros(1, 3, 224, 224)
torch.onnx.export(callable().eval(), (example,), "net.onnx", dynamo=True, external_data=False)
"""
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
        st.button("Remove", key=f"pin-remove-{number}", icon=":material/close:", on_click=_remove, args=(state, number))


def _remove(state: State, number: int) -> None:
    """Take the pin off; a file that no other pin is of goes with it."""
    network = state.pins[number].network
    state.unpin(number)
    if isinstance(network, BroughtNetwork) and network.digest not in (
        pin.network.digest for pin in state.pins if isinstance(pin.network, BroughtNetwork)
    ):
        forget_file(person(), network.digest)


def _kind(pin: Pin) -> str:
    return pin.network.source if isinstance(pin.network, BroughtNetwork) else pin.network.about.label


def say_what_is_kept(state: State) -> None:
    """Say what the link does not have of the pins, and why some network is left out."""
    if not address_of(state).pinned:
        st.caption("The pins are too long for the link in the address bar; this browser keeps them.")
    elif sentence := files_to_send([pin for pin in state.pins if not problem_of(pin)]):
        st.caption(plain(sentence))
    for number, pin in enumerate(state.pins):
        if problem := problem_of(pin):
            take_off = WayOut(f"Take off {pin.name}", partial(_remove, state, number))
            ways = [add_file(state), take_off] if pin.file else [take_off]
            refused(f"{pin.name} is left out. {problem}", f"pin-{number}", *ways)


def _rename(state: State, number: int) -> None:
    state.rename_pin(number, str(st.session_state[f"pin-name-{number}"]))


def begin(state: State) -> None:
    """Say what to do where fewer than two networks are here, with pairs that are one click away."""
    st.markdown(
        "Pin networks to see them side by side, with “Pin” in the bar above, on any page; any other network is pinned"
        " on the page Your own network. Up to five pins are compared with the network on the screen. The browser keeps"
        " them, and so does the link in the address bar. Or begin with a pair:"
    )
    with st.container(horizontal=True, gap="small", key="compare-pairs"):
        for label, pair in _pairs(state).items():
            st.button(
                label, key=f"pair:{label}", icon=":material/compare:", wrap=True, on_click=_pin_pair, args=(state, pair)
            )


def more_networks(state: State) -> None:
    """Say how networks come here that are not of the family."""
    with st.expander("Other networks: of torchvision or timm, a file, a module of your own"):
        st.markdown("The page Your own network pins any network of torchvision or timm by its name, and .onnx files.")
        page_link("Your own network", "Your own network")
        st.markdown(
            "A module of your own is code, which a server must not run for visitors. The command line compares it:"
        )
        st.code(f"python -m app compare {state.arch.key} '{OWN_MODULE}'", None, wrap_lines=True)
        st.markdown("Or write it as an .onnx file, and pin that:")
        st.code(EXPORT, "python", wrap_lines=True)
        st.caption(plain(f"A .pt2 file is not taken: {refused_file('net.pt2')}"))


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
