"""Which of a file's names belong to which of a network's modules: prefixes, layouts, and the order as a last resort."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from torch import Tensor

from ..arch.spec import Arch
from ..checkpoints.key_names import LAYOUTS, OWN_LAYOUTS, SURPLUS, KeyLayout
from ..checkpoints.weighted_modules import WeightedModule, weighted_modules

WRAPPERS = frozenset({"_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"})  # may come anywhere in a name
LAYER_SCALE = "gamma"  # timm's is a parameter of the block, not of a module
MAX_PREFIXES = 6  # one within the other
LARGE_GROUP = 0.4  # a first part of names that so many share may be a prefix with other things beside it
HEAD = re.compile(r"aux", re.IGNORECASE)
BY_ORDER = "unknown: by order"


@dataclass(frozen=True, eq=False)
class View:
    """A file's tensors with the ``prefixes`` taken off. ``others``: how names begin that have another prefix."""

    tensors: Mapping[str, Tensor]
    prefixes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    modules: dict[str, Tensor] = field(init=False, repr=False)
    """The tensor ``weight`` of every module, by the module's name, in the file's order."""

    def __post_init__(self) -> None:
        ending = ".weight"
        modules = {k.removesuffix(ending): v for k, v in self.tensors.items() if k.endswith(ending)}
        object.__setattr__(self, "modules", modules)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the names."""
        said = [f"Taken off the names: {', '.join(f'{name}.' for name in self.prefixes)}"] if self.prefixes else []
        if self.others:
            said.append(f"Passed over, because they have another prefix: {', '.join(self.others)}.")
        return tuple(said)


def views(tensors: Mapping[str, Tensor]) -> list[View]:
    """The tensors as they are, then with a prefix taken off, and another, as long as most names share one."""
    plain: dict[str, Tensor] = {}
    removed: Counter[str] = Counter()
    for key, value in tensors.items():
        parts = key.split(".")
        kept = [part for part in parts if part not in WRAPPERS]
        removed.update(set(parts) - set(kept))
        if kept[-1] == LAYER_SCALE:
            kept.append("weight")
        plain[".".join(kept)] = value
    return list(_views(View(plain, tuple(removed)), MAX_PREFIXES))


def _views(view: View, depth: int) -> Iterator[View]:
    yield view
    weights = [key for key, value in view.tensors.items() if value.numel() > 1]
    if not depth or not weights:
        return
    firsts = Counter(key.partition(".")[0] for key in weights if "." in key)
    for first, count in firsts.most_common(2):
        if count < LARGE_GROUP * len(weights):
            continue
        start = f"{first}."
        inner = {key.removeprefix(start): value for key, value in view.tensors.items() if key.startswith(start)}
        others = dict.fromkeys(key.partition(".")[0] for key in weights if not key.startswith(start))
        yield from _views(View(inner, (*view.prefixes, first), (*view.others, *others)), depth - 1)


@dataclass(frozen=True, eq=False)
class Naming:
    """The name that each module of a network has in a file. ``unmatched``: how many modules either has alone."""

    arch: Arch
    layout: str
    view: View
    names: Mapping[str, str]
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def unmatched(self) -> int:
        return len(self.missing) + len(self.extra)

    @property
    def matched(self) -> int:
        """How many of the network's modules the file has."""
        return sum(name in self.view.modules for name in self.names.values())


@lru_cache(maxsize=256)
def modules_of(arch: Arch) -> tuple[WeightedModule, ...]:
    """:func:`weighted_modules`, kept."""
    return tuple(weighted_modules(arch))


def layouts_of(arch: Arch) -> dict[str, KeyLayout]:
    """The layouts in which files of a variant are known to come, ours included."""
    return {**LAYOUTS.get(arch.key, {}), **OWN_LAYOUTS}


def named_in(arch: Arch, view: View, layout: str) -> Naming | None:
    """What ``layout`` makes of the names, or None where it does not know a part of the network."""
    find = layouts_of(arch)[layout]
    modules = modules_of(arch)
    try:
        names = {module.path: find(module) for module in modules}
    except (KeyError, ValueError, IndexError):
        return None
    return naming_of(arch, layout, view, names)


def naming_of(arch: Arch, layout: str, view: View, names: Mapping[str, str]) -> Naming:
    """The names against those in the file. Heads and the classifier may be missing, and be called otherwise."""
    modules = modules_of(arch)
    names = dict(names)
    _find_linear_layers(modules, view, names)
    known = set(names.values())
    missing = [m.path for m in modules if names[m.path] not in view.modules and not (m.head or m.classifier)]
    extra = [name for name in view.modules if name not in known and not is_surplus(name, arch)]
    return Naming(arch, layout, view, names, tuple(missing), tuple(extra))


def _find_linear_layers(modules: tuple[WeightedModule, ...], view: View, names: dict[str, str]) -> None:
    """A fully connected layer may lie in a Sequential (``fc.1``), and the classifier may have any name."""
    known = set(names.values())
    unused = [name for name, weight in view.modules.items() if name not in known and not is_vector(weight)]
    for module in modules:
        if module.leaf != "linear" or names[module.path] in view.modules:
            continue
        inside = [name for name in unused if name.startswith(f"{names[module.path]}.")]
        if not inside and module.classifier:
            inside = [name for name in unused if not HEAD.search(name) and is_linear(view.modules[name])]
        if len(inside) == 1:
            names[module.path] = inside[0]


def is_linear(weight: Tensor) -> bool:
    """Whether a weight can be a fully connected layer's, which some write as a 1x1 convolution."""
    return weight.ndim == 2 or (weight.ndim == 4 and tuple(weight.shape[2:]) == (1, 1))


def is_vector(weight: Tensor) -> bool:
    """Whether a weight can be a BatchNorm's, which old files write as one row."""
    return weight.ndim == 1 or (weight.ndim == 2 and weight.shape[0] == 1 and weight.shape[1] > 1)


def is_surplus(name: str, arch: Arch) -> bool:
    """Whether a name belongs to what a network may go without: heads that it does not have, facenet's logits."""
    first = name.partition(".")[0]
    return bool(HEAD.search(first)) or first in SURPLUS.get(arch.key, ())


def named_by_order(arch: Arch, view: View) -> Naming | None:
    """The modules of both in the order in which they were registered, where kinds and kernels agree throughout."""
    modules = modules_of(arch)
    body = [module for module in modules if not module.head]
    heads = [module for module in modules if module.head]
    names = {module.path: f"(none) {module.path}" for module in modules}
    ours, theirs = body, [name for name in view.modules if not HEAD.search(name)]
    if len(ours) - len(theirs) == 1 and ours[-1].classifier:
        ours = ours[:-1]
    if not _same_kinds(ours, theirs, view):
        return None
    names |= {module.path: name for module, name in zip(ours, theirs, strict=True)}
    in_heads = [name for name in view.modules if HEAD.search(name)]
    if _same_kinds(heads, in_heads, view):
        names |= {module.path: name for module, name in zip(heads, in_heads, strict=True)}
    return naming_of(arch, BY_ORDER, view, names)


def _same_kinds(modules: list[WeightedModule], names: list[str], view: View) -> bool:
    return len(modules) == len(names) and all(map(_same_kind, modules, (view.modules[name] for name in names)))


def _same_kind(module: WeightedModule, weight: Tensor) -> bool:
    match module.leaf.rpartition(".")[2]:
        case "bn" | "depthwise_bn" | "ln" | "scale":
            return is_vector(weight)
        case "linear":
            return is_linear(weight)
        case "depthwise" | "square" | "wide" | "tall":
            return weight.ndim == 4 and tuple(weight.shape[1:]) == (1, *(module.kernel or ()))
        case _:
            return (tuple(weight.shape[2:]) or (1, 1)) == module.kernel and weight.ndim in (2, 4)
