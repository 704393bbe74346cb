"""What is known about a network beside its layers: its story, each claim with its source, and published numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ClaimKind = Literal["measured", "paper", "implementation"]
"""``measured``: somebody ran or counted it; ``paper``: the paper says so; ``implementation``: so it is in the code."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a story, and where it is from. ``source`` has a date where what it says can age."""

    text: str
    kind: ClaimKind
    source: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A number that a paper prints and exact arithmetic contradicts."""

    what: str
    printed: str
    exact: str


Group = Literal["v1", "v2", "v3", "v4 and residual", "separable", "today"]
Standing = Literal["published", "reconstruction", "thought experiment"]
"""``published``: there is a reference to equal. ``reconstruction``: from a paper that leaves something open, without a
published count. ``thought experiment``: nobody built it."""


@dataclass(frozen=True, slots=True)
class About:
    """The story of a variant, for the page.

    ``story``: what it is; ``differences``: where the paper and its implementations differ. ``top1_percent`` and
    ``top5_percent``: ImageNet validation accuracy of published weights, single crop; ``paper_errors``: the paper's own
    single-crop errors, top-1 and top-5 in percent. ``aliases``: what else people call it. ``part_names``: how the paper
    calls a stage, by the stage's name; several stages may share one.
    """

    title: str
    year: int
    paper: str
    authors: str
    url: str
    story: tuple[Claim, ...]
    differences: tuple[Claim, ...] = ()
    top1_percent: float | None = None
    top5_percent: float | None = None
    top1_source: str = ""
    paper_errors: tuple[float, float] | None = None
    paper_errors_source: str = ""
    printed: tuple[Printed, ...] = ()
    group: Group = "v1"
    standing: Standing = "published"
    aliases: tuple[str, ...] = ()
    part_names: tuple[tuple[str, str], ...] = ()

    @property
    def summary(self) -> str:
        """The story as one paragraph."""
        return " ".join(claim.text for claim in self.story)

    @property
    def label(self) -> str:
        """The title, with a word of warning where there is no published reference."""
        return self.title if self.standing == "published" else f"{self.title} ({self.standing})"

    def part_name(self, stage: str) -> str:
        """How the paper calls the stage of this name; empty where it has no name for it."""
        return dict(self.part_names).get(stage, "")
