"""What is switched for the whole network at once: dropout, BatchNorm, activation."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from ..arch.refusal import Remedy
from ..arch.rules import check_given, checked, shown
from ..arch.spec import Activation, Arch, BatchNorm, Block, Dropout, Linear, Op, Residual, Stage, Unit, Weighted
from ..arch.tree import map_blocks, map_ops, map_stages, walk

ACTIVATIONS: tuple[Activation, ...] = tuple(name for name in get_args(Activation) if name != "none")


def dropout(arch: Arch) -> float | None:
    """The share of values that are dropped in front of the classifier while training; None: there is no dropout."""
    return next((stage.p for stage in arch.stages if isinstance(stage, Dropout)), None)


def with_dropout(arch: Arch, p: float) -> Arch:
    """``arch`` with another dropout in front of the classifier. The auxiliary heads keep theirs.

    Raises:
        ValueError: outside 0 to 0.99, or where the network has no dropout.
    """
    if dropout(arch) is None:
        raise ValueError(f"{arch.about.title} has no dropout to set; most other variants have.")
    check_given(
        "p", p, "", lambda near: Remedy(f"Use {near:g}", lambda a: with_dropout(a, near), f"--dropout {near:g}")
    )

    def visit(stage: Stage) -> Stage:
        return replace(stage, p=p) if isinstance(stage, Dropout) and stage.p != p else stage

    return checked(map_stages(arch, visit))


def activation(arch: Arch) -> Activation:
    """The activation after a convolution that does not have its own."""
    return arch.unit.activation


def with_activation(arch: Arch, name: Activation) -> Arch:
    """``arch`` with another activation everywhere that it has one.

    Raises:
        ValueError: for a name that is not one of ``ACTIVATIONS``.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"The activation must be one of {', '.join(ACTIVATIONS)}, not {shown(name)}.")

    def op(_: str, old: Op) -> Op:
        if isinstance(old, Weighted) and old.unit and old.unit.activation not in ("none", name):
            return _with_own_unit(old, replace(old.unit, activation=name))
        return old

    def block(old: Block) -> Block:
        if isinstance(old, Residual) and old.activation not in ("none", name):
            return replace(old, activation=name)
        return old

    return map_blocks(map_ops(_with_unit(arch, replace(arch.unit, activation=name)), op), block)


def has_batch_norm(arch: Arch) -> bool:
    """Whether convolutions that do not have a unit of their own are followed by BatchNorm."""
    return arch.unit.norm is not None


def with_batch_norm(arch: Arch, on: bool, original: Arch) -> Arch:
    """``arch`` with or without BatchNorm after its layers. One that belongs to no layer stays.

    Without, every layer that had it gets a bias instead. With, every layer that has it in ``original`` has it as there;
    where ``original`` has none at all, every convolution gets one with eps 0.001 and loses its bias.
    """
    if on:
        published = original.unit if original.unit.norm else Unit(norm=BatchNorm(eps=1e-3))
        unit = arch.unit if arch.unit.norm else replace(published, activation=arch.unit.activation)
        published_ops = dict(walk(original))
        return map_ops(_with_unit(arch, unit), lambda path, op: _normed(op, published_ops.get(path)))
    unit = replace(arch.unit, norm=None, bias=True) if arch.unit.norm else arch.unit
    return map_ops(_with_unit(arch, unit), lambda _, op: _bare(op))


def _with_unit(arch: Arch, unit: Unit) -> Arch:
    return arch if unit == arch.unit else replace(arch, unit=unit)


def _bare(op: Op) -> Op:
    if isinstance(op, Weighted) and op.unit and op.unit.norm:
        return _with_own_unit(op, replace(op.unit, norm=None, bias=True))
    return op


def _normed(op: Op, published: Op | None) -> Op:
    if not isinstance(op, Weighted) or not isinstance(published, Weighted):
        return op
    if isinstance(op, Linear) is not isinstance(published, Linear):
        return op
    own, other = op.unit, published.unit
    if own and other and other.norm and not own.norm:
        return _with_own_unit(op, replace(own, norm=other.norm, bias=other.bias))
    return op


def _with_own_unit(op: Weighted, unit: Unit) -> Weighted:
    if isinstance(op, Linear):
        return replace(op, bias=unit.bias, norm=unit.norm, activation=unit.activation)
    return replace(op, unit=unit)
