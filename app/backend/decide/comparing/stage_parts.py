"""Any analysed network as stages and the ops in them, so that two can be laid side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Branch, Conv, Repeat, Residual, Stage
from inception_models.arch.tree import Part, children
from inception_models.edits.diff import part_in_words

from ...analysis.graph import Layer, Node
from ...analysis.kinds import LayerKind
from ...analysis.network import Analysis, StageCost
from ...common.quantity import float32_bytes
from ...foreign.analysed import ModuleAnalysis
from ...foreign.hierarchy import ModulePart, module_parts
from ...foreign.view import depth_of

KINDS_OF_STAGES: Mapping[LayerKind, str] = {  # as the family's are called
    "conv": "Conv",
    "linear": "Linear",
    "max_pool": "Pool",
    "avg_pool": "Pool",
    "adaptive_pool": "GlobalPool",
    "dropout": "Dropout",
    "lrn": "LocalResponseNorm",
}
FEWEST_PARTS = 8  # of somebody's module: as many levels are opened as it takes to see so many


@dataclass(frozen=True, slots=True)
class OpSide:
    """One op of one network. ``path`` is relative to its stage, empty where it is all of it; ``spec``: where the
    network is of the family; ``layer``: its convolution, linear layer or pool, or else its first layer. Costs are of
    all copies of the stage together.
    """

    path: str
    words: str
    spec: Part | None
    layer: Layer | None
    params: int
    macs: int

    @property
    def branch(self) -> str:
        """The name of its branch; its own where it has none."""
        return self.path.partition(".")[0]

    @property
    def signature(self) -> tuple[object, ...]:
        """What is the same in ops that do the same with other widths."""
        layer = self.layer
        return ("", self.words) if layer is None else (layer.kind, layer.kernel, layer.stride, layer.depthwise)


@dataclass(frozen=True, slots=True)
class StageSide:
    """One stage of one network, its copies together. ``peak_bytes`` and ``field_px`` (the receptive field of its output
    on the picture, its longer side) are None where they are not known, or the field is the whole picture.
    """

    name: str
    words: str
    aux: bool
    copies: int
    out_shape: Shape
    params: int
    macs: int
    peak_bytes: int | None
    field_px: int | None
    kind: str
    spec: Stage | AuxHead | None
    ops: tuple[OpSide, ...]


def stage_sides(analysis: Analysis | ModuleAnalysis) -> tuple[StageSide, ...]:
    """The stages of any network in order; auxiliary heads last."""
    return tuple(_own(analysis) if isinstance(analysis, Analysis) else _foreign(analysis))


# --- networks of the family ------------------------------------------------------------------------------------------


def _own(analysis: Analysis) -> Iterator[StageSide]:
    names = {stage.name for stage in analysis.stages}
    for stage in (*analysis.stages, *analysis.aux):
        field = analysis.field(stage.name) if stage.name in names else None
        part = stage.part.block if isinstance(stage.part, Repeat) else stage.part
        yield StageSide(
            stage.name,
            part_in_words(stage.part),
            isinstance(part, AuxHead),
            len(stage.copies) or 1,
            stage.out_shape,
            stage.params,
            stage.macs,
            float32_bytes(stage.peak_elements),
            max(side.size for side in field) if field else None,
            type(part).__name__,
            stage.part,
            tuple(_own_ops(stage)),
        )


def _own_ops(stage: StageCost) -> Iterator[OpSide]:
    part = stage.part.block if isinstance(stage.part, Repeat) else stage.part
    specs = dict(_specs(part, ""))
    if isinstance(part, Residual):
        specs |= {"proj": Conv("proj", None)} if part.projection else {}
        specs |= {"shortcut": Conv("shortcut", None, stride=part.shortcut_stride)} if part.shortcut_stride else {}
    nodes: dict[str, list[Node]] = {path: [] for path in specs}
    for copy in stage.copies or (stage,):
        for node in copy.nodes:
            owner = next((path for path in _prefixes(node.path) if path in nodes), None)
            if owner is not None:
                nodes[owner].append(node)
    for path, spec in specs.items():
        own = nodes[path]
        words = part_in_words(spec)
        yield OpSide(path, words, spec, _main(own), sum(n.params for n in own), sum(n.macs for n in own))


def _specs(part: Part, path: str) -> Iterator[tuple[str, Part]]:
    """The ops below a part; a branch that has none is there as a whole."""
    inside = children(part)
    if not inside and (isinstance(part, Branch) or not path):
        yield path, part
    for child in inside:
        below = f"{path}.{child.name}".lstrip(".")
        yield from _specs(child, below) if children(child) or isinstance(child, Branch) else [(below, child)]


def _prefixes(path: str) -> Iterator[str]:
    """``path``, then the paths of what it lies in, the stage itself last."""
    while path:
        yield path
        path = path.rpartition(".")[0]
    yield ""


def _main(nodes: Sequence[Node]) -> Layer | None:
    main = [node.layer for node in nodes if node.layer.rules.is_main]
    return next((layer for layer in reversed(main)), nodes[0].layer if nodes else None)


# --- others ----------------------------------------------------------------------------------------------------------


def _foreign(analysis: ModuleAnalysis) -> Iterator[StageSide]:
    depth = next(
        (d for d in range(1, depth_of(analysis) + 1) if len(module_parts(analysis, d)) >= FEWEST_PARTS),
        depth_of(analysis),
    )
    inside: dict[str, list[Node]] = {}
    for node in analysis.nodes:
        inside.setdefault(".".join(node.path.split(".")[:depth]), []).append(node)
    for part in module_parts(analysis, depth):
        if any(node.layer.rules.aliases != "always" for node in inside[part.path]):  # not of a flattening alone
            yield _foreign_stage(part, inside[part.path])


def _foreign_stage(part: ModulePart, nodes: Sequence[Node]) -> StageSide:
    main = _main(nodes)
    one_op = main is not None and sum(node.layer.rules.is_main for node in nodes) <= 1
    kind = "Inception" if part.branches else KINDS_OF_STAGES.get(main.kind, part.what) if main and one_op else part.what
    field = max(side.size for side in part.field) if part.field else None
    ops = tuple(_foreign_ops(part.path, nodes))
    return StageSide(
        part.path, part.words, False, 1, part.out_shape, part.params, part.macs, None, field, kind, None, ops
    )


def _foreign_ops(stage: str, nodes: Sequence[Node]) -> Iterator[OpSide]:
    """Each convolution, linear layer and pool with what follows it directly: normalisation, activation."""
    groups: list[list[Node]] = []
    for node in nodes:
        if node.layer.rules.joins and not node.params:
            continue
        if node.layer.rules.is_main or not groups or (node.macs and not node.layer.rules.is_main):
            groups.append([node])
        else:
            groups[-1].append(node)
    for group in groups:
        path = group[0].path.removeprefix(stage).lstrip(".")
        main = _main(group)
        yield OpSide(path, group[0].layer.words, None, main, sum(n.params for n in group), sum(n.macs for n in group))
