"""A card about each stage, as a Streamlit component that shows the selected stage's without delay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..shared.component import Component


@dataclass(frozen=True)
class Fact:
    """A number about a stage, with its name and its meaning. ``change``: from the published network, in percent."""

    name: str
    value: str
    tip: str
    change: str = ""


@dataclass(frozen=True)
class BranchLine:
    """A branch of a block in figures, two with the difference from the published network, empty where there is none.

    ``share`` (0 to 1) of the block's MACs is the length of the bar in ``color``.
    """

    name: str
    color: str
    channels: tuple[str, str]
    params: str
    macs: tuple[str, str]
    tip: str
    share: float


@dataclass(frozen=True)
class StageCard:
    """What there is to say about a stage; ``note`` is about the ``branches``. Without a title it has no heading."""

    title: str
    about: str = ""
    facts: tuple[Fact, ...] = ()
    branches: tuple[BranchLine, ...] = ()
    note: str = ""


_component = Component(
    __file__,
    "stage_cards",
    "cards.js",
    isolate_styles=False,  # the page's own style sheet has its tips and tables
)


def stage_cards(cards: Mapping[str, StageCard], *, selected: str, key: str) -> None:
    """Show the card of the stage called ``selected``, and any other's as soon as a component selects it."""
    _component(key=key, data={"cards": {name: _card_data(card) for name, card in cards.items()}, "selected": selected})


def _card_data(card: StageCard) -> dict[str, object]:
    return {**vars(card), "facts": [vars(fact) for fact in card.facts], "branches": [vars(b) for b in card.branches]}
