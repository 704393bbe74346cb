"""A network as a file of PyTorch code that needs nothing else. No torch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from ..arch.shapes import Shape, block_shape, stage_shapes
from ..arch.spec import Arch, AuxHead, Block, Inception, Repeat, Residual, Stage
from .block_types import PartType, camel, part_types
from .header import described, widths_table
from .printing import Call, Terms, call, docstring, lines_of, signature, total
from .torch_helpers import HELPERS, NEEDS, TAKEN
from .torch_ops import Place, TorchOps
from .units import ACTIVATION_CLASSES, UnitKind, shortcut_conv, unit_names
from .words import type_words


class TorchFile:
    """The parts of one network's file."""

    def __init__(self, arch: Arch) -> None:
        self.arch = arch
        self.name = network_name(arch)
        self.units = unit_names(arch, {*TAKEN, self.name})
        self.types = part_types(arch, {*TAKEN, self.name, *self.units.values()})
        self.ops = TorchOps(arch, self.units)

    def text(self) -> str:
        """The whole file."""
        kinds = list(dict.fromkeys(self.types.values()))
        heads = [kind for kind in kinds if isinstance(kind.part, AuxHead)]
        body = [*map(self._unit, self.units.items())]
        body += [list(self._head(kind) if kind in heads else self._block(kind)) for kind in kinds]
        body += [list(self._outputs())] if self.arch.aux else []
        body.append(list(self._network()))
        used = {*self.ops.used, *(need for name in self.ops.used for need in NEEDS.get(name, ()))}
        helpers = [text.splitlines() for name, text in HELPERS.items() if name in used or name == "initialise"]
        code = "\n\n\n".join("\n".join(lines) for lines in (*helpers, *body))
        table = list(widths_table(self.arch, kinds))
        top = [*docstring("\n".join([*described(self.arch), "", *self._usage()]), 0), "", *_imports(code)]
        size = ["", "Size = int | tuple[int, int]  # of both sides, or height and width"]
        return "\n".join([*top, *size, *([""] if table else []), *table, "", "", code, ""])

    def _usage(self) -> Iterator[str]:
        yield "The state dict has the keys that the network has there, so its weights load as they are:"
        yield ""
        yield f"    net = {self.name}()"
        yield '    net.load_state_dict(safetensors.torch.load_file("weights.safetensors"))'

    # --- classes ---

    def _unit(self, item: tuple[UnitKind, str]) -> list[str]:
        kind, name = item
        deep = "in_channels" if kind.multiplier in (None, 1) else f"{kind.multiplier} * in_channels"
        padding = () if kind.one_sided else ("padding: Size = 0",)
        parameters = ("self", "in_channels: int", "out_channels: int", "kernel_size: Size = 1", "stride: int = 1")
        window = ("kernel_size", "stride", None if kind.one_sided else "padding")
        conv = self.ops.helper("Conv2dSame") if kind.one_sided else "nn.Conv2d"
        bias = None if kind.unit.bias else "bias=False"
        act = [call(f"act=nn.{ACTIVATION_CLASSES[kind.unit.activation]}")] if kind.activate != "never" else []
        deep_bias = None if kind.depthwise_bias else "bias=False"
        if kind.multiplier is None:
            layers = [call(f"conv={conv}", "in_channels", "out_channels", *window, bias)]
        else:
            layers = [
                call(f"depthwise={conv}", "in_channels", deep, *window, "groups=in_channels", deep_bias),
                call("pointwise=nn.Conv2d", deep, "out_channels", "1", bias),
            ]
            layers[1:1] = self._between(kind, deep)
        layers = [*(act if kind.activate == "before" else []), *layers]
        layers += [self.ops.batch_norm(kind.unit.norm, "out_channels").named("bn")] if kind.unit.norm else []
        layers += act if kind.activate == "after" else []
        return [
            *_class(name, self.ops.helper("Chain"), kind.sentence),
            *signature("__init__", (*parameters, *padding), 4, "None"),
            *lines_of(Call("super().__init__", tuple(layers), tall=True), 8),
        ]

    def _between(self, kind: UnitKind, channels: str) -> Iterator[Call]:
        """What follows the depthwise half of a separable convolution."""
        if kind.depthwise_norm is not None:
            yield self.ops.batch_norm(kind.depthwise_norm, channels).named("depthwise_bn")
        if kind.depthwise_activation != "none":
            yield call(f"depthwise_act=nn.{ACTIVATION_CLASSES[kind.depthwise_activation]}")

    def _block(self, kind: PartType) -> Iterator[str]:
        block = kind.part
        assert not isinstance(block, AuxHead)
        yield from _class(kind.name, "nn.Module", type_words(kind, block, self.arch))
        yield from signature("__init__", ("self", "in_channels: int", *_parameters(kind)), 4, "None")
        yield "        super().__init__()"
        channels: list[str] = []
        for branch in block.branches:
            place = Place(kind.shape, ("in_channels",), ("in_channels",), f"{branch.name}.", kind.names)
            if branch.ops:
                yield from lines_of(self.ops.chain(branch.ops, place), 8, f"self.{branch.name} = ")
            channels += self.ops.row(branch.ops, place)[1].channels
        if isinstance(block, Residual):
            yield from self._residual_layers(kind, block, tuple(channels))
        yield ""
        yield "    def forward(self, x: Tensor) -> Tensor:"
        yield from _joined(block, kind)

    def _residual_layers(self, kind: PartType, block: Residual, joined: Terms) -> Iterator[str]:
        out: Terms = ("in_channels",) if block.projection and block.shortcut_stride is None else joined
        if block.projection:
            yield from lines_of(call("nn.Conv2d", total(joined), total(out), "1"), 8, "self.proj = ")
        if block.shortcut_stride:
            conv = shortcut_conv(block, block_shape(block, kind.shape)[0], self.arch.unit)
            place = Place(kind.shape, ("in_channels",), out, "shortcut", {"shortcut": ""})
            code = self.ops.conv(conv, place, total(out))
            yield from lines_of(code, 8, "self.shortcut = ")
        if kind.scaled:
            yield "        self.scale = scale"
        if kind.activation != "none":
            act = f"nn.{ACTIVATION_CLASSES[kind.activation]}()"
            yield f"        self.act = {f'{act} if activate else nn.Identity()' if kind.may_activate else act}"

    def _head(self, kind: PartType) -> Iterator[str]:
        head = kind.part
        assert isinstance(head, AuxHead)
        parameters = ("self", "in_channels: int", *_parameters(kind), "num_classes: int")
        yield from _class(kind.name, self.ops.helper("Chain"), "A classifier in the middle, for training.")
        yield from signature("__init__", parameters, 4, "None")
        place = Place(kind.shape, ("in_channels",), ("in_channels",), "", kind.names)
        yield from lines_of(Call("super().__init__", self.ops.row(head.ops, place)[0], tall=True), 8)

    def _outputs(self) -> Iterator[str]:
        yield from _class("Outputs", "NamedTuple", "What a network with auxiliary heads returns in training.")
        for name in ("logits", *(head.name for head in self.arch.aux)):
            yield f"    {name}: Tensor"

    # --- the network ---

    def _network(self) -> Iterator[str]:
        size = self.arch.input_size
        yield from _class(
            self.name, "nn.Module", f"Pictures [N, 3, {size}, {size}] to logits [N, {self.arch.classes}]."
        )
        yield f"    def __init__(self, num_classes: int = {self.arch.classes}) -> None:"
        yield "        super().__init__()"
        for part, before, _ in stage_shapes(self.arch):
            yield from lines_of(self._part(part, before), 8, f"self.{part.name} = ")
        yield "        self.apply(initialise)"
        yield ""
        result = "Tensor | Outputs" if self.arch.aux else "Tensor"
        yield f"    def forward(self, x: Tensor) -> {result}:"
        taps = {head.tap for head in self.arch.aux}
        for stage, _, after in list(stage_shapes(self.arch))[: len(self.arch.stages)]:
            yield f"        x = self.{stage.name}(x)  # [N, {', '.join(map(str, after))}]"
            if stage.name in taps:
                yield f"        after_{stage.name} = x"
        if self.arch.aux:
            yield "        if not self.training:"
            yield "            return x"
            heads = (f"self.{head.name}(after_{head.tap})" for head in self.arch.aux)
            yield from lines_of(call("Outputs", "x", *heads), 8, "return ")
        else:
            yield "        return x"

    def _part(self, part: Stage | AuxHead, before: Shape) -> Call:
        match part:
            case Repeat():
                return self._copies(part, before)
            case Inception() | Residual() | AuxHead():
                return self._instance(part, before[0])
            case _:
                channels = (str(before[0]),)
                return self.ops.op(part, Place(before, channels, channels))

    def _copies(self, stage: Repeat, shape: Shape) -> Call:
        inputs = []
        for _ in range(stage.times):
            inputs.append(shape[0])
            shape = block_shape(stage.block, shape)
        copies: list[str | Call] = []
        for channels, run in groupby(inputs):
            times, one = len(list(run)), self._instance(stage.block, channels)
            row = f"*({one.head}({', '.join(map(str, one.arguments))}) for _ in range({times}))"
            copies += [row] if times > 1 and len(row) < 70 else [one] * times
        return Call("nn.Sequential", tuple(copies))

    def _instance(self, part: Block | AuxHead, channels: int) -> Call:
        kind = self.types[part.name]
        return call(
            kind.name,
            str(channels),
            *kind.given(part),
        )


def network_name(arch: Arch) -> str:
    """``GoogLeNet``, ``InceptionResNetV2``: the title without what follows in brackets or after a comma."""
    name = camel(re.split(r"[(,]", arch.about.title)[0].strip())
    return name if name.isidentifier() and name.isascii() else "Network"


def _imports(code: str) -> Iterator[str]:
    standard = {"import math": "math.", "from collections import OrderedDict": "OrderedDict"}
    standard["from typing import NamedTuple"] = "NamedTuple"
    used = [line for line, name in standard.items() if name in code]
    yield from used
    yield from [""] if used else []
    yield from ["import torch"] if "torch." in code else []
    yield "from torch import Tensor, nn"
    if re.search(r"\bF\.", code):
        yield "from torch.nn import functional as F"


def _class(name: str, base: str, text: str) -> Iterator[str]:
    yield f"class {name}({base}):"
    yield from docstring(text, 4)
    yield ""


def _parameters(kind: PartType) -> tuple[str, ...]:
    flags = (("scale: float",) if kind.scaled else ()) + (("activate: bool = True",) if kind.may_activate else ())
    return (*(f"{argument.name}: int" for argument in kind.arguments), *flags)


def _joined(block: Block, kind: PartType) -> Iterator[str]:
    """The body of a block's forward pass."""
    outs = [f"self.{branch.name}(x)" if branch.ops else "x" for branch in block.branches]
    if len(outs) == 1 and isinstance(block, Residual):
        y = outs[0]
    else:
        yield from lines_of(Call("", tuple(outs), "[]"), 8, "branches = ")
        y = "torch.cat(branches, 1)"
    if isinstance(block, Inception):
        yield f"        return {y}"
        return
    y = f"self.proj({y})" if block.projection else y
    if kind.scaled or block.scale != 1.0:
        y = f"{'self.scale' if kind.scaled else repr(block.scale)} * {y}"
    shortcut = "self.shortcut(x)" if block.shortcut_stride else "x"
    added = f"{shortcut} + {y}"
    yield f"        return {f'self.act({added})' if kind.activation != 'none' else added}"
