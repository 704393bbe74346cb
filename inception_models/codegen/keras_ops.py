"""An op of the tree as Keras calls. A new kind of op is one more case of :meth:`KerasOps.steps`. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..arch.spec import (
    Activation,
    Arch,
    BatchNorm,
    Conv,
    Dropout,
    Fork,
    GlobalPool,
    LayerNorm,
    LayerScale,
    Linear,
    LocalResponseNorm,
    Norm,
    Normalize,
    Op,
    Pool,
    SepConv,
    SplitConv,
    Stage,
)
from .printing import Call, call, lines_of
from .torch_ops import side
from .units import UnitKind, unit_kind

ACTIVATION_LAYERS: Mapping[Activation, str] = {
    "relu": "layers.ReLU()",
    "relu6": "layers.ReLU(6)",
    "leaky_relu": "layers.LeakyReLU(0.01)",
    "elu": "layers.ELU()",
    "gelu": 'layers.Activation("gelu")',
    "silu": 'layers.Activation("silu")',
    "hardswish": 'layers.Activation("hard_silu")',
}


_OneLayer = GlobalPool | LocalResponseNorm | Dropout | Normalize | Norm | LayerNorm | LayerScale


@dataclass(frozen=True, slots=True)
class Step:
    """A statement: ``variable = code``, where ``code`` is a call with its input, or a layer that is called with it."""

    variable: str
    code: Call
    inputs: str = ""  # of a layer

    def lines(self, indent: int, comment: str = "") -> Iterator[str]:
        """The statement as lines, with a comment at the end of the last one."""
        after = f"({self.inputs})" if self.inputs else ""
        yield from lines_of(self.code, indent, f"{self.variable} = ", after + comment)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an op is. ``source``: the variable that it reads; ``target``: the one that it sets.

    ``block``: the code of what a width of None means. ``prefix``: how the names of its layers begin; ``names``: of
    widths, by path within the block, None where they are written as numbers. ``flat``: a vector arrives, no picture.
    """

    source: str
    target: str
    block: str = ""
    path: str = ""
    prefix: str | None = None
    names: Mapping[str, str] | None = None
    flat: bool = False

    def name(self, leaf: str = "") -> str:
        """``name="conv1"``, or in a block ``name=f"{name}-branch1x1-conv"``: torch refuses full stops."""
        path = (f"{self.path}.{leaf}" if leaf else self.path).replace(".", "-")
        return f'name="{path}"' if self.prefix is None else f'name=f"{{{self.prefix}}}-{path}"'


class KerasOps:
    """The ops of one network as code. ``used`` collects the helpers that the code names."""

    def __init__(self, arch: Arch, units: Mapping[UnitKind, str]) -> None:
        self.arch, self.units = arch, units
        self.used: dict[str, None] = {}

    def row(self, ops: tuple[Op, ...], spot: Spot, within: str = "") -> Iterator[tuple[Op, list[Step]]]:
        """Ops in a row, each with its statements."""
        for number, op in enumerate(ops):
            here = replace(spot, path=f"{within}{op.name}")
            flattens = isinstance(op, GlobalPool) and feeds_linear(ops[number + 1 :]) and op.size == 1
            yield op, list(self.steps(op, replace(here, flat=spot.flat or flattens)))
            is_flat = spot.flat or flattens or isinstance(op, Linear)
            spot = replace(spot, source=spot.target, flat=is_flat)

    def steps(self, op: Op, spot: Spot) -> Iterator[Step]:
        """The statements of one op."""
        match op:
            case Conv() | SepConv():
                yield from self.conv(op, spot, self.width(op, spot))
            case Pool():
                yield from self._pool(op, spot)
            case Linear():
                yield from self._linear(op, spot)
            case Fork():
                yield from self._fork(op, spot)
            case SplitConv():
                numbers = map(str, (op.square, op.band, op.share))
                yield Step(spot.target, call(self._helper("split_depthwise"), spot.source, *numbers, spot.name()))
            case _:
                yield Step(spot.target, self._layer(op, spot), spot.source)

    def _layer(self, op: _OneLayer, spot: Spot) -> Call:
        match op:
            case GlobalPool() if spot.flat:
                return call("layers.GlobalAveragePooling2D")
            case GlobalPool() if op.size == 1:
                return call("layers.GlobalAveragePooling2D", "keepdims=True")
            case GlobalPool():
                return call("layers.AdaptiveAveragePooling2D", str(op.size))
            case LocalResponseNorm():
                numbers = (f"{name}={getattr(op, name)!r}" for name in ("alpha", "beta", "k"))
                return call(self._helper("LocalResponseNormalization"), str(op.size), *numbers)
            case Dropout():
                return call("layers.Dropout", repr(op.p))
            case Normalize():
                return call("layers.UnitNormalization")
            case Norm():
                return batch_norm(op.norm, spot.name("bn"))
            case LayerNorm():
                return call("layers.LayerNormalization", f"epsilon={op.eps!r}", spot.name("ln"))
            case LayerScale():
                return call(self._helper("ChannelScale"), repr(op.init), spot.name("scale"))

    def conv(self, op: Conv | SepConv, spot: Spot, width: str) -> Iterator[Step]:
        """A convolution to ``width`` channels, with what belongs to it."""
        pads = [(k - 1) // 2 for k in op.kernel]
        padding = "valid" if op.padding == "valid" or (op.padding == "same" and pads == [0, 0]) else "same"
        source = spot.source
        if op.padding == "same" and any(pads) and (op.stride > 1 or any(k % 2 == 0 for k in op.kernel)):
            yield Step(spot.target, call("layers.ZeroPadding2D", side((pads[0], pads[1]))), source)
            source, padding = spot.target, "valid"
        yield Step(
            spot.target,
            call(
                self.units[unit_kind(op, self.arch.unit, one_sided=False)],
                source,
                width,
                side(op.kernel) if op.kernel != (1, 1) else None,
                f"strides={op.stride}" if op.stride > 1 else None,
                f'padding="{padding}"' if padding == "valid" and op.kernel != (1, 1) else None,
                spot.name(),
            ),
        )

    def width(self, op: Conv | SepConv | Linear, spot: Spot) -> str:
        """The number of an op's outputs, as code."""
        if op.width is None:
            return "num_classes" if isinstance(op, Linear) else spot.block
        return str(op.width) if spot.names is None else spot.names[spot.path]

    def _pool(self, op: Pool, spot: Spot) -> Iterator[Step]:
        pad = (op.size - 1) // 2 if op.padding == "same" or (op.padding == "tf" and op.kind == "avg") else 0
        odd = op.stride == 1 and op.size % 2 == 1 and (op.kind == "max" or not op.include_pad)
        same = (op.padding == "tf" and op.kind == "max") or (pad and odd)
        name = "layers.MaxPooling2D" if op.kind == "max" else "layers.AveragePooling2D"
        layer = call(name, str(op.size), str(op.stride), 'padding="same"' if same else None)
        if same or not (pad or op.ceil):
            yield Step(spot.target, layer, spot.source)
        elif op.kind == "avg" and op.include_pad and not op.ceil:
            yield Step(spot.target, call("layers.ZeroPadding2D", str(pad)), spot.source)
            yield Step(spot.target, layer, spot.target)
        else:
            helper = self._helper("max_pool" if op.kind == "max" else "average_pool")
            options = (f"pad={pad}" if pad else None, "ceil=True" if op.ceil else None)
            counts = "include_pad=False" if op.kind == "avg" and pad and not op.include_pad else None
            yield Step(spot.target, call(helper, spot.source, str(op.size), str(op.stride), *options, counts))

    def _linear(self, op: Linear, spot: Spot) -> Iterator[Step]:
        source = spot.source
        if not spot.flat:
            yield Step(spot.target, call("layers.Flatten", spot.name("flatten")), source)
            source = spot.target
        bias = None if op.bias else "use_bias=False"
        yield Step(spot.target, call("layers.Dense", self.width(op, spot), bias, spot.name("linear")), source)
        if op.norm is not None:
            yield Step(spot.target, batch_norm(replace(op.norm, gamma=True), spot.name("bn")), spot.target)
        if op.activation != "none":
            yield Step(spot.target, activation(op.activation), spot.target)

    def _fork(self, fork: Fork, spot: Spot) -> Iterator[Step]:
        sides = []
        for op in fork.ops:
            sides.append(f"{spot.target}_{op.name}")
            yield from self.steps(op, replace(spot, target=sides[-1], path=f"{spot.path}.{op.name}"))
        yield joined(spot.target, sides)

    def _helper(self, name: str) -> str:
        self.used[name] = None
        return name


def feeds_linear(ops: tuple[Stage, ...]) -> bool:
    """Whether a fully connected layer comes next, dropout aside."""
    return next((isinstance(op, Linear) for op in ops if not isinstance(op, Dropout)), False)


def joined(target: str, sources: list[str]) -> Step:
    """Outputs side by side as one; a single one needs no layer."""
    if len(sources) == 1:
        return Step(target, Call(sources[0], (), ("", "")))
    return Step(target, Call("layers.Concatenate()", (Call("", tuple(sources), "[]"),)))


def activation(name: Activation) -> Call:
    """The layer of an activation."""
    head, _, argument = ACTIVATION_LAYERS[name].removesuffix(")").partition("(")
    return call(head, argument or None)


def batch_norm(norm: BatchNorm, name: str) -> Call:
    """The layer of a normalisation; Keras' momentum is what PyTorch's leaves."""
    momentum = f"momentum={round(1 - norm.momentum, 12)!r}"
    scale = None if norm.gamma else "scale=False"
    return call("layers.BatchNormalization", momentum, f"epsilon={norm.eps!r}", scale, name)
