"""What changed between two networks, part by part and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

from ..arch.spec import (
    Arch,
    AuxHead,
    BatchNorm,
    Branch,
    Conv,
    Fork,
    Inception,
    Linear,
    Pool,
    Repeat,
    Residual,
    SepConv,
    Unit,
)
from ..arch.tree import Part, children
from .toggles import has_batch_norm, with_activation, with_batch_norm

FieldValue: TypeAlias = int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``path`` is empty where it concerns the whole network.

    ``kind`` is the name of the field that differs (``width``, ``times``, ``kernel`` ...), or ``part`` where one was
    added (``before`` is None), removed (``after`` is None) or became another, or ``order``.
    """

    path: str
    kind: str
    before: FieldValue
    after: FieldValue

    def sentence(self) -> str:
        """The change in plain words, without a full stop: ``block17: 20 → 12 copies``."""
        before, after = _words(self.before), _words(self.after)
        where = f"{self.path}: " if self.path else ""
        match self.kind:
            case "part" if self.before is None:
                return f"{self.path} added: {after}"
            case "part" if self.after is None:
                return f"{self.path} removed"
            case "order":
                return f"{self.path or 'stages'} in another order: {after}"
            case "input_size":
                return f"input {before} → {after} pixels"
            case "aux" | "batch_norm":
                return f"{_WORDS[self.kind]} {after}"
            case kind if kind in _NOUNS:
                return f"{where}{before} → {after} {_NOUNS[kind]}"
            case kind:
                return f"{where}{_WORDS.get(kind, kind.replace('_', ' ') + ' ')}{before} → {after}"


_NOUNS = {"width": "filters", "features": "features", "times": "copies", "classes": "classes"}
_WORDS = {
    "part": "",
    "p": "",
    "kind": "",
    "weight": "loss weight ",
    "aux": "auxiliary heads",
    "batch_norm": "BatchNorm",
}
_INSTEAD_OF_NONE = {"width": "the block's own number of", "unit": "the network's"}


def _words(value: FieldValue) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def changes(original: Arch, edited: Arch) -> tuple[Change, ...]:
    """Every difference from ``original`` to ``edited``, in the order of the forward pass; empty if there is none.

    What was switched for the whole network (activation, BatchNorm, aux heads) is one change. The key and the story of
    a network are not compared.
    """
    return tuple(_changes(original, edited))


def _changes(old: Arch, new: Arch) -> Iterator[Change]:
    for name in ("input_size", "classes"):
        yield from _field("", name, getattr(old, name), getattr(new, name))
    yield from _field("", "activation", old.unit.activation, new.unit.activation)
    yield from _field("", "batch_norm", has_batch_norm(old), has_batch_norm(new))
    yield from _field("", "aux", bool(old.aux), bool(new.aux))
    base = switched(old, new)
    if base.unit != new.unit:
        yield Change("", "unit", part_in_words(base.unit), part_in_words(new.unit))
    yield from _rows("", base.stages, new.stages)
    if old.aux and new.aux:
        yield from _rows("", base.aux, new.aux)


def switched(old: Arch, new: Arch) -> Arch:
    """``old`` with the activation and the BatchNorm of ``new``, where those were switched for the whole network."""
    base = old
    if new.unit.activation not in (old.unit.activation, "none"):
        base = with_activation(base, new.unit.activation)
    if has_batch_norm(new) != has_batch_norm(old):
        base = with_batch_norm(base, has_batch_norm(new), old)
    return base


def _field(path: str, kind: str, before: FieldValue, after: FieldValue) -> Iterator[Change]:
    if before != after:
        yield Change(path, kind, before, after)


def _rows(path: str, old: Sequence[Part], new: Sequence[Part]) -> Iterator[Change]:
    """Differences between parts in a row or side by side, matched by name."""
    before, after = {part.name: part for part in old}, {part.name: part for part in new}
    for name, part in before.items():
        if name not in after:
            yield Change(f"{path}.{name}".lstrip("."), "part", part_in_words(part), None)
    if [n for n in before if n in after] != [n for n in after if n in before]:
        yield Change(path, "order", ", ".join(before), ", ".join(after))
    for name, part in after.items():
        where = f"{path}.{name}".lstrip(".")
        if name in before:
            yield from _part(where, before[name], part)
        else:
            yield Change(where, "part", None, part_in_words(part))


def part_changes(path: str, old: Part, new: Part) -> tuple[Change, ...]:
    """Every difference between two parts, which are compared as if they had one name."""
    return tuple(_part(path, old, new))


def _part(path: str, old: Part, new: Part) -> Iterator[Change]:
    if old is new:  # what an edit does not touch stays the same object
        return
    if isinstance(old, Repeat) and isinstance(new, Repeat):
        yield from _field(path, "times", old.times, new.times)
        yield from _part(path, old.block, new.block)
    elif type(old) is type(new):
        yield from _rows(path, children(old), children(new))
        yield from _fields(path, old, new)
    else:
        yield Change(path, "part", part_in_words(old), part_in_words(new))


def _fields(path: str, old: Part, new: Part) -> Iterator[Change]:
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name not in ("name", "ops", "branches") and before != after:
            kind = "features" if isinstance(old, Linear) and field.name == "width" else field.name
            yield Change(path, kind, _value(kind, before), _value(kind, after))


def _value(kind: str, value: FieldValue | tuple[int, int] | Unit | BatchNorm) -> FieldValue:
    match value:
        case (high, wide):
            return f"{high}×{wide}"
        case Unit() | BatchNorm():
            return part_in_words(value)
        case None:
            return _INSTEAD_OF_NONE.get(kind)
        case _:
            return value


def part_in_words(part: Part | Unit | BatchNorm) -> str:
    """A part in a few words: ``3×3 convolution, 32 filters``."""
    match part:
        case Conv() | SepConv():
            width = "as many filters as the block's input" if part.width is None else f"{part.width} filters"
            return f"{part.kernel[0]}×{part.kernel[1]} {part.title}, {width}"
        case Pool():
            return f"{part.size}×{part.size} {'max' if part.kind == 'max' else 'average'} {part.title}"
        case Repeat():
            return f"{part.times} × {part_in_words(part.block)}"
        case Inception() | Residual():
            return f"block of {', '.join(b.name for b in part.branches)}"
        case Branch() | AuxHead() | Fork():
            return ", then ".join(part_in_words(op) for op in part.ops) or "passes its input on"
        case Unit():
            norm = part_in_words(part.norm) if part.norm else "no norm"
            return f"{'bias' if part.bias else 'no bias'}, {norm}, {part.activation}"
        case BatchNorm():
            return f"BatchNorm (eps {part.eps:g}, momentum {part.momentum:g}{'' if part.gamma else ', no scale'})"
        case _:
            return part.title
