"""A network as the difference from its published variant, as JSON: what a link and a saved file hold.

``{"v": 1, "w": {"inception3a.branch1x1.conv": 96}}``. The keys, all but ``v`` optional:

- ``v``: the version of this format, 1
- ``activation``: a name; ``bn``: true or false; ``aux``: false; ``dropout``, ``classes``, ``input``: numbers
- ``parts``: of a stage or aux head whose structure changed, by its name, the list of those that replace it
- ``ops``: ops that changed in more than their width, by path; these two in the form of :mod:`.part_json`
- ``w``: widths by path; ``r``: copies by path; ``s``: residual scales by path
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from ..arch.rules import checked, shown
from ..arch.spec import (
    Activation,
    Arch,
    AuxHead,
    Branch,
    Fork,
    Inception,
    Op,
    Repeat,
    Residual,
    Stage,
    Weighted,
)
from ..arch.tree import Part, children, map_ops, unknown, walk
from .depth import repeats, replaced_repeats, replaced_scales, scales
from .input_output import without_aux
from .part_json import Json, head_from_json, op_from_json, part_to_json, stage_from_json
from .toggles import dropout, has_batch_norm, with_activation, with_batch_norm, with_dropout
from .widths import replaced_widths

LINK_VERSION = 1


def to_edits(original: Arch, edited: Arch) -> dict[str, Json]:
    """The difference as JSON: ``apply_edits(original, to_edits(original, edited)) == edited``.

    Raises:
        ValueError: where the two differ in more than edits can change, as two variants do.
    """
    edits: dict[str, Json] = {"v": LINK_VERSION}
    arch = original

    def add(more: dict[str, Json]) -> None:
        """Each reader is applied once, in the order in which :func:`apply_edits` applies them."""
        nonlocal arch
        edits.update(more)
        arch = _read(arch, more, original)

    add(dict(_switches(original, edited)))
    parts = _replacements(arch.stages, edited.stages) | _replacements(arch.aux, edited.aux)
    if parts:
        add({"parts": {name: [part_to_json(part) for part in new] for name, new in parts.items()}})
    add(_leaves(arch, edited))
    if arch != edited:
        raise ValueError(f"{edited.about.title} differs from {original.about.title} in more than edits can change.")
    return edits


def apply_edits(original: Arch, edits: object) -> Arch:
    """``original`` with the edits that :func:`to_edits` wrote, or somebody else: any JSON value may come in.

    Raises:
        ValueError: with one sentence, where ``edits`` is not of the format, or the network would not work.
    """
    return checked(_applied(original, edits))


def readable_edits(original: Arch, edits: object) -> Arch:
    """``original`` with as many of ``edits`` as work, each tried on top of those before it."""
    arch = original
    for key, read in READERS.items():
        if not isinstance(edits, dict) or key not in edits:
            continue
        value = edits[key]
        if (whole := _tried(read, arch, value, original)) is not None:
            arch = whole
        elif isinstance(value, dict):
            for name, item in value.items():
                arch = _tried(read, arch, {name: item}, original) or arch
    return arch


def _tried(read: Callable[[Arch, object, Arch], Arch], arch: Arch, value: object, original: Arch) -> Arch | None:
    try:
        return checked(read(arch, value, original))
    except ValueError:
        return None


# --- writing ---------------------------------------------------------------------------------------------------------


def _switches(old: Arch, new: Arch) -> Iterator[tuple[str, Json]]:
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


def _replacements(old: Sequence[Part], new: Sequence[Part]) -> dict[str, list[Part]]:
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


def _leaves(old: Arch, new: Arch) -> dict[str, Json]:
    """Differences between networks of the same structure."""
    widths: dict[str, Json] = {}
    ops: dict[str, Json] = {}
    for (path, before), (_, after) in zip(walk(old), walk(new), strict=False):
        if before != after:
            width = _new_width(before, after)
            if width is None:
                ops[path] = part_to_json(after)
            else:
                widths[path] = width
    times: dict[str, Json] = {path: n for path, n in repeats(new).items() if n != repeats(old).get(path)}
    factors: dict[str, Json] = {path: s for path, s in scales(new).items() if s != scales(old).get(path)}
    leaves: dict[str, Json] = {"ops": ops, "w": widths, "r": times, "s": factors}
    return {key: value for key, value in leaves.items() if value}


def _new_width(before: Op, after: Op) -> int | None:
    """The new width, where that is all that changed."""
    if isinstance(before, Weighted) and isinstance(after, Weighted) and before.width is not None:
        return after.width if replace(before, width=after.width) == after else None
    return None


# --- reading ---------------------------------------------------------------------------------------------------------


def _applied(original: Arch, edits: object) -> Arch:
    """``original`` with ``edits``; whether the result works is not checked here."""
    given = _object(edits, "The changes")
    for key in given:
        if key not in ("v", *READERS):
            raise ValueError(f"{shown(key)} is not a kind of change; known are {', '.join(READERS)}.")
    if type(given.get("v")) is not int or given["v"] != LINK_VERSION:
        raise ValueError(
            f"The changes are of version {shown(given.get('v'))}; this program reads version {LINK_VERSION}."
        )
    return _read(original, given, original)


def _read(arch: Arch, edits: Mapping[str, object], original: Arch) -> Arch:
    for key, read in READERS.items():
        if key in edits:
            arch = read(arch, edits[key], original)
    return arch


def _object(value: object, where: str) -> dict[str, object]:
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


def _parts(arch: Arch, value: object, _: Arch) -> Arch:
    new: dict[str, tuple[Part, ...]] = {}
    heads = {head.name for head in arch.aux}
    known = {stage.name for stage in arch.stages} | heads
    for name, items in _object(value, "parts").items():
        if name not in known:
            raise unknown(name, known, "a stage")
        if not isinstance(items, list):
            raise ValueError(f"parts, {name}: a list belongs here, not {shown(items)}.")
        read = head_from_json if name in heads else stage_from_json
        new[name] = tuple(read(item, f"parts, {name}") for item in items)
    stages = tuple(part for stage in arch.stages for part in new.get(stage.name, (stage,)))
    aux = tuple(part for head in arch.aux for part in new.get(head.name, (head,)))
    return replace(arch, stages=cast(tuple[Stage, ...], stages), aux=cast(tuple[AuxHead, ...], aux))


def _ops(arch: Arch, value: object, _: Arch) -> Arch:
    known = dict(walk(arch))
    new: dict[str, Op] = {}
    for path, data in _object(value, "ops").items():
        if path not in known:
            raise unknown(path, known, "an op")
        new[path] = op_from_json(data, f"ops, {path}")
        if new[path].name != known[path].name or isinstance(new[path], Fork):
            raise ValueError(f"ops, {path}: the op must keep the name {known[path].name!r} and cannot become a fork.")
    return map_ops(arch, lambda path, op: new.get(path, op))


def _of(set_values: Callable[[Arch, Mapping[str, object]], Arch], what: str) -> Callable[[Arch, object, Arch], Arch]:
    return lambda arch, value, _: set_values(arch, _object(value, what))


# In this order: what switches the whole network first, then structure, then numbers by their path.
READERS: Mapping[str, Callable[[Arch, object, Arch], Arch]] = {
    "activation": lambda arch, value, _: with_activation(arch, cast(Activation, value)),
    "bn": _bn,
    "aux": _aux,
    "dropout": lambda arch, value, _: with_dropout(arch, cast(float, value)),
    "classes": lambda arch, value, _: replace(arch, classes=cast(int, value)),
    "input": lambda arch, value, _: replace(arch, input_size=cast(int, value)),
    "parts": _parts,
    "ops": _ops,
    "w": _of(replaced_widths, "w"),
    "r": _of(replaced_repeats, "r"),
    "s": _of(replaced_scales, "s"),
}
