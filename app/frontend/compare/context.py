"""What the tabs of the page Compare need: the pins and the network on the screen, laid side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from inception_models import Arch

from ...backend import Analysis, Comparison, ModuleAnalysis, analyze, compare
from ...backend.common.brought import BroughtNetwork
from ...backend.common.colours import ThemeName
from ...backend.common.pins import Pin, fresh_name, usual_name
from ...backend.common.text import file_name
from ...backend.foreign.totals import NetworkTotals, network_totals
from ..kit.brought import brought_answers
from ..kit.controls import choice_stays_among
from ..state import State

BASE = "compare_base"


@dataclass(frozen=True)
class CompareContext:
    """Two to six networks; differences are from the first. ``comparison`` has them in the same order."""

    state: State
    networks: tuple[Pin, ...]
    comparison: Comparison

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(network.name for network in self.networks)

    @property
    def family(self) -> dict[int, Arch]:
        """Those of the family, by their position in ``networks``."""
        networks = enumerate(network.network for network in self.networks)
        return {position: network for position, network in networks if isinstance(network, Arch)}

    @property
    def brought(self) -> dict[int, BroughtNetwork]:
        """The others, by their position."""
        networks = enumerate(network.network for network in self.networks)
        return {position: network for position, network in networks if isinstance(network, BroughtNetwork)}

    @property
    def theme(self) -> ThemeName:
        """The browser's theme."""
        return "dark" if st.context.theme.type == "dark" else "light"

    def file_name(self, ending: str) -> str:
        """For what is saved of all of them."""
        return file_name(f"{self.networks[0].name} and {len(self.networks) - 1} more{ending}")


def networks_of(state: State) -> tuple[Pin, ...]:
    """The pins, and the network on the screen where it is none; first the one that differences are from, and last those
    that cannot be analysed.
    """
    networks = state.pins
    if not state.pinned:
        networks += (Pin(fresh_name(usual_name(state.arch), (pin.name for pin in networks)), state.arch),)
    base = st.session_state.get(BASE)
    return tuple(sorted(networks, key=lambda network: (problem_of(network) != "", network.name != base)))


def brought_of(networks: Sequence[Pin]) -> list[BroughtNetwork]:
    """Those that are not of the family."""
    return [pin.network for pin in networks if isinstance(pin.network, BroughtNetwork)]


def problem_of(pin: Pin) -> str:
    """Why a network could not be analysed; empty where it was, or was not tried yet."""
    answer = brought_answers().get(pin.network) if isinstance(pin.network, BroughtNetwork) else ""
    return answer if isinstance(answer, str) else ""


def all_totals(networks: Sequence[Pin]) -> list[NetworkTotals]:
    """Of networks that were analysed."""
    return [network_totals(network.name, _analysis(network)) for network in networks]


def _analysis(pin: Pin) -> Analysis | ModuleAnalysis:
    answer = analyze(pin.network) if isinstance(pin.network, Arch) else brought_answers()[pin.network]
    assert not isinstance(answer, str), "it was analysed"
    return answer


def compared(state: State, networks: Sequence[Pin]) -> CompareContext:
    """The networks side by side, remembered until one of them changes."""
    key = tuple(networks)
    if st.session_state.get("compared", (None,))[0] != key:
        first, second, *others = map(_analysis, networks)
        st.session_state.compared = key, compare(first, second, *others, names=[network.name for network in networks])
    comparison = st.session_state.compared[1]
    assert isinstance(comparison, Comparison)
    return CompareContext(state, key, comparison)


def choose_among(label: str, names: Sequence[str], key: str, otherwise: str) -> int:
    """Render the choice of one of these networks; returns its position in ``names``."""
    choice_stays_among(key, names, otherwise)
    return list(names).index(str(st.selectbox(label, names, key=key, width=260, persist_state="session")))


def choose_base(context: CompareContext, label: str) -> None:
    """Render the choice of the network that differences are from."""
    choose_among(label, context.names, BASE, context.names[0])
