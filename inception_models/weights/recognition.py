"""Which network a file's tensors belong to: variant, copies, widths, kernels, classes, from names and shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from ..arch.rules import MAX_REPEATS, checked
from ..arch.spec import Arch, AuxHead, Conv, Kernel, Linear, Op, Repeat, SepConv, SplitConv
from ..arch.tree import map_ops
from ..checkpoints import card
from ..checkpoints.key_names import OWN_LAYOUTS, UNLIKELY
from ..checkpoints.weighted_modules import WeightedModule
from ..edits.depth import repeats
from ..edits.toggles import has_batch_norm, with_batch_norm
from ..edits.widths import widths
from ..variants import ARCHITECTURES
from .errors import WeightsError
from .fitting import FittedState, cleaned, fit_naming, fit_state
from .naming import Naming, View, layouts_of, modules_of, named_by_order, named_in, naming_of, views
from .own_file import OwnFile, read


@dataclass(frozen=True, eq=False)
class Recognition:
    """The network of a file. ``fitted``: the tensors by its names; ``others``: the variants that fit as well."""

    arch: Arch
    fitted: FittedState
    others: tuple[str, ...] = ()

    @property
    def report(self) -> tuple[str, ...]:
        """What a person should know about how the file was read."""
        said = self.fitted.report
        if self.others:
            said += (f"The file would fit {', '.join(self.others)} as well: its tensors do not tell them apart.",)
        return said


def recognised(source: Path | OwnFile | Mapping[str, Tensor], entry: str | None = None, preferred: str = "") -> Arch:
    """The network that a checkpoint file, or a mapping of tensors, belongs to.

    It is what the file's card says, where the tensors fit that. Else copies of blocks, filter counts, kernels, classes
    and heads are the tensors', and all else is the published variant's.

    Args:
        entry: which of several sets of tensors in a file, by its path there.
        preferred: the variant to take where the tensors do not tell several apart.

    Raises:
        WeightsError: where it is of no variant, with what it is nearest to.
        OSError: where the file cannot be read.
    """
    own = read(source, entry) if isinstance(source, Path) else source
    if not isinstance(own, OwnFile):
        return recognition(own, preferred).arch
    return _as_the_card_says(own) or recognition(own.tensors, preferred).arch


def _as_the_card_says(own: OwnFile) -> Arch | None:
    """The network of a file's card, if its tensors are that network's."""
    try:
        arch = card.parse_card(own.card, own.name).arch
        return None if fit_state(arch, own.tensors).misfits else arch
    except ValueError:  # there is no card, or it is another file's
        return None


def recognition(tensors: Mapping[str, Tensor], preferred: str = "") -> Recognition:
    """:func:`recognised` of tensors alone, by the network's names, and what is to be said about them."""
    clean = cleaned(tensors)
    seen = views(clean)
    namings = [naming for arch in ARCHITECTURES.values() for naming in _namings(arch, seen)]
    if not any(naming.unmatched == 0 and _distance(naming)[0] == 0 for naming in namings):
        namings += [naming for arch in _toggled(on=False) for naming in _namings(arch, seen)]
    if all(naming.unmatched for naming in namings):
        namings += [naming for arch in _toggled(on=True) for naming in _namings(arch, seen)]
    if all(naming.unmatched for naming in namings):
        every = (*ARCHITECTURES.values(), *_toggled(on=False), *_toggled(on=True))
        orders = (named_by_order(arch, view) for arch in every for view in seen)
        namings += [naming for naming in orders if naming is not None]
    if all(naming.unmatched for naming in namings):
        raise WeightsError(*_not_of_this_family(namings))
    whole = [naming for naming in namings if not naming.unmatched]
    ranked = sorted(whole, key=_distance)  # of equals the first, in order of history
    equals = [naming.arch.key for naming in ranked if _distance(naming)[:2] == _distance(ranked[0])[:2]]
    first = equals.index(preferred) if preferred in equals else 0
    result = _first_that_works([ranked[first], *ranked[:first], *ranked[first + 1 :]], clean.notes)
    return replace(result, others=tuple(key for key in dict.fromkeys(equals) if key != result.arch.key))


def _first_that_works(namings: list[Naming], notes: tuple[str, ...]) -> Recognition:
    """The first naming whose tensors make a network; where none does, the error is about the likeliest."""
    problems: list[WeightsError] = []
    for naming in namings:
        try:
            return _read(naming, notes)
        except WeightsError as problem:
            problems.append(problem)
    raise problems[0]


def _toggled(on: bool) -> Iterator[Arch]:
    """The variants with BatchNorm that have none, or without where they have: it was folded into the convolutions."""
    for arch in ARCHITECTURES.values():
        if has_batch_norm(arch) != on:
            yield with_batch_norm(arch, on, arch)


def _namings(arch: Arch, seen: list[View]) -> Iterator[Naming]:
    for view in seen:
        for layout in layouts_of(arch):
            naming = named_in(arch, view, layout)
            if naming is not None:
                yield _with_its_copies(naming) if naming.unmatched and repeats(arch) else naming


# --- how many copies -------------------------------------------------------------------------------------------------


def _with_its_copies(naming: Naming) -> Naming:
    """The same for a network with as many copies of each block as the file has, if that matches more."""
    arch = naming.arch
    if naming.matched * 4 < len(naming.names):
        return naming  # it is of another variant
    for name in repeats(arch):
        arch = _with_times(arch, name, _copies(arch, name, naming))
    adapted = named_in(arch, naming.view, naming.layout)
    return adapted if adapted is not None and adapted.unmatched < naming.unmatched else naming


def _with_times(arch: Arch, name: str, times: int) -> Arch:
    def visit(stage: Repeat) -> Repeat:
        return replace(stage, times=times)

    stages = tuple(visit(s) if isinstance(s, Repeat) and s.name == name else s for s in arch.stages)
    return replace(arch, stages=stages)


def _copies(arch: Arch, name: str, naming: Naming) -> int:
    """How many copies of a block the file has, one after the other."""
    find = layouts_of(arch)[naming.layout]
    wanted = [m for m in modules_of(_with_times(arch, name, 1)) if m.path.startswith(f"{name}.0.")]
    for copy in range(MAX_REPEATS):
        number = wanted[0].number + copy
        named = (
            find(replace(m, path=f"{name}.{copy}.{m.path.removeprefix(f'{name}.0.')}", copy=copy, number=number))
            for m in wanted
        )
        if not all(prefix in naming.view.modules for prefix in named):
            return max(copy, 1)
    return MAX_REPEATS


# --- widths ----------------------------------------------------------------------------------------------------------


def _distance(naming: Naming) -> tuple[int, int, int]:
    """How far the file is from the network as published: kernels, then widths, that differ; then what is unlikely."""
    known = widths(naming.arch)
    kernels = differ = 0
    unlikely = 1 + (naming.arch.key in UNLIKELY and naming.layout not in OWN_LAYOUTS)
    unlikely += repeats(naming.arch) != repeats(ARCHITECTURES[naming.arch.key])
    for module, weight in _weights(naming):
        if module.head:  # which another variant may not have at all
            continue
        unlikely -= module.classifier and len(weight) == naming.arch.classes
        kernels += module.kernel is not None and _kernel(weight) != module.kernel
        differ += len(weight) != known.get(module.width_path, len(weight)) and module.leaf != "depthwise"
    return kernels, differ, unlikely


def _weights(naming: Naming) -> Iterator[tuple[WeightedModule, Tensor]]:
    """The weight of every convolution and fully connected layer that the file has."""
    for module in modules_of(naming.arch):
        weight = naming.view.modules.get(naming.names[module.path])
        if weight is not None and not module.leaf.endswith("bn") and weight.ndim >= 2:
            yield module, weight


def _kernel(weight: Tensor) -> Kernel:
    return (int(weight.shape[2]), int(weight.shape[3])) if weight.ndim == 4 else (1, 1)


def _read(naming: Naming, notes: tuple[str, ...]) -> Recognition:
    """The network with the file's widths, and its tensors."""
    rows: dict[str, int] = {}
    kernels: dict[str, Kernel] = {}
    classes = naming.arch.classes
    for module, weight in _weights(naming):
        if module.classifier:
            classes = len(weight)
        if module.leaf == "depthwise":
            kernels[module.width_path] = _kernel(weight)
        elif module.width_path:
            if rows.setdefault(module.width_path, len(weight)) != len(weight):
                raise WeightsError(
                    f"{naming.names[module.path]} has {len(weight)} filters and the same layer of an earlier copy"
                    f" {rows[module.width_path]}; here all copies of a block have the same widths."
                )
            if module.leaf == "conv":
                kernels[module.width_path] = _kernel(weight)
            elif module.leaf in ("square", "wide"):
                kernels[f"{module.width_path}.{module.leaf}"] = _kernel(weight)

    arch = map_ops(
        replace(naming.arch, classes=classes, aux=_heads(naming)), lambda path, op: _shaped(path, op, rows, kernels)
    )
    try:
        checked(arch)
    except ValueError as problem:
        title = naming.arch.about.title
        raise WeightsError(f"The file has the names of {title}, but no such network works: {problem}") from None
    names = {module.path: naming.names[module.path] for module in modules_of(arch)}
    result = fit_naming(naming_of(arch, naming.layout, naming.view, names), notes)
    if result.misfits:  # of other classes than the network: it can be opened, as long as they are not read
        arch = replace(arch, aux=tuple(head for head in arch.aux if head.name not in result.misfits))
    return Recognition(arch, result)


def _shaped(path: str, op: Op, rows: Mapping[str, int], kernels: Mapping[str, Kernel]) -> Op:
    """The op with the width and the kernel that the file's tensors have."""
    if isinstance(op, SplitConv):
        high, wide = (kernels.get(f"{path}.{leaf}", (0, 0)) for leaf in ("square", "wide"))
        return replace(op, square=high[0] or op.square, band=wide[1] or op.band)
    if isinstance(op, Conv | SepConv) and kernels.get(path, op.kernel) != op.kernel and op.padding != "valid":
        op = replace(op, kernel=kernels[path])
    if isinstance(op, Conv | SepConv | Linear) and op.width is not None:
        op = replace(op, width=rows.get(path, op.width))
    return op


def _heads(naming: Naming) -> tuple[AuxHead, ...]:
    """The auxiliary heads that the file has."""
    there = {
        module.path.partition(".")[0]
        for module in modules_of(naming.arch)
        if module.head and naming.names[module.path] in naming.view.modules
    }
    return tuple(head for head in naming.arch.aux if head.name in there)


# --- none ------------------------------------------------------------------------------------------------------------


def _not_of_this_family(namings: list[Naming]) -> tuple[str, tuple[str, ...]]:
    """What a file of no variant is nearest to, as a sentence, and all differences."""
    nearest = min(namings, key=lambda naming: (-naming.matched, naming.unmatched))
    same = sum(module.kernel is None or _kernel(weight) == module.kernel for module, weight in _weights(nearest))
    there, total = len(nearest.view.modules), len(nearest.names)
    lacks = [f"lacks {nearest.names[path]}" for path in nearest.missing]
    has = [f"has the unknown {name}" for name in nearest.extra]
    key = nearest.arch.key
    if not nearest.matched:
        sentence = f"The file is not of this family: none of its {there} layers is named as in any variant."
    elif nearest.matched * 2 < total:
        sentence = (
            f"The file is not of this family: {nearest.matched} of its {there} layers are named as in {key}, the"
            f" nearest, which has {total}."
        )
    else:
        first = f"; it {(lacks + has)[0]}" if lacks or has else ""
        sentence = (
            f"The file is nearest to {key}: {nearest.matched} of {total} layers are named as there, {same} kernels"
            f" fit{first}, and {max(len(lacks) + len(has) - 1, 0)} more places differ."
        )
    return sentence, (*lacks, *has)
