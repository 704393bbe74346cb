"""What a search may choose: widths, copies and input size, each from a range; and the network that a choice is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

import numpy as np

from inception_models import Arch
from inception_models.arch.rules import checked
from inception_models.arch.tree import unknown
from inception_models.edits.depth import repeats, replaced_repeats
from inception_models.edits.input_output import with_size_and_fitting_heads
from inception_models.edits.widths import replaced_widths

from ..channels import stage_widths

AxisKind = Literal["width", "scale", "copies", "size"]
Choice = Mapping[str, float]
"""A value for each axis, by its name."""
WIDTH_STEP = 8  # filters; scaled widths are multiples of it
MOST_VALUES = 10_000  # of one axis


@dataclass(frozen=True, slots=True)
class SearchAxis:
    """A range to choose from. ``path``: of a width; for ``scale`` a pattern whose widths are multiplied together, such
    as ``Mixed_6*`` or ``*``; of a repeated stage for ``copies``; empty for ``size``, the input's side in pixels.
    """

    kind: AxisKind
    path: str
    low: float
    high: float
    step: float

    def __post_init__(self) -> None:
        if not (self.low <= self.high and self.step > 0 and (self.high - self.low) / self.step < MOST_VALUES):
            raise ValueError(
                f"{self.name}: a range goes from low to high in steps above 0, up to {MOST_VALUES} of them; this one is"
                f" {self.low:g}:{self.high:g}:{self.step:g}."
            )
        if self.kind != "scale" and not all(float(n).is_integer() for n in (self.low, self.high, self.step)):
            raise ValueError(f"{self.name}: whole numbers are needed, not {self.low:g}:{self.high:g}:{self.step:g}.")

    @property
    def name(self) -> str:
        """``width conv1``, ``size``."""
        return f"{self.kind} {self.path}".rstrip()

    @property
    def values(self) -> tuple[float, ...]:
        """Every value, the lowest first."""
        count = int((self.high - self.low) / self.step + 1e-9) + 1
        return tuple(round(self.low + i * self.step, 9) for i in range(count))


@dataclass(frozen=True)
class SearchSpace:
    """All choices that can be made with one network."""

    arch: Arch
    axes: tuple[SearchAxis, ...]

    def __post_init__(self) -> None:
        if not self.axes:
            raise ValueError("A search needs at least one range to choose from: of widths, copies or the input size.")
        if len({axis.name for axis in self.axes}) < len(self.axes):
            raise ValueError("Two ranges are for the same thing; each needs its own.")
        known = stage_widths(self.arch)
        for axis in self.axes:
            if axis.kind == "width" and axis.path not in known:
                raise unknown(axis.path, known, "a width")
            if axis.kind == "scale" and not _matching(known, axis.path):
                raise unknown(axis.path, {path.partition(".")[0] for path in known}, "a part with widths")
            if axis.kind == "copies" and axis.path not in repeats(self.arch):
                raise unknown(axis.path, repeats(self.arch), "a group of equal blocks")

    @property
    def size(self) -> int:
        """How many choices there are."""
        return int(np.prod([len(axis.values) for axis in self.axes], dtype=object))

    @property
    def frames(self) -> int:
        """How many choices there are of copies and the input size: each is analysed once."""
        return int(np.prod([len(a.values) for a in self.axes if a.kind in ("copies", "size")], dtype=object))

    @cached_property
    def _known(self) -> dict[str, int]:
        return stage_widths(self.arch)

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """The paths of the widths that each scale is of."""
        return {axis.name: _matching(self._known, axis.path) for axis in self.axes if axis.kind == "scale"}

    def widths(self, choice: Choice) -> dict[str, int]:
        """The widths of a choice: scales first, then those that are chosen by their path."""
        chosen = dict(self._known)
        for name, paths in self._below.items():
            for path in paths:
                scaled = round(chosen[path] * choice[name] / WIDTH_STEP) * WIDTH_STEP
                chosen[path] = max(scaled, min(WIDTH_STEP, self._known[path]))
        return chosen | {axis.path: int(choice[axis.name]) for axis in self.axes if axis.kind == "width"}

    def frame(self, choice: Choice) -> Arch:
        """The network with the copies and the input size of a choice, and its own widths.

        Raises:
            ValueError: where it does not fit together.
        """
        copies = {axis.path: int(choice[axis.name]) for axis in self.axes if axis.kind == "copies"}
        arch = checked(replaced_repeats(self.arch, copies)) if copies else self.arch
        sizes = [int(choice[axis.name]) for axis in self.axes if axis.kind == "size"]
        return with_size_and_fitting_heads(arch, sizes[0]) if sizes else arch

    def network(self, choice: Choice) -> Arch:
        """The network of a choice.

        Raises:
            ValueError: where it does not fit together.
        """
        return checked(replaced_widths(self.frame(choice), self.widths(choice)))


def _matching(paths: Sequence[str] | Mapping[str, int], pattern: str) -> list[str]:
    return [path for path in paths if any(fnmatchcase(path[:end], pattern) for end in (*_dots(path), len(path)))]


def _dots(path: str) -> list[int]:
    return [i for i, letter in enumerate(path) if letter == "."]
