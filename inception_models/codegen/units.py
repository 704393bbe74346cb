"""What belongs to the weights of a convolution, as the few kinds that a network has: each becomes a class. No torch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..arch.spec import Activation, Arch, BatchNorm, Between, Conv, Residual, SepConv, Unit
from ..arch.tree import blocks, walk
from .block_types import free

ACTIVATION_CLASSES: Mapping[Activation, str] = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "hardswish": "Hardswish",
}


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A convolution's layers. ``multiplier``: None where it is not separable; ``one_sided``: TensorFlow's padding.

    ``between``: what the depthwise half of a separable one has of the unit.
    """

    unit: Unit
    activate: Literal["before", "after", "never"]
    multiplier: int | None
    one_sided: bool
    between: Between = "nothing"

    @property
    def depthwise_bias(self) -> bool:
        return self.between != "nothing" and self.unit.bias

    @property
    def depthwise_norm(self) -> BatchNorm | None:
        return None if self.between == "nothing" else self.unit.norm

    @property
    def depthwise_activation(self) -> Activation:
        return self.unit.activation if self.between == "unit" else "none"

    @property
    def words(self) -> tuple[str, ...]:
        """``("conv", "BN", "ReLU")``, in the order in which they run."""
        act = ACTIVATION_CLASSES.get(self.unit.activation, "")
        kinds = {"nothing": "separable conv", "norm": "depthwise", "unit": "depthwise"}
        kind = "conv" if self.multiplier is None else kinds[self.between]
        words = (
            act if self.activate == "before" else "",
            f"same {kind}" if self.one_sided else kind,
            "BN" if self.depthwise_norm else "",
            ACTIVATION_CLASSES.get(self.depthwise_activation, ""),
            "pointwise" if self.between != "nothing" else "",
            "BN" if self.unit.norm else "",
            act if self.activate == "after" else "",
        )
        return tuple(word for word in words if word)

    @property
    def sentence(self) -> str:
        """What a docstring says: ``A convolution, then batch normalisation and ReLU.``"""
        each = "" if self.multiplier in (None, 1) else f" with {self.multiplier} filters on each channel"
        act = ACTIVATION_CLASSES.get(self.unit.activation, "")
        conv = "convolution" if self.multiplier is None else f"separable convolution{each}"
        if self.between != "nothing":
            own = ["batch normalisation"] if self.depthwise_norm else []
            own += [act] if self.depthwise_activation != "none" else []
            conv = f"{', '.join([f'depthwise convolution{each}', *own])} and a pointwise convolution"
        after = ["batch normalisation"] if self.unit.norm else []
        after += [act] if self.activate == "after" else []
        first = f"{act}, then a {conv}" if self.activate == "before" else f"A {conv}"
        bias = " with a bias" if self.unit.bias and self.unit.norm else ""
        return f"{first}{bias}{', then ' if after else ''}{' and '.join(after)}."


def unit_kind(op: Conv | SepConv, unit: Unit, one_sided: bool = True) -> UnitKind:
    """The kind of ``op`` in a network of ``unit``; where not even ``one_sided`` matters, without it."""
    own = op.unit or unit
    activate = op.activate if isinstance(op, SepConv) else "after"
    pads = one_sided and op.padding == "tf" and (op.stride > 1 or any(k % 2 == 0 for k in op.kernel))
    multiplier = op.multiplier if isinstance(op, SepConv) else None
    between: Between = op.between if isinstance(op, SepConv) else "nothing"
    return UnitKind(own, "never" if own.activation == "none" else activate, multiplier, pads, between)


def shortcut_conv(block: Residual, width: int, unit: Unit) -> Conv:
    """The convolution in a residual block's shortcut."""
    return Conv("shortcut", width, stride=block.shortcut_stride or 1, unit=replace(unit, activation="none"))


def unit_kinds(arch: Arch, one_sided: bool = True) -> Iterator[UnitKind]:
    """The kind of every convolution of the network."""
    for _, op in walk(arch):
        if isinstance(op, Conv | SepConv):
            yield unit_kind(op, arch.unit, one_sided)
    for block in blocks(arch).values():
        if isinstance(block, Residual) and block.shortcut_stride:
            yield unit_kind(shortcut_conv(block, 1, arch.unit), arch.unit, one_sided)


def unit_names(arch: Arch, used: Collection[str], snake: bool = False) -> dict[UnitKind, str]:
    """A name for each kind of convolution: ``ConvBNReLU``, or with ``snake`` ``conv_bn_relu``."""
    names: dict[UnitKind, str] = {}
    for kind in unit_kinds(arch, one_sided=not snake):
        if kind not in names:
            words = " ".join(kind.words)
            name = words.lower().replace(" ", "_") if snake else "".join(w[:1].upper() + w[1:] for w in words.split())
            names[kind] = free([name], {*used, *names.values()})
    return names
