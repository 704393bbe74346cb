"""The numbers of a network: from an Arch to an Analysis. Each stage is cached by what it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import cached_property, lru_cache

from inception_models.arch.shapes import Shape, out_widths, stage_shape
from inception_models.arch.spec import Arch, AuxHead, Branch, Inception, Repeat, Residual, Stage, Unit

from . import cost
from .graph import INPUT_NODE, Graph, Layer, Node, Traced, elements
from .liveness import lifetimes, peak_elements
from .receptive_field import ONE_PIXEL, Fields, through
from .topology import topology


@dataclass(frozen=True, slots=True)
class BranchCost:
    """One branch of a block. Shares of a total are left to whoever shows them."""

    name: str
    part: Branch
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int


@dataclass(frozen=True, slots=True)
class StageCost:
    """One stage or aux head.

    ``params``: trainable parameters. ``macs``: multiply-accumulates for one picture. ``activation_elements``: values
    that its layers write; ``peak_elements``: most values in memory at one time while it runs in evaluation, its input
    and output included. ``nodes`` have paths relative to the stage; of a repeat they are empty and ``copies`` holds one
    StageCost for each copy. ``traced``: the same nodes without numbers; parts of one topology share them.
    """

    name: str
    part: Stage | AuxHead
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int
    activation_elements: int
    peak_elements: int
    branches: tuple[BranchCost, ...]
    nodes: tuple[Node, ...]
    copies: tuple[StageCost, ...]
    field: Fields  # of the output, in terms of the stage's own input
    traced: tuple[Traced, ...] = dataclass_field(default=(), compare=False)

    def __hash__(self) -> int:  # caches are keyed by stages, and a hash of hundreds of nodes would take longer
        return hash((self.name, self.in_shape, self.params, self.macs))


@dataclass(frozen=True)
class Analysis:
    """Every number of a network at one input size, for one picture.

    ``params`` and ``macs`` leave the aux heads out, which run only in training; ``params_with_aux`` counts them.
    """

    arch: Arch
    input_size: int
    stages: tuple[StageCost, ...]
    aux: tuple[StageCost, ...]

    @cached_property
    def params(self) -> int:
        return sum(stage.params for stage in self.stages)

    @cached_property
    def params_with_aux(self) -> int:
        return self.params + sum(head.params for head in self.aux)

    @cached_property
    def macs(self) -> int:
        return sum(stage.macs for stage in self.stages)

    @property
    def flops(self) -> int:
        """Floating-point operations: 2 x MACs."""
        return 2 * self.macs

    @cached_property
    def activation_elements(self) -> int:
        return sum(stage.activation_elements for stage in self.stages)

    @cached_property
    def peak_elements(self) -> int:
        """Most values in memory at one time during inference; the caller of the network still holds the picture."""
        return peak_of([s.peak_elements for s in self.stages], 3 * self.input_size**2)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from .notebook import analysis_html

        return analysis_html(self)

    def stage(self, name: str) -> StageCost:
        """The stage or aux head of this name; KeyError where there is none."""
        for stage in (*self.stages, *self.aux):
            if stage.name == name:
                return stage
        raise KeyError(name)

    def field(self, name: str) -> Fields:
        """The receptive field of a stage's output, as (vertical, horizontal); None: the whole picture."""
        return self._fields[name]

    @cached_property
    def _fields(self) -> dict[str, Fields]:
        fields: dict[str, Fields] = {}
        before: Fields = ONE_PIXEL
        for stage in self.stages:
            before = fields[stage.name] = through(stage.field, before)
        return fields

    @cached_property
    def graph(self) -> Graph:
        """Every traced node of the whole network, by absolute path."""
        return _graph(self)


def analyze(arch: Arch, input_size: int | None = None) -> Analysis:
    """All numbers of ``arch``, at its own input size or at ``input_size`` pixels.

    Raises:
        ShapeError: where a part does not fit at that size, naming it.
        UnknownOp: where a layer cannot be counted.
    """
    size = input_size or arch.input_size
    shape: Shape = (3, size, size)
    stages: list[StageCost] = []
    taps: dict[str, StageCost] = {}
    for stage in arch.stages:
        done = stage_cost(stage, arch.unit, arch.classes, shape)
        stages.append(done)
        taps[stage.name] = done
        shape = done.out_shape
    aux = tuple(stage_cost(head, arch.unit, arch.classes, taps[head.tap].out_shape) for head in arch.aux)
    return Analysis(arch, size, tuple(stages), aux)


def stage_cost(part: Stage | AuxHead, unit: Unit, classes: int, shape: Shape) -> StageCost:
    """One stage or aux head with an input of ``shape``; cached.

    Raises:
        ShapeError: where it does not fit.
    """
    match part:
        case Repeat():
            return _repeat(part, unit, shape)
        case Inception() | Residual():
            return _one(part, unit, 0, shape)  # no block depends on the number of classes
        case _:
            return _one(part, unit, classes, shape)


@lru_cache(maxsize=512)
def _repeat(stage: Repeat, unit: Unit, shape: Shape) -> StageCost:
    copies: list[StageCost] = []
    for number in range(stage.times):
        before = copies[-1].out_shape if copies else shape
        if copies and copies[-1].in_shape == before:
            copies.append(replace(copies[-1], name=f"{stage.name}.{number}"))
        else:
            copies.append(replace(_one(stage.block, unit, 0, before), name=f"{stage.name}.{number}"))
    field: Fields = ONE_PIXEL
    for copy in copies:
        field = through(copy.field, field)
    return StageCost(
        stage.name,
        stage,
        shape,
        copies[-1].out_shape,
        sum(c.params for c in copies),
        sum(c.macs for c in copies),
        sum(c.activation_elements for c in copies),
        peak_of([c.peak_elements for c in copies], elements(shape)),
        (),
        (),
        tuple(copies),
        field,
    )


@lru_cache(maxsize=1024)
def _one(part: Stage | AuxHead, unit: Unit, classes: int, shape: Shape) -> StageCost:
    if not isinstance(part, AuxHead):
        stage_shape(part, shape, classes)  # raises, with a sentence, where it does not fit
    traced = topology(part, unit, shape)
    nodes = cost.bind(traced, shape, out_widths(part, shape, classes))
    branches = tuple(_branches(part, shape, nodes)) if isinstance(part, Inception | Residual) else ()
    return StageCost(
        part.name,
        part,
        shape,
        nodes[-1].out_shape if nodes else shape,
        sum(n.params for n in nodes),
        sum(n.macs for n in nodes),
        sum(n.elements for n in nodes if n.layer.rules.writes),
        peak_elements(nodes, shape, known=lifetimes(traced)),
        branches,
        nodes,
        (),
        nodes[-1].field if nodes else ONE_PIXEL,
        traced,
    )


def _branches(block: Inception | Residual, shape: Shape, nodes: Sequence[Node]) -> Iterator[BranchCost]:
    for branch in block.branches:
        inside = f"{branch.name}."
        own = [n for n in nodes if n.path.startswith(inside)]
        out = own[-1].out_shape if own else shape
        yield BranchCost(branch.name, branch, shape, out, sum([n.params for n in own]), sum([n.macs for n in own]))


def peak_of(parts: Sequence[int], held: int) -> int:
    """The peak of parts that run one after the other; after the first, their common input of ``held`` is in memory."""
    return max(peak + (held if i else 0) for i, peak in enumerate(parts))


def _graph(analysis: Analysis) -> Graph:
    shape = (3, analysis.input_size, analysis.input_size)
    picture = Node(INPUT_NODE, Layer("input", "picture"), (), shape, shape, 0, 0, ONE_PIXEL)
    nodes: list[Node] = []
    ends: dict[str, int] = {}

    def add(part: StageCost, source: int, before: Fields) -> int:
        """Append the nodes of ``part``, whose input is node number ``source``; returns the number of its output."""
        first = len(nodes)
        for node in part.nodes:
            path = f"{part.name}.{node.path}".rstrip(".")
            inputs = tuple(source if i < 0 else first + i for i in node.inputs)
            nodes.append(node._replace(path=path, inputs=inputs, field=through(node.field, before)))
        return len(nodes) - 1 if part.nodes else source

    source = -1
    before: Fields = ONE_PIXEL
    for stage in analysis.stages:
        for part in stage.copies or (stage,):
            source = add(part, source, before)
            before = through(part.field, before)
        ends[stage.name] = source
    for head in analysis.aux:
        assert isinstance(head.part, AuxHead)
        add(head, ends[head.part.tap], analysis.field(head.part.tap))
    return Graph({node.path: node for node in (picture, *nodes)})


__all__ = ["Analysis", "BranchCost", "StageCost", "analyze"]
