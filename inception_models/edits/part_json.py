"""Parts of a network as JSON, and back. What comes back may be anybody's text: every key and value is looked at.

An op, block or group is an object whose first key says what it is and holds its first field; the other fields follow
where they differ from their defaults: ``{"Conv": "reduce", "width": 96}``.
Branches, aux heads, units and norms are plain objects of their fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from types import NoneType
from typing import TypeAlias, cast, get_args, get_origin, get_type_hints

from ..arch.rules import shown
from ..arch.spec import AuxHead, BatchNorm, Branch, Op, Stage, Unit
from ..arch.tree import Part

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
TAGGED: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Stage)}

# --- writing ---------------------------------------------------------------------------------------------------------


def part_to_json(part: Part | Unit | BatchNorm) -> dict[str, Json]:
    """``part`` as JSON, without what is as the field's default says."""
    first, *others = fields(part)
    data = {f.name: _to_json(getattr(part, f.name)) for f in others if getattr(part, f.name) != f.default}
    tag = type(part).__name__
    if tag in TAGGED:
        return {tag: _to_json(getattr(part, first.name)), **data}
    return (
        {} if getattr(part, first.name) == first.default else {first.name: _to_json(getattr(part, first.name))}
    ) | data


def _to_json(value: object) -> Json:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return [_to_json(item) for item in value]
        case _:
            return part_to_json(cast(Part, value))


# --- reading ---------------------------------------------------------------------------------------------------------


# Numbers and words are taken over as they are: rules.checked judges them later. All three raise ValueError for a wrong
# structure, an unknown key or a missing one, naming it; ``where`` goes into the sentence.


def op_from_json(data: object, where: str) -> Op:
    """The op that ``data`` describes; ValueError where it describes none."""
    return cast(Op, _from_json(Op, data, where))


def stage_from_json(data: object, where: str) -> Stage:
    """The stage that ``data`` describes; ValueError where it describes none."""
    return cast(Stage, _from_json(Stage, data, where))


def head_from_json(data: object, where: str) -> AuxHead:
    """The aux head that ``data`` describes; ValueError where it describes none."""
    return cast(AuxHead, _from_json(AuxHead, data, where))


def branch_from_json(data: object, where: str) -> Branch:
    """The branch that ``data`` describes; ValueError where it describes none."""
    return cast(Branch, _from_json(Branch, data, where))


def _from_json(hint: object, data: object, where: str) -> object:
    kinds = [k for k in get_args(hint) or (hint,) if is_dataclass(k)]
    if get_origin(hint) is tuple:
        return _items(get_args(hint), data, where)
    if data is None and NoneType in get_args(hint):
        return None
    if not kinds:
        if isinstance(data, list | dict | tuple):
            raise ValueError(f"{where}: one number or word belongs here, not {shown(data)}.")
        return data
    if not isinstance(data, dict):
        raise ValueError(f"{where}: an object belongs here, not {shown(data)}.")
    return _part(cast(list[type], kinds), data, where)


def _items(hints: tuple[object, ...], data: object, where: str) -> tuple[object, ...]:
    if not isinstance(data, list):
        raise ValueError(f"{where}: a list belongs here, not {shown(data)}.")
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_from_json(hints[0], item, where) for item in data)
    if len(data) != len(hints):
        raise ValueError(f"{where}: {len(hints)} values belong here, not {len(data)}.")
    return tuple(_from_json(hint, item, where) for hint, item in zip(hints, data, strict=True))


def _part(kinds: list[type], data: dict[object, object], where: str) -> object:
    kind = kinds[0]
    given = dict(data)
    if kind.__name__ in TAGGED:
        tags = [k for k in kinds if k.__name__ in data]
        if len(tags) != 1:
            known = ", ".join(k.__name__ for k in kinds)
            raise ValueError(f"{where}: exactly one key must say what the part is; known are {known}.")
        kind = tags[0]
        first = fields(kind)[0].name
        if first in given:
            raise ValueError(f"{where}: {first!r} is given twice; {kind.__name__!r} holds it already.")
        given[first] = given.pop(kind.__name__)
    known_fields = {f.name: f for f in fields(kind)}
    for key in given:
        if key not in known_fields:
            raise ValueError(
                f"{where}: {shown(key)} is not a field of {kind.__name__}; known are {', '.join(known_fields)}."
            )
    hints = _hints(kind)
    values = {}
    for name, field in known_fields.items():
        if name in given:
            values[name] = _from_json(hints[name], given[name], f"{where}, {name}")
        elif field.default is MISSING:
            raise ValueError(f"{where}: {kind.__name__} needs a field {name!r}.")
    return kind(**values)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, object]:
    return get_type_hints(kind)
