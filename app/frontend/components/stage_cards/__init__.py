"""A card about each stage, as a Streamlit component that shows the selected stage's without delay."""

from __future__ import annotations

from collections.abc import Mapping

from ..shared.component import Component

_component = Component(
    __file__,
    "stage_cards",
    "cards.js",
    isolate_styles=False,  # the page's own style sheet has its tips and tables
)


def stage_cards(cards: Mapping[str, str], *, selected: str, key: str) -> None:
    """Show the card of the stage called ``selected``, and any other's as soon as a component selects it.

    A card is HTML, in which the caller has escaped all text.
    """
    _component(key=key, data={"cards": dict(cards), "selected": selected})
