"""A checkpoint's tensors by our names: which layout it has, and whether every tensor fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ..arch.spec import Arch
from ..checkpoints.key_names import LAYOUTS, KeyLayout, WeightedModule, our_keys, weighted_modules
from ..net.meta_state import meta_state
from .errors import WeightsError

LISTED_KEYS = 3  # keys named in an error


@dataclass(frozen=True, eq=False)
class Fitted:
    """A file's tensors by our names. ``headless``: the heads of the network that the file has no weights for."""

    state: dict[str, Tensor]
    headless: frozenset[str]
    layout: str
    left_out: tuple[str, ...]

    @cached_property
    def report(self) -> tuple[str, ...]:
        """What a person should know about the file."""
        found = []
        if self.left_out:
            found.append(f"The file also has {listed(self.left_out)}, which this network does not have.")
        # A sum over a value that is not finite is not finite, and is found faster than each value is looked at.
        strange = [name for name, value in self.state.items() if not (value.sum().isfinite() or value.isfinite().all())]
        if strange:
            found.append(f"Values that are no numbers stand in {listed(strange)}; expect nonsense.")
        return tuple(found)


def translated(arch: Arch, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``state``, in whatever known layout, as a state dict of our network of ``arch``.

    A classifier with one class more than ``arch`` has lost its first row, the background; BatchNorm tensors of one
    more dimension are flattened; a count of batches that old files lack starts at zero. Auxiliary heads that only one
    of the two has are left out. Everything else must match to the letter.

    Raises:
        WeightsError: naming keys that are missing, extra or misshapen.
    """
    return fit(arch, state).state


def fit(arch: Arch, state: Mapping[str, Tensor]) -> Fitted:
    """:func:`translated`, with what is to be said about the file."""
    wanted = meta_state(arch)
    modules = list(weighted_modules(arch, wanted))
    layouts: dict[str, KeyLayout] = {**LAYOUTS.get(arch.key, {}), "ours": our_keys}
    name, keys = min(
        ((who, _keys(wanted, modules, layout)) for who, layout in layouts.items()),
        key=lambda option: len(set(option[1].values()) ^ set(state)),
    )
    headless = set()
    for head in arch.aux:
        own = [our for our in keys if our.startswith(f"{head.name}.")]
        if not any(keys[our] in state for our in own):
            keys = {our: key for our, key in keys.items() if our not in own}
            headless.add(head.name)
    extra = set(state) - set(keys.values())
    surplus = {key for key in extra if _is_surplus(key, arch)}
    missing = [key for key in keys.values() if key not in state and not key.endswith("num_batches_tracked")]
    shaped = {our: _shaped(our, state[key], wanted[our]) for our, key in keys.items() if key in state}
    wrong = [text for our, value in shaped.items() if (text := _misfit(our, keys[our], value, wanted[our]))]
    if wrong and not missing and extra == surplus:
        _complain_about_classes(shaped, wanted, wrong)
    _complain(name, missing, sorted(extra - surplus), wrong)
    fitted = {our: shaped[our].to(wanted[our].dtype) if our in shaped else torch.tensor(0) for our in keys}
    return Fitted(fitted, frozenset(headless), name, tuple(sorted({key.split(".")[0] for key in surplus})))


def _keys(ours: Iterable[str], modules: Iterable[WeightedModule], layout: KeyLayout) -> dict[str, str]:
    """The file's key of each of our keys."""
    prefixes = {module.path: layout(module) for module in modules}
    split = {key: key.rpartition(".") for key in ours}
    return {key: f"{prefixes[path]}.{leaf}" for key, (path, _, leaf) in split.items()}


def _is_surplus(key: str, arch: Arch) -> bool:
    """Whether a key belongs to what the variant may go without: aux heads that were taken off, facenet's logits."""
    return (not arch.aux and key.startswith(("aux1.", "aux2.", "AuxLogits."))) or (
        arch.key == "inception_resnet_v1_facenet" and key.startswith("logits.")
    )


def _complain(layout: str, missing: list[str], unknown: list[str], wrong: list[str]) -> None:
    """Say everything that does not fit, if anything does not."""
    lacks, has = [f"lacks {key}" for key in missing], [f"has the unknown {key}" for key in unknown]
    mismatches = (*lacks, *has, *wrong)
    if missing or unknown:
        parts = [f"{verb} {listed(keys)}" for verb, keys in (("lacks", missing), ("has the unknown", unknown)) if keys]
        raise WeightsError(f"The checkpoint, read in the layout {layout}, {' and '.join(parts)}.", mismatches)
    if wrong:
        more = f", and {len(wrong) - 1} more tensors do not fit" if len(wrong) > 1 else ""
        raise WeightsError(f"{wrong[0]}{more}; the checkpoint and the network must have the same widths.", mismatches)


def _complain_about_classes(shaped: Mapping[str, Tensor], wanted: Mapping[str, Tensor], wrong: list[str]) -> None:
    """Say it in plain words where the number of classes is all that differs."""
    found, here = shaped["fc.linear.weight"], wanted["fc.linear.weight"]
    count, classes = len(found), len(here)
    differing = [our for our, value in shaped.items() if value.shape != wanted[our].shape]
    only = all(
        shaped[our].shape == (count, *wanted[our].shape[1:]) and len(wanted[our]) == classes for our in differing
    )
    if only and len(differing) == len(wrong):
        said = f"The checkpoint tells {count:,} classes apart and the network {classes:,}; set Classes to {count}."
        raise WeightsError(said, tuple(wrong))


def listed(keys: Iterable[str]) -> str:
    """The first few, and how many more."""
    found = list(keys)
    more = f" and {len(found) - LISTED_KEYS} more" if len(found) > LISTED_KEYS else ""
    return f"{', '.join(found[:LISTED_KEYS])}{more}"


def _misfit(our: str, key: str, value: Tensor, wanted: Tensor) -> str:
    """What is wrong with a tensor; empty if it can be used."""
    if value.layout != torch.strided or value.is_floating_point() != wanted.is_floating_point():
        return f"{key} holds {str(value.dtype).removeprefix('torch.')} values, which no weights here are"
    if value.shape != wanted.shape:
        return f"{key} has the shape {list(value.shape)} where {our} has {list(wanted.shape)}"
    return ""


def _shaped(our: str, value: Tensor, wanted: Tensor) -> Tensor:
    """``value`` as our network would have it, where files are known to differ."""
    if value.ndim == wanted.ndim + 1 and value.shape[0] == 1:
        return value[0]
    if our.startswith("fc.linear.") and value.ndim == wanted.ndim and len(value) == len(wanted) + 1:
        return value[1:]
    return value
