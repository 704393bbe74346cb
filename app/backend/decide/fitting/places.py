"""Which widths of a network may change on their own, which only together, and which not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from inception_models import Arch
from inception_models.arch.tree import unknown

from ..channels import Channels, Form


@dataclass(frozen=True, eq=False)
class Places:
    """Groups of paths whose widths are equal and stay so. ``locked``: by path, why a width does not change."""

    groups: tuple[tuple[str, ...], ...]
    locked: dict[str, str]
    tied: Form

    def is_locked(self, group: int) -> bool:
        """Whether no width of a group may change."""
        return any(path in self.locked for path in self.groups[group])


def places_of(channels: Channels, arch: Arch, lock: Iterable[str]) -> Places:
    """The places of a network, those below the parts that ``lock`` names, patterns included, locked.

    Raises:
        ValueError: where a pattern names nothing.
    """
    paths = channels.paths
    locked = dict.fromkeys(_matching(paths, arch, lock), "it is locked")
    group = list(range(len(paths)))
    for form in channels.sums:
        inside = np.flatnonzero(form[:-1])
        if form[-1] == 0 and sorted(form[inside]) == [-1, 1]:
            old, new = group[inside[1]], group[inside[0]]
            group = [new if g == old else g for g in group]
        else:
            locked |= {paths[i]: "what it is added to must have as many channels" for i in inside}
    names = sorted(set(group))
    tied = np.zeros((len(paths) + 1, len(names) + 1))
    tied[-1, -1] = 1
    for i, g in enumerate(group):
        tied[i, names.index(g)] = 1
    return Places(
        tuple(tuple(p for p, g in zip(paths, group, strict=True) if g == name) for name in names), locked, tied
    )


def _matching(paths: Iterable[str], arch: Arch, lock: Iterable[str]) -> set[str]:
    """The paths below a part that a pattern names."""
    found: set[str] = set()
    parts = {path: _parts(path) for path in paths}
    heads = [head.name for head in arch.aux]
    for pattern in lock:
        inside = {path for path, prefixes in parts.items() if any(fnmatchcase(prefix, pattern) for prefix in prefixes)}
        if not inside and not any(fnmatchcase(head, pattern) for head in heads):
            known = dict.fromkeys(prefix for prefixes in parts.values() for prefix in prefixes)
            raise unknown(pattern, known, "a stage, branch or layer with a width")
        found |= inside
    return found


def _parts(path: str) -> tuple[str, ...]:
    """The path of a width, and those of the parts around it."""
    names = path.split(".")
    return tuple(".".join(names[:depth]) for depth in range(1, len(names) + 1))
