"""Edits as JSON, the writing half of :mod:`.link`: what differs between two networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..arch.spec import Arch, AuxHead, Branch, Fork, Inception, Op, Repeat, Residual, Stage, Weighted
from ..arch.tree import Part, children, walk
from .depth import repeats, scales
from .part_json import Json, part_to_json
from .toggles import dropout, has_batch_norm


def switches(old: Arch, new: Arch) -> Iterator[tuple[str, Json]]:
    """What concerns the network as a whole."""
    if new.unit.activation != old.unit.activation:
        yield "activation", new.unit.activation
    if has_batch_norm(new) != has_batch_norm(old):
        yield "bn", has_batch_norm(new)
    if old.aux and not new.aux:
        yield "aux", False
    if None not in (dropout(old), dropout(new)) and dropout(new) != dropout(old):
        yield "dropout", dropout(new)
    if new.classes != old.classes:
        yield "classes", new.classes
    if new.input_size != old.input_size:
        yield "input", new.input_size


def replacements(old: Sequence[Part], new: Sequence[Part]) -> dict[str, list[Part]]:
    """For every old part, by name, the new ones in its place, where that is not one of the same structure."""
    instead: dict[str, list[Part]] = {part.name: [] for part in old}
    waiting: list[Part] = []
    for part in new:
        waiting.append(part)
        if part.name in instead:
            instead[part.name], waiting = waiting, []
    if old:
        instead[old[-1].name] += waiting
    return {p.name: instead[p.name] for p in old if [*map(_skeleton, instead[p.name])] != [_skeleton(p)]}


def stage_replacements(old: Sequence[Stage], new: Sequence[Stage]) -> dict[str, list[Part]]:
    """The same of stages; of those that keep everything but branches, of their branches."""
    by_name = {stage.name: stage for stage in old}
    by_path: dict[str, list[Part]] = {}
    for name, parts in replacements(old, new).items():
        by_path |= _branch_replacements(by_name[name], parts) or {name: parts}
    return by_path


def _branch_replacements(old: Stage, new: Sequence[Part]) -> dict[str, list[Part]]:
    """Of every branch by its path, what is in its place; empty where that does not say all."""
    if len(new) != 1 or type(old) is not type(new[0]):
        return {}
    before, after = (part.block if isinstance(part, Repeat) else part for part in (old, new[0]))
    if not isinstance(before, Inception | Residual) or not isinstance(after, Inception | Residual):
        return {}
    bare = replace(after, branches=before.branches)
    if isinstance(before, Residual) and isinstance(bare, Residual):
        bare = replace(bare, scale=before.scale)
    instead = replacements(before.branches, after.branches)
    names = [part.name for branch in before.branches for part in instead.get(branch.name, [branch])]
    if bare != before or names != [branch.name for branch in after.branches]:
        return {}
    return {f"{before.name}.{name}": parts for name, parts in instead.items()}


def _skeleton(part: Part) -> object:
    """A part without what ``ops``, ``w``, ``r`` and ``s`` can change."""
    inside = tuple(_skeleton(child) for child in children(part))
    match part:
        case Repeat():
            return "repeat", _skeleton(part.block)
        case Residual():
            return replace(part, branches=(), scale=1.0), inside
        case Inception():
            return replace(part, branches=()), inside
        case Branch() | AuxHead() | Fork():
            return replace(part, ops=()), inside
        case _:
            return part.name


def leaves(old: Arch, new: Arch) -> dict[str, Json]:
    """Differences between networks of the same structure."""
    numbers: dict[str, int] = {}
    ops: dict[str, Json] = {}
    for (path, before), (_, after) in zip(walk(old), walk(new), strict=False):
        if before != after:
            width = _new_width(before, after)
            if width is None:
                ops[path] = part_to_json(after)
            else:
                numbers[path] = width
    times: dict[str, Json] = {path: n for path, n in repeats(new).items() if n != repeats(old).get(path)}
    leaves: dict[str, Json] = {
        "ops": ops,
        "w": _nested(numbers),
        "r": times,
        "s": _new_scales(scales(old), scales(new)),
    }
    return {key: value for key, value in leaves.items() if value != {}}


def _nested(numbers: Mapping[str, int]) -> dict[str, Json]:
    """By path, or by stage and the rest of the path where several are of one stage."""
    stages: dict[str, dict[str, Json]] = {}
    for path, number in numbers.items():
        stage, _, rest = path.partition(".")
        stages.setdefault(stage, {})[rest] = number
    nested: dict[str, Json] = {}
    for stage, rest_of in stages.items():
        several = len(rest_of) > 1 and "" not in rest_of
        nested |= {stage: rest_of} if several else {f"{stage}.{rest}".rstrip("."): n for rest, n in rest_of.items()}
    return nested


def _new_scales(old: Mapping[str, float], new: Mapping[str, float]) -> Json:
    """Those that changed by path, or one number where they are all the same."""
    changed: dict[str, Json] = {path: scale for path, scale in new.items() if scale != old.get(path)}
    return next(iter(new.values())) if len(changed) > 1 and len(set(new.values())) == 1 else changed


def _new_width(before: Op, after: Op) -> int | None:
    """The new width, where that is all that changed."""
    if isinstance(before, Weighted) and isinstance(after, Weighted) and before.width is not None:
        return after.width if replace(before, width=after.width) == after else None
    return None
