"""A checkpoint's tensors by our names: which layout it has, and whether every tensor fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ..arch.spec import Arch
from ..net.meta_state import meta_state
from .contents import FileTensors, strangeness, unpruned
from .errors import WeightsError
from .naming import BY_ORDER, Naming, is_surplus, layouts_of, modules_of, named_by_order, named_in, views

LISTED_KEYS = 3  # keys named in an error
BACKGROUND = (1001, 1000)  # classes in TF-slim's files, whose first is the background, and without it
COUNT = "num_batches_tracked"
LEARNT = frozenset({"weight", "bias", "running_mean", "running_var"})  # what of a module is never a mere count


@dataclass(frozen=True, eq=False)
class FittedState:
    """A file's tensors by our names.

    ``headless``: the heads, and the classifier's stage, that the file has no weights for; ``misfits``: those of them
    for which it has some that do not fit. ``notes``: what a person should know about the names.
    """

    state: dict[str, Tensor]
    headless: frozenset[str]
    layout: str
    misfits: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @cached_property
    def report(self) -> tuple[str, ...]:
        """What a person should know about the file."""
        said = list(self.notes)
        # A sum over a value that is not finite is not finite, and is found faster than each value is looked at.
        strange = [name for name, value in self.state.items() if not (value.sum().isfinite() or value.isfinite().all())]
        if strange:
            said.append(f"NaN or infinite values are in {listed(strange)}; the outputs will be meaningless.")
        return tuple(said)


def translated(arch: Arch, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``state``, in whatever known layout, as a state dict of our network of ``arch``.

    A classifier of 1001 classes for 1000 loses its first row, the background; BatchNorm tensors of one more dimension
    are flattened; dimensions of one at the end may be missing; a count of batches that old files lack starts at zero.
    Heads that are missing or do not fit are left out. Everything else must match to the letter.

    Raises:
        WeightsError: naming keys that are missing, extra or misshapen.
    """
    return fit_state(arch, state).state


def cleaned(state: Mapping[str, Tensor]) -> FileTensors:
    """``state`` with pruning masks applied, which a file that was read has behind it."""
    if isinstance(state, FileTensors):
        return state
    return FileTensors(unpruned({key: value for key, value in state.items() if not value.is_nested})[0])


def fit_state(arch: Arch, state: Mapping[str, Tensor]) -> FittedState:
    """:func:`translated`, with what is to be said about the file."""
    tensors = cleaned(state)
    return fit_naming(best_naming(arch, tensors), tensors.notes)


def best_naming(arch: Arch, tensors: Mapping[str, Tensor]) -> Naming:
    """The layout and prefix in which most of the network's modules are in the file."""
    options = [
        naming
        for view in views(tensors)
        for layout in layouts_of(arch)
        if (naming := named_in(arch, view, layout)) is not None
    ]
    best = min(options, key=lambda naming: naming.unmatched)
    if best.unmatched:
        orders = [naming for view in views(tensors) if (naming := named_by_order(arch, view)) is not None]
        best = min([*orders, best], key=lambda naming: naming.unmatched)
    return best


def fit_naming(naming: Naming, notes: tuple[str, ...] = ()) -> FittedState:
    """The tensors of ``naming`` for its network. Raises as :func:`translated` does."""
    arch, have = naming.arch, naming.view.tensors
    wanted = meta_state(arch)
    split = {our: our.rpartition(".") for our in wanted}
    keys = {our: f"{naming.names[path]}.{leaf}" for our, (path, _, leaf) in split.items()}
    shaped = {our: _shaped(have[key], wanted[our], our, naming) for our, key in keys.items() if key in have}
    wrong = {our: text for our, value in shaped.items() if (text := _misfit(keys[our], value, wanted[our], our))}
    missing = {our: keys[our] for our in wanted if our not in shaped and not our.endswith(COUNT)}
    headless, misfits = _left_out(arch, wanted, shaped, missing, wrong)
    kept = [our for our in wanted if our.partition(".")[0] not in headless]
    wrong = {our: text for our, text in wrong.items() if our in kept}
    lacks = [key for our, key in missing.items() if our in kept]
    used = set(keys.values())
    extra = [key for key in have if key not in used and not is_surplus(key, arch)]
    counters = [key for key in extra if have[key].numel() <= 1 and key.rpartition(".")[2] not in LEARNT]
    extra = [key for key in extra if key not in counters]
    surplus = sorted({key.partition(".")[0] for key in have if key not in used and is_surplus(key, arch)})
    if wrong and not lacks and not extra:
        _complain_about_classes(arch, shaped, wanted, wrong)
    _complain(naming.layout, lacks, extra, list(wrong.values()))
    state = {our: shaped[our].to(wanted[our].dtype) if our in shaped else torch.tensor(0) for our in kept}
    said = (*notes, *_notes(naming, surplus, counters, misfits), *_background(arch, keys, have, wanted))
    return FittedState(state, headless, naming.layout, misfits, said)


def _left_out(
    arch: Arch,
    wanted: Mapping[str, Tensor],
    shaped: Mapping[str, Tensor],
    missing: Mapping[str, str],
    wrong: Mapping[str, str],
) -> tuple[frozenset[str], frozenset[str]]:
    """The heads, and the classifier's stage, without weights in the file, and those of the heads whose do not fit."""
    heads = {head.name for head in arch.aux}
    classifiers = {module.path.partition(".")[0] for module in modules_of(arch) if module.classifier}
    absent = {
        part for part in heads | classifiers
        if not any(our in shaped for our in wanted if our.startswith(f"{part}."))
    }  # fmt: skip
    misfits = {our.partition(".")[0] for our in (*missing, *wrong)} & heads - absent
    return frozenset(absent | misfits), frozenset(misfits)


def _notes(naming: Naming, surplus: list[str], counters: list[str], misfits: frozenset[str]) -> list[str]:
    said = list(naming.view.notes)
    if naming.layout == BY_ORDER:
        said.append("The names are of no known layout: tensors were matched in their order, and every shape agrees.")
    if surplus:
        said.append(f"The file also has {listed(surplus)}, which this network does not have.")
    if names := sorted({key.rpartition(".")[2] for key in counters}):
        said.append(f"Passed over, because they only count: {listed(names)}.")
    if misfits:
        said.append(
            f"The weights of {listed(sorted(misfits))} are for another number of classes or other widths, so they were"
            " left out."
        )
    return said


def _background(
    arch: Arch, keys: Mapping[str, str], have: Mapping[str, Tensor], wanted: Mapping[str, Tensor]
) -> list[str]:
    dropped = [m.path for m in modules_of(arch) if m.classifier and f"{m.path}.weight" in wanted]
    rows = [(len(have[keys[f"{path}.weight"]]), len(wanted[f"{path}.weight"])) for path in dropped
            if keys[f"{path}.weight"] in have]  # fmt: skip
    return ["The first of the file's 1,001 classes, the background, was left out."] if BACKGROUND in rows else []


def _complain(layout: str, missing: list[str], unknown: list[str], wrong: list[str]) -> None:
    """Raise an error that names everything that does not fit, if anything does not."""
    lacks, has = [f"lacks {key}" for key in missing], [f"has the unknown {key}" for key in unknown]
    mismatches = (*lacks, *has, *wrong)
    if missing or unknown:
        parts = [f"{verb} {listed(keys)}" for verb, keys in (("lacks", missing), ("has the unknown", unknown)) if keys]
        raise WeightsError(f"The checkpoint, read in the layout {layout}, {' and '.join(parts)}.", mismatches)
    if wrong:
        more = f", and {len(wrong) - 1} more tensors do not fit" if len(wrong) > 1 else ""
        raise WeightsError(f"{wrong[0]}{more}; the checkpoint and the network must have the same widths.", mismatches)


def _complain_about_classes(
    arch: Arch, shaped: Mapping[str, Tensor], wanted: Mapping[str, Tensor], wrong: Mapping[str, str]
) -> None:
    """Say it in plain words where the number of classes is all that differs."""
    layers = tuple(f"{module.path.rpartition('.')[0]}." for module in modules_of(arch) if module.classifier)
    if not all(our.startswith(layers) for our in wrong):
        return
    rows = {len(shaped[our]) for our in wrong if shaped[our].ndim}
    same = all(shaped[our].shape[1:] == wanted[our].shape[1:] for our in wrong)
    if same and len(rows) == 1 and rows != {arch.classes}:
        (classes,) = rows
        raise WeightsError(
            f"The checkpoint has {classes:,} classes and the network {arch.classes:,}; set Classes to {classes}"
            f" (--classes {classes}).",
            tuple(wrong.values()),
            classes=classes,
        )


def listed(keys: Iterable[str]) -> str:
    """The first few, and how many more."""
    names = list(keys)
    more = f" and {len(names) - LISTED_KEYS} more" if len(names) > LISTED_KEYS else ""
    return f"{', '.join(names[:LISTED_KEYS])}{more}"


def _misfit(key: str, value: Tensor, wanted: Tensor, our: str) -> str:
    """What is wrong with a tensor; empty if it can be used."""
    if value.layout == torch.strided and value.shape != wanted.shape:
        return f"{key} has the shape {list(value.shape)} where {our} has {list(wanted.shape)}"
    if strange := strangeness(value):
        return f"{key} {strange}"
    if value.is_floating_point() != wanted.is_floating_point() and not our.endswith(COUNT):
        return f"{key} has {str(value.dtype).removeprefix('torch.')} values, which no weights here have"
    return ""


def _shaped(value: Tensor, wanted: Tensor, our: str, naming: Naming) -> Tensor:
    """``value`` as our network would have it, where files are known to differ."""
    if value.layout != torch.strided or value.is_quantized:
        return value
    if value.ndim == wanted.ndim + 1 and value.shape[0] == 1 and wanted.ndim < 2:
        return value[0]  # BatchNorm's, of old files
    if value.ndim != wanted.ndim:
        same = min(value.ndim, wanted.ndim)
        rest = (*value.shape[same:], *wanted.shape[same:])
        if all(side == 1 for side in rest):  # a 1x1 convolution as a matrix, or the other way round
            value = value.reshape((*value.shape[:same], *(1 for _ in wanted.shape[same:])))
    last = any(our.startswith(f"{module.path}.") for module in modules_of(naming.arch) if module.leaf == "linear")
    if last and (value.ndim, value.shape[1:]) == (wanted.ndim, wanted.shape[1:]) and value.ndim:
        return value[1:] if (len(value), len(wanted)) == BACKGROUND else value
    return value
