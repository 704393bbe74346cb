"""One step from a network to its successor, and a script of such steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from ..arch.rules import checked
from ..arch.spec import Arch, Repeat, Stage

MutationKind = Literal["idea", "re-tabulation", "rename"]
"""``idea``: what the paper is about; ``re-tabulation``: other numbers or parts, as released, for which no paper gives a
reason; ``rename``: the same network under other names."""

Edit = Callable[[Arch, Arch], Arch]
"""From the network so far and the network that the script leads to, the next network."""


@dataclass(frozen=True)
class Mutation:
    """A named step. ``why``: one or two sentences; ``source``: where the idea is from; empty: only code says so."""

    title: str
    why: str
    kind: MutationKind
    source: str
    edit: Edit


@dataclass(frozen=True)
class Lineage:
    """How ``start`` becomes ``end``."""

    start: Arch
    end: Arch
    mutations: tuple[Mutation, ...]

    @cached_property
    def networks(self) -> tuple[Arch, ...]:
        """``start``, then the network after each step; all of them build and run.

        Raises:
            ValueError: where one does not.
        """
        networks = [self.start]
        for mutation in self.mutations:
            networks.append(checked(mutation.edit(networks[-1], self.end)))
        return tuple(networks)


# --- edits -----------------------------------------------------------------------------------------------------------


def swapped_stages(old: str, new: str, times: int = 0) -> Edit:
    """The stages from the first to the last name in ``old`` give way to those in ``new`` of the other network.

    Both are one name, or two with two dots between: ``"maxpool1..maxpool2"``. With ``times`` what is repeated gets so
    many copies at first. A head that read a stage which is gone reads the last one in its place.
    """

    def edit(arch: Arch, end: Arch) -> Arch:
        first, last = _places(arch.stages, old)
        start, stop = _places(end.stages, new)
        added = tuple(_copied(stage, times) for stage in end.stages[start:stop])
        gone = {stage.name for stage in arch.stages[first:last]}
        heads = tuple(replace(head, tap=added[-1].name) if head.tap in gone else head for head in arch.aux)
        return replace(arch, stages=(*arch.stages[:first], *added, *arch.stages[last:]), aux=heads)

    return edit


def added_stage(name: str, after: str) -> Edit:
    """A stage of the other network, after the one called ``after``."""

    def edit(arch: Arch, end: Arch) -> Arch:
        _, at = _places(arch.stages, after)
        start, stop = _places(end.stages, name)
        return replace(arch, stages=(*arch.stages[:at], *end.stages[start:stop], *arch.stages[at:]))

    return edit


def without_stages(*names: str) -> Edit:
    """These stages go."""
    return lambda arch, _: replace(arch, stages=tuple(stage for stage in arch.stages if stage.name not in names))


def all_stages(arch: Arch, end: Arch) -> Arch:
    """Every stage as in the other network, under the name that it has."""
    pairs = zip(arch.stages, end.stages, strict=True)
    return replace(arch, stages=tuple(_named(new, old.name) for old, new in pairs))


def copies(arch: Arch, end: Arch) -> Arch:
    """Every repeated block as often as in the other network."""
    times = {stage.name: stage.times for stage in end.stages if isinstance(stage, Repeat)}
    return replace(
        arch,
        stages=tuple(
            replace(stage, times=times.get(stage.name, stage.times)) if isinstance(stage, Repeat) else stage
            for stage in arch.stages
        ),
    )


def renamed(arch: Arch, end: Arch) -> Arch:
    """The names of the other network, and its story."""
    pairs = zip(arch.stages, end.stages, strict=True)
    return replace(
        arch, key=end.key, about=end.about, stages=tuple(_named(stage, other.name) for stage, other in pairs)
    )


def _named(stage: Stage, name: str) -> Stage:
    if isinstance(stage, Repeat):
        return replace(stage, block=replace(stage.block, name=name))
    return replace(stage, name=name)


def _copied(stage: Stage, times: int) -> Stage:
    return replace(stage, times=times) if times and isinstance(stage, Repeat) else stage


def _places(stages: tuple[Stage, ...], span: str) -> tuple[int, int]:
    """Where the stages of ``span`` begin and end."""
    names = [stage.name for stage in stages]
    first, _, last = span.partition("..")
    return names.index(first), names.index(last or first) + 1
