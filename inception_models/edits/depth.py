"""How deep: the copies in each group of equal blocks, and how strongly a residual block adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import cast

from ..arch.refusal import Refusal, Remedy, nearest
from ..arch.rules import MAX_REPEATS, check_given, checked, is_sound
from ..arch.spec import Arch, Block, Repeat, Residual, Stage
from ..arch.tree import blocks, map_blocks, map_stages, unknown


def repeats(arch: Arch) -> dict[str, int]:
    """How many copies of its block every group has, by the group's path."""
    return {stage.name: stage.times for stage in arch.stages if isinstance(stage, Repeat)}


def with_repeats(arch: Arch, changes: Mapping[str, int]) -> Arch:
    """``arch`` with the given numbers of copies.

    Raises:
        ValueError: for a path that is not a group's, a number outside 1 to 64, or copies that do not fit together.
    """
    changed = replaced_repeats(arch, changes)
    for path, times in changes.items():
        check_given("times", times, path, partial(_use_copies, path))
    try:
        return checked(changed)
    except ValueError as problem:
        raise Refusal(str(problem), *_copies_that_work(arch, changes)) from None


def _use_copies(path: str, times: float) -> Remedy:
    plural = "copy" if times == 1 else "copies"
    return Remedy(
        f"Use {times:g} {plural}", lambda arch: with_repeats(arch, {path: int(times)}), f"--repeat {path}={times:g}"
    )


def _copies_that_work(arch: Arch, changes: Mapping[str, int]) -> list[Remedy]:
    """For one group, the number of copies next to the one that was refused; for several none of them is to blame."""
    if len(changes) != 1:
        return []
    [(path, times)] = changes.items()
    near = nearest(lambda number: is_sound(replaced_repeats(arch, {path: number})), times, 1, MAX_REPEATS)
    return [] if near is None or near == repeats(arch)[path] else [_use_copies(path, near)]


def replaced_repeats(arch: Arch, changes: Mapping[str, object]) -> Arch:
    """What :func:`with_repeats` returns, whether it works or not."""
    known = repeats(arch)
    for path in changes:
        if path not in known:
            raise unknown(path, known, "a group of equal blocks")

    def visit(stage: Stage) -> Stage:
        if isinstance(stage, Repeat) and changes.get(stage.name, stage.times) != stage.times:
            return replace(stage, times=cast(int, changes[stage.name]))
        return stage

    return map_stages(arch, visit)


def scales(arch: Arch) -> dict[str, float]:
    """What every residual block multiplies its branches by before it adds them, by path."""
    return {path: block.scale for path, block in blocks(arch).items() if isinstance(block, Residual)}


def with_scales(arch: Arch, changes: Mapping[str, float] | float) -> Arch:
    """``arch`` with the given residual scales, or with one for all of its residual blocks.

    Raises:
        ValueError: for a path that is not a residual block's, or a scale outside 0.01 to 1.
    """
    everywhere = not isinstance(changes, Mapping)
    new = changes if isinstance(changes, Mapping) else dict.fromkeys(scales(arch), changes)
    changed = replaced_scales(arch, new)
    for path, scale in new.items():
        check_given("scale", scale, "" if everywhere else path, partial(_use_scale, None if everywhere else path))
    return checked(changed)


def _use_scale(path: str | None, scale: float) -> Remedy:
    return Remedy(
        f"Use {scale:g}",
        lambda arch: with_scales(arch, scale if path is None else {path: scale}),
        f"--residual-scale {scale:g}" if path is None else "",
    )


def replaced_scales(arch: Arch, changes: Mapping[str, object]) -> Arch:
    """What :func:`with_scales` returns, whether it works or not."""
    known = scales(arch)
    if not known:
        raise ValueError(f"{arch.about.title} has no residual blocks to scale; the Inception-ResNets have.")
    for path in changes:
        if path not in known:
            raise unknown(path, known, "a residual block")

    def visit(block: Block) -> Block:
        if isinstance(block, Residual) and changes.get(block.name, block.scale) != block.scale:
            return replace(block, scale=cast(float, changes[block.name]))
        return block

    return map_blocks(arch, visit)
