"""Where in a file's contents the tensors are: the mapping of names to tensors, at any depth."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from .errors import Entry, SeveralEntriesError, WeightsError

MAX_DEPTH = 8  # of mappings in mappings; training programs nest two or three
MAX_CONTAINERS = 20_000  # an optimizer has one for each parameter
MAX_TENSORS = 10_000  # Inception-ResNet v2 has 1,500
SHARED_BYTES = 1 << 26  # that tensors may share: tied weights, a constant that was expanded
SMALL_SHARE = 10  # a mapping with less than a tenth of the largest one's tensors is not a network beside it
TWINS_SHARE = 0.9  # of the tensors that lie in networks beside one another
ORIGINAL, PRUNED = "_orig", "_mask"  # what torch.nn.utils.prune makes of `weight`


class FileTensors(dict[str, Tensor]):
    """Tensors by their name in the file. ``entry``: where in the file; ``notes``: what a person should know."""

    def __init__(self, tensors: Mapping[str, Tensor], entry: str = "", notes: tuple[str, ...] = ()) -> None:
        super().__init__(tensors)
        self.entry, self.notes = entry, notes


@dataclass(frozen=True, eq=False)
class _Found:
    entry: Entry
    tensors: dict[str, Tensor]
    other: tuple[str, ...]


def chosen(content: object, name: str, entry: str | None = None) -> FileTensors:
    """The tensors of a file by name: the only set of them, or the one at ``entry``.

    Raises:
        SeveralEntriesError: where there are several and none was named.
        WeightsError: where there is none, or the one that was named does not exist or cannot be used.
    """
    sets = list(_sets(content))
    if not sets:
        raise WeightsError(_nothing(content, name))
    if entry is not None:
        sets = [found for found in sets if found.entry.path == entry]
        if not sets:
            known = ", ".join(found.entry.path or "''" for found in _sets(content))
            raise WeightsError(f"{name} has no entry {entry[:80]!r}; its entries are {known[:400]}.")
    most = max(found.entry.tensors for found in sets)
    sets = [found for found in sets if found.entry.tensors * SMALL_SHARE > most]
    usable = [found for found in sets if not _strangeness_of(found)] or sets[:1]
    if len(usable) > 1:
        raise SeveralEntriesError(name, tuple(found.entry for found in usable))
    return _usable(usable[0], name)


def _nothing(content: object, name: str) -> str:
    if isinstance(content, Mapping) and not content:
        return f"{name} contains no tensors."
    return f"{name} does not contain tensors by name, as a state_dict() does."


def _sets(content: object) -> Iterator[_Found]:
    """Every mapping of names to tensors, in the file's order; what belongs to an optimizer is passed over."""
    waiting: list[tuple[str, object, int]] = [("", content, 0)]
    seen: set[int] = set()
    while waiting and len(seen) < MAX_CONTAINERS:
        path, value, depth = waiting.pop()
        if id(value) in seen or depth > MAX_DEPTH:
            continue
        if isinstance(value, Mapping):
            seen.add(id(value))
            tensors = {key: item for key, item in value.items() if isinstance(key, str) and isinstance(item, Tensor)}
            if any(_is_weight(tensor) for tensor in tensors.values()):
                other = tuple(str(key) for key in value if key not in tensors)
                yield from _networks(path, tensors, other)
            named = [(key, item) for key, item in value.items() if isinstance(key, str) and not _is_optimizer(key)]
            inner = [(f"{path}.{key}" if path else key, item, depth + 1) for key, item in named]
            waiting += [one for one in reversed(inner) if isinstance(one[1], Mapping | list | tuple)]
        elif isinstance(value, list | tuple) and len(value) <= 16:
            seen.add(id(value))
            inner = [
                (f"{path}.{number}" if path else str(number), item, depth + 1) for number, item in enumerate(value)
            ]
            waiting += [one for one in reversed(inner) if isinstance(one[1], Mapping)]


def _networks(path: str, tensors: dict[str, Tensor], other: tuple[str, ...]) -> Iterator[_Found]:
    """A mapping as it is, or each of the equal networks in it, such as ``student.`` and ``teacher.``."""
    groups: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        first, _, rest = key.partition(".")
        groups.setdefault(first, {})[rest] = tensor
    large = {first: group for first, group in groups.items() if len(group) >= max(20, len(tensors) // 5)}
    twins = [
        first
        for first, group in large.items()
        if any(
            len(group.keys() & o.keys()) > 0.9 * len(group.keys() | o.keys()) for f, o in large.items() if f != first
        )
    ]
    if sum(len(large[first]) for first in twins) < TWINS_SHARE * len(tensors):  # such as a ResNet's stages
        twins = []
    if not twins:
        yield _Found(Entry(path, len(tensors)), tensors, other)
    for first in twins:
        yield _Found(Entry(f"{path}.{first}" if path else first, len(large[first])), large[first], ())


def _is_optimizer(key: str) -> bool:
    return key.lower().startswith(("optim", "lr_sched", "sched", "scaler", "grad", "amp"))


def _is_weight(tensor: Tensor) -> bool:
    return tensor.is_nested or tensor.ndim > 0


def _usable(found: _Found, name: str) -> FileTensors:
    """The tensors of a set, all of which hold values that can be used."""
    if strange := _strangeness_of(found):
        raise WeightsError(f"{name}: {strange}.")
    tensors, masked = unpruned(found.tensors)
    notes = []
    if found.entry.path:
        notes.append(f"The weights are those at {found.entry.path[:100]} in the file.")
    if found.other and not found.entry.path:
        notes.append(f"Passed over, because they are not tensors: {', '.join(key[:40] for key in found.other[:5])}.")
    if masked:
        notes.append(f"The pruning masks in the file ({masked}) were applied: what they hide is zero now.")
    return FileTensors(tensors, found.entry.path, tuple(notes))


def _strangeness_of(found: _Found) -> str:
    """What keeps a set from being weights, beginning with the first tensor's name; empty if nothing does."""
    if len(found.tensors) > MAX_TENSORS:
        return f"{len(found.tensors):,} tensors are more than any network of the family has"
    told = (f"{key[:100]} {why}" for key, tensor in found.tensors.items() if (why := strangeness(tensor)))
    return next(told, "") or _claims(found.tensors.values())


def _claims(tensors: Collection[Tensor]) -> str:
    """A few bytes can be seen as a tensor of any size, by strides of zero: a copy of it would fill the memory."""
    stored = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in tensors}
    if sum(tensor.nbytes for tensor in tensors) <= 2 * sum(stored.values()) + SHARED_BYTES:
        return ""
    return f"it claims {sum(tensor.numel() for tensor in tensors):,} values, many more than it contains"


def strangeness(tensor: Tensor) -> str:
    """Why a tensor's values cannot be weights, as the end of a sentence; empty if they can."""
    if tensor.is_nested:
        return "is a nested tensor, which no weights here are"
    if tensor.is_quantized:
        kind = "int8" if tensor.dtype in (torch.qint8, torch.quint8) else str(tensor.dtype).removeprefix("torch.")
        return f"is quantised to {kind}; save the state_dict() of the network before it was converted"
    if tensor.layout != torch.strided:
        return "is a sparse tensor, which no weights here are; save it .to_dense()"
    if tensor.is_meta:
        return "is a meta tensor: it has a shape and no values"
    return f"has {str(tensor.dtype).removeprefix('torch.')} values, which no weights here have" * tensor.is_complex()


def unpruned(tensors: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], int]:
    """``tensors`` with the masks of ``torch.nn.utils.prune`` applied, and how many there were."""
    plain, masked = {}, 0
    for key, value in tensors.items():
        stem = key.removesuffix(ORIGINAL)
        mask = tensors.get(f"{stem}{PRUNED}")
        if key.endswith(ORIGINAL) and mask is not None and mask.shape == value.shape:
            plain[stem] = value * mask.to(value.dtype)
            masked += 1
        elif not (key.endswith(PRUNED) and f"{key.removesuffix(PRUNED)}{ORIGINAL}" in tensors):
            plain[key] = value
    return plain, masked
