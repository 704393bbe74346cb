"""How a network differs from another version of itself: widths, and the number of copies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .graph import Node
from .network import Analysis, StageCost

COPIES = "copies"  # the path of the change of their number


class WidthChange(NamedTuple):
    """A width, or the number of copies. ``path`` is relative to the stage; ``was`` is None if the other network has no
    such part."""

    path: str
    was: int | None
    now: int

    def __str__(self) -> str:
        return f"{self.path or 'width'}: {'new' if self.was is None else f'{self.was} → {self.now}'}"


class Changes:
    """The differences from ``original``; without one nothing has changed."""

    def __init__(self, original: Analysis | None) -> None:
        self.stages = None if original is None else {s.name: s for s in (*original.stages, *original.aux)}

    def among(self, stage: StageCost, nodes: Iterable[Node]) -> tuple[WidthChange, ...]:
        """The changed widths among ``nodes`` of ``stage``, those that follow from others included."""
        if self.stages is None:
            return ()
        before = self.stages.get(stage.name.partition(".")[0])
        known = () if before is None else first_copy(before).nodes
        if known is first_copy(stage).nodes:  # the analysis caches stages: the same numbers are the same object
            return ()
        widths = {n.path: n.layer.width for n in known}
        weighted = (n for n in nodes if n.layer.rules.weights == "filters" and n.layer.groups == 1)
        return tuple(
            WidthChange(n.path, widths.get(n.path), n.layer.width)
            for n in weighted
            if widths.get(n.path) != n.layer.width
        )

    def of(self, stage: StageCost) -> tuple[WidthChange, ...]:
        """Everything that has changed in a stage, the number of its copies included."""
        before = None if self.stages is None else self.stages.get(stage.name)
        copies = 0 if before is None else len(before.copies)
        own = (WidthChange(COPIES, copies, len(stage.copies)),) if copies and copies != len(stage.copies) else ()
        return own + self.among(stage, first_copy(stage).nodes)


def first_copy(stage: StageCost) -> StageCost:
    """A stage, or the first copy of a repeated one."""
    return stage.copies[0] if stage.copies else stage
