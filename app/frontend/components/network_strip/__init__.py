"""The whole network as a strip of its stages, in order, as a Streamlit component: where its costs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ..shared.component import Component
from ..shared.events import NEVER, handled, take_selection


@dataclass(frozen=True)
class StripStage:
    """A stage: ``share`` (0 to 1) of the network's MACs is its length, ``bars`` are colours and fractions of its width.

    ``cost``: the share in words; empty where it has none.
    ``edited``: what was changed in it, in words; empty where nothing was. ``map``: a thumbnail's data URI, or empty.
    """

    path: str
    name: str
    bars: Sequence[tuple[str, float]]
    share: float
    cost: str
    tip: str
    edited: str
    map: str


_component = Component(__file__, "network_strip", "strip.js", style="strip.css")


def network_strip(stages: Sequence[StripStage], *, selected: str, key: str, on_select: Callable[[str], None]) -> None:
    """Show ``stages``, the selected one marked. ``on_select`` gets another one's path, before the next script run."""
    paths = frozenset(stage.path for stage in stages)
    _component(
        key=key,
        data=strip_data(stages, selected, handled(key)),
        on_events_change=partial(take_selection, key, paths, on_select),
    )


def strip_data(stages: Sequence[StripStage], selected: str, handled: tuple[str, int] = NEVER) -> dict[str, object]:
    """What the script is told: ``StripData`` of messages.d.ts."""
    return {"stages": [vars(stage) for stage in stages], "selected": selected, "handled": handled}
