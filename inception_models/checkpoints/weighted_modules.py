"""Every module with weights of a network, and where in the tree it is: what a way of naming needs to know."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..arch.shapes import SPLIT_NAMES
from ..arch.spec import (
    Arch,
    AuxHead,
    Branch,
    Channelwise,
    Conv,
    Fork,
    Inception,
    Kernel,
    LayerNorm,
    LayerScale,
    Linear,
    Norm,
    Op,
    Repeat,
    Residual,
    SepConv,
    SplitConv,
    Stage,
    Unit,
    Weighted,
)
from ..variants import ARCHITECTURES


@dataclass(frozen=True, slots=True)
class WeightedModule:
    """One module with weights. ``path`` is ours; the rest says where it is.

    ``stage``: its name in the published variant, whatever an edit calls it; ``number``: how many stages with weights,
    copies included, come before. ``leaf``: conv, bn, linear, depthwise, depthwise_bn, pointwise, proj, shortcut.conv or
    shortcut.bn; ln, scale, square, wide or tall of ops that have no width.
    ``copy``: its number inside of a repeat. ``branch`` and ``op``: positions; ``ops``: all of the branch. ``fork``: the
    position inside of a fork. ``width_path``: the op that it belongs to, empty where its width follows from others.
    ``kernel``: of a convolution. ``classifier``: it is the network's last fully connected layer. ``conv``: the number,
    from one, of the convolution that it is or follows, without projections and those of separable convolutions.
    """

    path: str
    stage: str
    leaf: str
    head: bool = False
    copy: int | None = None
    branch_name: str = ""
    branch: int = 0
    ops: tuple[Op, ...] = ()
    op: int = 0
    fork: int | None = None
    number: int = 0
    width_path: str = ""
    kernel: Kernel | None = None
    classifier: bool = False
    conv: int = 0

    @property
    def op_name(self) -> str:
        return self.ops[self.op].name if self.ops else ""


def weighted_modules(arch: Arch) -> Iterator[WeightedModule]:
    """Every module with weights of a network of ``arch``, in the order in which they are registered; heads last."""
    conv = 0
    for module in _all_modules(arch):
        conv += module.leaf in ("conv", "shortcut.conv")
        yield replace(module, conv=conv)


def _all_modules(arch: Arch) -> Iterator[WeightedModule]:
    number = 0
    last = classifier_stage(arch)
    known = ARCHITECTURES.get(arch.key, arch)
    names = _published_names(arch.stages, known.stages)
    for stage in arch.stages:
        place = _Place(arch.unit, names[stage.name], number)
        match stage:
            case Repeat():
                for copy in range(stage.times):
                    inside = _Place(arch.unit, place.stage, number + copy, copy)
                    yield from _block(stage.block, f"{stage.name}.{copy}", inside)
                number += stage.times
            case Inception() | Residual():
                yield from _block(stage, stage.name, place)
                number += 1
            case _:
                for leaf, kernel in _leaves(stage, arch.unit):
                    yield WeightedModule(
                        f"{stage.name}.{leaf}", place.stage, leaf, number=number, width_path=stage.name, kernel=kernel,
                        classifier=stage.name == last,
                    )  # fmt: skip
                number += isinstance(stage, Weighted | Channelwise)
    names = _published_names(arch.aux, known.aux)
    for head in arch.aux:
        for position, op in enumerate(head.ops):
            for leaf, kernel in _leaves(op, arch.unit):
                path = f"{head.name}.{op.name}"
                yield WeightedModule(
                    f"{path}.{leaf}", names[head.name], leaf, True, ops=head.ops, op=position, width_path=path,
                    kernel=kernel,
                )  # fmt: skip


def classifier_stage(arch: Arch) -> str:
    """The name of the last fully connected layer among the stages; empty where there is none."""
    return next((stage.name for stage in reversed(arch.stages) if isinstance(stage, Linear)), "")


def _published_names(parts: tuple[Stage | AuxHead, ...], known: tuple[Stage | AuxHead, ...]) -> dict[str, str]:
    """The name that each part has in the published variant: its own, or that of the one in whose place it is."""
    ours, theirs = [part.name for part in parts], [part.name for part in known]
    names = {name: name for name in ours}
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            names |= zip(ours[a:b], theirs[c:d], strict=True)
    return names


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block is: the network's unit, the published name of the stage, its number, and which copy it is."""

    unit: Unit
    stage: str
    number: int
    copy: int | None = None


def _block(block: Inception | Residual, base: str, place: _Place) -> Iterator[WeightedModule]:
    for number, branch in enumerate(block.branches):
        yield from _branch(block.name, branch, number, f"{base}.{branch.name}", place)
    if isinstance(block, Residual):
        leaves = ["proj"] if block.projection else []
        if block.shortcut_stride:
            leaves += ["shortcut.conv", *(["shortcut.bn"] if place.unit.norm else [])]
        for leaf in leaves:
            kernel = None if leaf.endswith("bn") else (1, 1)
            yield WeightedModule(
                f"{base}.{leaf}", place.stage, leaf, copy=place.copy, number=place.number, kernel=kernel
            )


def _branch(block: str, branch: Branch, number: int, base: str, place: _Place) -> Iterator[WeightedModule]:
    for position, op in enumerate(branch.ops):
        inner = list(enumerate(op.ops)) if isinstance(op, Fork) else [(None, op)]
        for fork, leaf_op in inner:
            tail = op.name if fork is None else f"{op.name}.{leaf_op.name}"
            for leaf, kernel in _leaves(leaf_op, place.unit):
                yield WeightedModule(
                    f"{base}.{tail}.{leaf}", place.stage, leaf, False, place.copy, branch.name, number, branch.ops,
                    position, fork, place.number, f"{block}.{branch.name}.{tail}", kernel,
                )  # fmt: skip


def _leaves(op: Stage, network: Unit) -> Iterator[tuple[str, Kernel | None]]:
    """The modules with weights that an op is made of, with their kernels."""
    match op:
        case Conv():
            yield "conv", op.kernel
        case SepConv():
            yield "depthwise", op.kernel
            if op.between != "nothing" and (op.unit or network).norm is not None:
                yield "depthwise_bn", None
            yield "pointwise", (1, 1)
        case Linear():
            yield "linear", None
        case SplitConv():
            yield from zip(SPLIT_NAMES[1:], op.kernels, strict=True)
            return
        case Norm() | LayerNorm() | LayerScale():
            yield {Norm: "bn", LayerNorm: "ln", LayerScale: "scale"}[type(op)], None
            return
        case _:
            return
    norm = op.norm if isinstance(op, Linear) else (op.unit or network).norm
    if norm is not None:
        yield "bn", None
