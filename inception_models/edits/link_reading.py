"""Edits as JSON, the reading half of :mod:`.link`: any JSON value may come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from ..arch.rules import shown
from ..arch.spec import Activation, Arch, AuxHead, Block, Branch, Fork, Op, Stage
from ..arch.tree import Part, blocks, map_blocks, map_ops, unknown, walk
from .depth import replaced_repeats, replaced_scales, scales
from .input_output import without_aux
from .part_json import branch_from_json, head_from_json, op_from_json, stage_from_json
from .toggles import with_activation, with_batch_norm, with_dropout
from .widths import replaced_scale, replaced_widths


def json_object(value: object, where: str) -> dict[str, object]:
    """``value``, which must be an object; ValueError says what is at ``where`` instead."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ValueError(f"{where} must be an object of names and values, not {shown(value)}.")
    return value


def _bn(arch: Arch, value: object, original: Arch) -> Arch:
    if not isinstance(value, bool):
        raise ValueError(f"bn must be true or false, not {shown(value)}.")
    return with_batch_norm(arch, value, original)


def _aux(arch: Arch, value: object, _: Arch) -> Arch:
    if value is not False:
        raise ValueError(f"aux can only be false, not {shown(value)}.")
    return without_aux(arch)


def _factor(arch: Arch, value: object, _: Arch) -> Arch:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"x, the width multiplier, must be a number, not {shown(value)}.")
    return replaced_scale(arch, value)


def _parts(arch: Arch, value: object, _: Arch) -> Arch:
    new: dict[str, tuple[Part, ...]] = {}
    readers: dict[str, Callable[[object, str], Part]] = {stage.name: stage_from_json for stage in arch.stages}
    readers |= {head.name: head_from_json for head in arch.aux}
    readers |= {f"{path}.{b.name}": branch_from_json for path, block in blocks(arch).items() for b in block.branches}
    for path, items in json_object(value, "parts").items():
        if path not in readers:
            raise unknown(path, readers, "a stage or branch")
        if not isinstance(items, list):
            raise ValueError(f"parts, {path}: a list belongs here, not {shown(items)}.")
        new[path] = tuple(readers[path](item, f"parts, {path}") for item in items)

    def with_branches(block: Block) -> Block:
        paths = [f"{block.name}.{branch.name}" for branch in block.branches]
        if not new.keys() & paths:
            return block
        branches = tuple(part for path, b in zip(paths, block.branches, strict=True) for part in new.get(path, (b,)))
        return replace(block, branches=cast(tuple[Branch, ...], branches))

    arch = map_blocks(arch, with_branches)
    stages = tuple(part for stage in arch.stages for part in new.get(stage.name, (stage,)))
    aux = tuple(part for head in arch.aux for part in new.get(head.name, (head,)))
    return replace(arch, stages=cast(tuple[Stage, ...], stages), aux=cast(tuple[AuxHead, ...], aux))


def _ops(arch: Arch, value: object, _: Arch) -> Arch:
    known = dict(walk(arch))
    new: dict[str, Op] = {}
    for path, data in json_object(value, "ops").items():
        if path not in known:
            raise unknown(path, known, "an op")
        new[path] = op_from_json(data, f"ops, {path}")
        if new[path].name != known[path].name or isinstance(new[path], Fork):
            raise ValueError(f"ops, {path}: the op must keep the name {known[path].name!r} and cannot become a fork.")
    return map_ops(arch, lambda path, op: new.get(path, op))


def _widths(arch: Arch, value: object, _: Arch) -> Arch:
    flat: dict[str, object] = {}
    for path, width in json_object(value, "w").items():
        flat |= (
            {f"{path}.{rest}": n for rest, n in json_object(width, path).items()}
            if isinstance(width, dict)
            else {path: width}
        )
    return replaced_widths(arch, flat)


def _scales(arch: Arch, value: object, _: Arch) -> Arch:
    everywhere = isinstance(value, int | float)
    return replaced_scales(arch, dict.fromkeys(scales(arch), value) if everywhere else json_object(value, "s"))


# In this order: what switches the whole network first, then structure, then numbers by their path.
READERS: Mapping[str, Callable[[Arch, object, Arch], Arch]] = {
    "activation": lambda arch, value, _: with_activation(arch, cast(Activation, value)),
    "bn": _bn,
    "aux": _aux,
    "dropout": lambda arch, value, _: with_dropout(arch, cast(float, value)),
    "classes": lambda arch, value, _: replace(arch, classes=cast(int, value)),
    "input": lambda arch, value, _: replace(arch, input_size=cast(int, value)),
    "x": _factor,
    "parts": _parts,
    "ops": _ops,
    "w": _widths,
    "r": lambda arch, value, _: replaced_repeats(arch, json_object(value, "r")),
    "s": _scales,
}
