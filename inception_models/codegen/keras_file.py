"""A network as a file of Keras 3 code that needs nothing else: functions of the functional API. No torch."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator

from ..arch.shapes import Shape, stage_shapes
from ..arch.spec import Arch, AuxHead, Block, GlobalPool, Inception, Linear, Repeat, Residual, Stage
from .block_types import LOCAL, PartType, free, part_types
from .header import described, widths_table
from .keras_helpers import CONVERTED, CONVERTER, HELPERS, NEEDS, TAKEN
from .keras_ops import KerasOps, Spot, Step, activation, batch_norm, feeds_linear, joined
from .printing import Call, call, docstring, lines_of, signature
from .units import UnitKind, shortcut_conv, unit_names
from .words import type_words


class KerasFile:
    """The parts of one network's file."""

    def __init__(self, arch: Arch) -> None:
        self.arch = arch
        self.name = arch.key
        taken = {*TAKEN, *LOCAL, *dir(builtins), *keyword.kwlist, self.name}
        self.units = unit_names(arch, taken, snake=True)
        self.types = part_types(arch, {*taken, *self.units.values()})
        self.functions: dict[str, str] = {}
        used = {*taken, *self.units.values()}
        for kind in self.types.values():
            if kind.name not in self.functions:
                self.functions[kind.name] = free([_snake(kind.name), f"{_snake(kind.name)}_block"], used)
                used.add(self.functions[kind.name])
        self.ops = KerasOps(arch, self.units)

    def text(self) -> str:
        """The whole file."""
        kinds = list(dict.fromkeys(self.types.values()))
        body = [list(self._unit(*item)) for item in self.units.items()]
        body += [list(self._head(kind) if isinstance(kind.part, AuxHead) else self._block(kind)) for kind in kinds]
        body += [list(self._network()), CONVERTER.splitlines(), CONVERTED.splitlines()]
        used = {*self.ops.used, *(need for name in self.ops.used for need in NEEDS.get(name, ()))}
        helpers = [text.splitlines() for name, text in HELPERS.items() if name in used]
        top = [*docstring("\n".join([*described(self.arch), "", *self._usage()]), 0), ""]
        top += ["import keras", "from keras import layers, ops"]
        table = list(widths_table(self.arch, kinds))
        code = "\n\n\n".join("\n".join(lines) for lines in (*helpers, *body))
        return "\n".join([*top, *([""] if table else []), *table, "", "", code, ""])

    def _usage(self) -> Iterator[str]:
        yield "Pictures are channels last. Weights come from the PyTorch network's state dict:"
        yield ""
        yield f"    model = {self.name}()"
        yield '    load_torch_weights(model, safetensors.numpy.load_file("weights.safetensors"))'

    # --- functions ---

    def _unit(self, kind: UnitKind, name: str) -> Iterator[str]:
        size = "1" if kind.multiplier is None else "3"
        parameters = ("x", "filters: int", f"kernel_size={size}", "strides=1", 'padding="same"', "*", "name: str")
        yield from signature(name, parameters, 0)
        yield from docstring(kind.sentence, 4)
        act = [Step("x", activation(kind.unit.activation), "x")] if kind.activate != "never" else []
        window = ("filters", "kernel_size", "strides", "padding")
        bias = None if kind.unit.bias else "use_bias=False"
        if kind.multiplier is None:
            layer = call("layers.Conv2D", *window, bias, 'name=f"{name}-conv"')
        else:
            deep = f"depth_multiplier={kind.multiplier}" if kind.multiplier > 1 else None
            layer = call("layers.SeparableConv2D", *window, deep, bias, "name=name")
        steps = act if kind.activate == "before" else []
        steps = [*steps, *_halves(kind)] if kind.between != "nothing" else [*steps, Step("x", layer, "x")]
        steps += [Step("x", batch_norm(kind.unit.norm, 'name=f"{name}-bn"'), "x")] if kind.unit.norm else []
        steps += act if kind.activate == "after" else []
        yield from _body(steps)

    def _block(self, kind: PartType) -> Iterator[str]:
        block = kind.part
        assert not isinstance(block, AuxHead)
        yield from signature(self.functions[kind.name], ("x", *_parameters(kind), "*", "name: str"), 0)
        yield from docstring(type_words(kind, block, self.arch), 4)
        used = {*LOCAL, *kind.names.values(), *self.units.values(), *TAKEN, *dir(builtins)}
        outs, steps = [], []
        for branch in block.branches:
            if not branch.ops:
                outs.append("x")
                continue
            outs.append(free([branch.name, f"{branch.name}_branch"], used))
            used.add(outs[-1])
            spot = Spot("x", outs[-1], "x.shape[-1]", prefix="name", names=kind.names)
            steps += [step for _, own in self.ops.row(branch.ops, spot, f"{branch.name}.") for step in own]
        if isinstance(block, Residual):
            steps += self._residual(kind, block, outs)
        else:
            steps.append(joined("x", outs))
        yield from _body(steps)

    def _residual(self, kind: PartType, block: Residual, outs: list[str]) -> Iterator[Step]:
        yield joined("y", outs)
        if block.projection:
            width = "y.shape[-1]" if block.shortcut_stride else "x.shape[-1]"
            yield Step("y", call("layers.Conv2D", width, "1", 'name=f"{name}-proj"'), "y")
        if kind.scaled or block.scale != 1.0:
            yield Step("y", call("layers.Rescaling", "scale" if kind.scaled else repr(block.scale)), "y")
        if block.shortcut_stride:
            conv = shortcut_conv(block, 1, self.arch.unit)
            yield from self.ops.conv(conv, Spot("x", "x", path="shortcut", prefix="name"), "y.shape[-1]")
        yield Step("x", Call("layers.Add()", (Call("", ("x", "y"), "[]"),)))
        if kind.activation != "none":
            act = activation(kind.activation)
            yield Step("x", act, "x") if not kind.may_activate else Step("x", _if_activate(act))

    def _head(self, kind: PartType) -> Iterator[str]:
        head = kind.part
        assert isinstance(head, AuxHead)
        parameters = ("x", *_parameters(kind), "num_classes: int", "*", "name: str")
        yield from signature(self.functions[kind.name], parameters, 0)
        yield from docstring("A classifier in the middle, for training.", 4)
        spot = Spot("x", "x", "x.shape[-1]", prefix="name", names=kind.names)
        yield from _body([step for _, own in self.ops.row(head.ops, spot) for step in own])

    # --- the network ---

    def _network(self) -> Iterator[str]:
        arch, size = self.arch, self.arch.input_size
        parameters = (f"num_classes: int = {arch.classes}", *(("with_aux: bool = False",) if arch.aux else ()))
        yield from signature(self.name, parameters, 0, "keras.Model")
        yield from docstring(f"Pictures [N, {size}, {size}, 3] to logits [N, {arch.classes}].", 4)
        yield f"    x = inputs = keras.Input(({size}, {size}, 3))"
        taps = {head.tap for head in arch.aux}
        flat = False
        for number, (stage, (_, _, after)) in enumerate(zip(arch.stages, stage_shapes(arch), strict=False)):
            flattens = isinstance(stage, GlobalPool) and stage.size == 1 and feeds_linear(arch.stages[number + 1 :])
            flattens = flattens and stage.name not in taps
            yield from self._stage(stage, after, flat or flattens)
            flat = flat or flattens or isinstance(stage, Linear)
            if stage.name in taps:
                yield f"    after_{stage.name} = x"
        if arch.aux:
            yield "    if not with_aux:"
            yield f'        return keras.Model(inputs, x, name="{arch.key}")'
            heads = [self._instance(head, f"after_{head.tap}", f'"{head.name}"') for head in arch.aux]
            yield from lines_of(Call("", tuple(heads), "[]"), 4, "heads = ")
            yield f'    return keras.Model(inputs, [x, *heads], name="{arch.key}")'
        else:
            yield f'    return keras.Model(inputs, x, name="{arch.key}")'

    def _stage(self, stage: Stage, after: Shape, flat: bool) -> Iterator[str]:
        shape = (*after[1:], after[0]) if not flat else after[:1]
        comment = f"  # {'x'.join(map(str, shape))}"
        match stage:
            case Repeat():
                yield f"    for i in range({stage.times}):"
                code = self._instance(stage.block, "x", f'f"{stage.name}-{{i}}"')
                yield from lines_of(code, 8, "x = ", comment)
            case Inception() | Residual():
                yield from lines_of(self._instance(stage, "x", f'"{stage.name}"'), 4, "x = ", comment)
            case _:
                steps = list(self.ops.steps(stage, Spot("x", "x", "x.shape[-1]", stage.name, flat=flat)))
                for step in steps:
                    yield from step.lines(4, comment if step is steps[-1] else "")

    def _instance(self, part: Block | AuxHead, source: str, name: str) -> Call:
        kind = self.types[part.name]
        return call(
            self.functions[kind.name],
            source,
            *kind.given(part),
            f"name={name}",
        )


def _halves(kind: UnitKind) -> Iterator[Step]:
    """A separable convolution as two layers, with what is between them."""
    deep = f"depth_multiplier={kind.multiplier}" if kind.multiplier not in (None, 1) else None
    bias = None if kind.depthwise_bias else "use_bias=False"
    window = ("kernel_size", "strides", "padding")
    yield Step("x", call("layers.DepthwiseConv2D", *window, deep, bias, 'name=f"{name}-depthwise"'), "x")
    if kind.depthwise_norm is not None:
        yield Step("x", batch_norm(kind.depthwise_norm, 'name=f"{name}-depthwise_bn"'), "x")
    if kind.depthwise_activation != "none":
        yield Step("x", activation(kind.depthwise_activation), "x")
    bias = None if kind.unit.bias else "use_bias=False"
    yield Step("x", call("layers.Conv2D", "filters", "1", bias, 'name=f"{name}-pointwise"'), "x")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _parameters(kind: PartType) -> tuple[str, ...]:
    flags = (("scale: float",) if kind.scaled else ()) + (("activate: bool = True",) if kind.may_activate else ())
    return (*(f"{argument.name}: int" for argument in kind.arguments), *flags)


def _if_activate(act: Call) -> Call:
    return Call(f"{act.head}({', '.join(map(str, act.arguments))})(x) if activate else x", (), ("", ""))


def _body(steps: list[Step]) -> Iterator[str]:
    """The statements of a function, whose last one it returns."""
    *first, last = steps
    for step in first:
        yield from step.lines(4)
    after = f"({last.inputs})" if last.inputs else ""
    yield from lines_of(last.code, 4, "return ", after)
