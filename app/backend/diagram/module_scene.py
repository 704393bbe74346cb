"""What is in the diagram of a person's own network: boxes, edges and frames, by the tree that its author wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inception_models.arch.branch_kind import BranchKind
from inception_models.arch.shapes import Shape

from ..analysis.graph import Node, unused
from ..analysis.receptive_field import Fields
from ..foreign.analysed import ModuleAnalysis
from ..foreign.branches import Branches, inception_modules, kind_of_branch
from ..foreign.view import ModuleView, ShownModules, depth_of, main_node
from .box_plan import THIN_LAYERS, BoxSize
from .options import Direction
from .scene import ClusterTree, Topology

MAX_BOXES = 600  # Graphviz takes seconds for them, and nobody finds anything in more


@dataclass(frozen=True, slots=True)
class ModuleBox:
    """A module, or one of its layers, with the costs of all its ``times`` equal copies.

    ``layer``: what it is, where that is one layer, with or without its normalisation and activation. ``branch``: the
    kind of the branch of an Inception module that it lies in; ``reduces``: a 1x1 before that branch's last layer.
    ``bars``: of a folded Inception module, the kinds of its branches and their output channels.
    """

    path: str
    what: str
    times: int
    nodes: tuple[Node, ...]
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int
    field: Fields
    layer: Node | None
    branch: BranchKind | None
    reduces: bool
    bars: tuple[tuple[BranchKind, int], ...]


@dataclass(frozen=True, slots=True)
class ModuleFrame:
    """A module whose parts are shown; it stands for ``times`` equal ones. ``branches``: of an Inception module."""

    path: str
    what: str
    times: int
    out_shape: Shape
    params: int
    macs: int
    branches: int


@dataclass(frozen=True, slots=True)
class ModuleScene:
    """A topology and its contents, boxes and shapes of edges in its order, frames by path."""

    topology: Topology
    input_path: str
    boxes: tuple[ModuleBox, ...]
    edge_shapes: tuple[Shape, ...]
    frames: Mapping[str, ModuleFrame]


def module_scene(analysis: ModuleAnalysis, view: ModuleView, direction: Direction) -> ModuleScene:
    """What ``view`` shows of a network.

    Raises:
        ValueError: where that is more than can be looked at.
    """
    shown = ShownModules(analysis, view)
    if (count := len(set(shown.boxes))) > MAX_BOXES:
        raise ValueError(f"The diagram would have {count:,} boxes; {MAX_BOXES} are drawn at most. Show fewer levels.")
    return _Builder(analysis, shown).scene(direction)


def comfortable_depth(analysis: ModuleAnalysis, boxes: int = 60) -> int:
    """The most levels that still have at most so many boxes."""
    deepest = depth_of(analysis)
    fitting = (d for d in range(2, deepest + 1) if len(set(ShownModules(analysis, ModuleView(d)).boxes)) > boxes)
    return max(next(fitting, deepest + 1) - 1, 1)


class _Builder:
    def __init__(self, analysis: ModuleAnalysis, shown: ShownModules) -> None:
        self.analysis, self.shown = analysis, shown
        self.blocks = inception_modules(analysis.nodes)
        self.branch_of = dict(_branch_of(analysis.nodes, self.blocks))
        self.inside: dict[str, list[int]] = {}  # of every box, the nodes of all copies
        for i, path in enumerate(shown.boxes):
            self.inside.setdefault(path, []).append(i)

    def scene(self, direction: Direction) -> ModuleScene:
        boxes = tuple(self._box(path, inside) for path, inside in self.inside.items())
        entrance = unused("input", {path.partition(".")[0] for path in self.inside})
        edges = self._edges(entrance)
        names = tuple(box.path for box in boxes)
        heads = self._heads(entrance)
        topology = Topology(
            direction,
            ((entrance, "trunk"), *((box.path, box_size(box)) for box in boxes)),
            tuple((tail, head, "") for tail, head in edges),
            tuple(tree for tree in _members("", names, self.shown.opened, heads) if isinstance(tree, ClusterTree)),
            labelled=False,
        )
        frames = {path: self._frame(path) for path in self.shown.opened}
        return ModuleScene(topology, entrance, boxes, tuple(edges.values()), frames)

    def _box(self, path: str, inside: Sequence[int]) -> ModuleBox:
        nodes = self.analysis.nodes
        first = [i for i in inside if self.shown.first[i] == i]
        own = tuple(nodes[i] for i in first)
        layer = own[0] if len(own) == 1 and own[0].path == path else main_node(own)
        times = self.shown.times.get(path, 1)
        branches = {self.branch_of.get(i) for i in first}
        branch = next(iter(branches)) if len(branches) == 1 else None
        return ModuleBox(
            path,
            layer.layer.words if layer else self._class(path, own),
            times,
            own,
            own[0].in_shape,
            own[-1].out_shape,
            sum(nodes[i].params for i in inside),
            sum(nodes[i].macs for i in inside),
            own[-1].field,
            layer,
            branch[0] if branch else None,
            branch is not None and first[-1] not in branch[1] and all(node.layer.kernel == (1, 1) for node in own),
            self._bars(path),
        )

    def _class(self, path: str, nodes: Sequence[Node]) -> str:
        main = next((node for node in nodes if node.layer.rules.is_main), nodes[0])
        return self.analysis.module_classes.get(path) or main.layer.words

    def _bars(self, path: str) -> tuple[tuple[BranchKind, int], ...]:
        nodes = self.analysis.nodes
        return tuple(
            (kind_of_branch(nodes[i] for i in branch), nodes[branch[-1]].out_shape[0])
            for branch in self.blocks.get(path, ())
            if branch and nodes[branch[-1]].out_shape
        )

    def _frame(self, path: str) -> ModuleFrame:
        nodes = self.analysis.nodes
        inside = [i for i, first in enumerate(self.shown.first) if nodes[first].path.startswith(f"{path}.")]
        own = [nodes[i] for i in inside if self.shown.first[i] == i]
        params, macs = sum(nodes[i].params for i in inside), sum(nodes[i].macs for i in inside)
        times, branches = self.shown.times.get(path, 1), len(self.blocks.get(path, ()))
        what = self.analysis.module_classes.get(path, "")
        return ModuleFrame(path, what, times, own[-1].out_shape, params, macs, branches)

    def _edges(self, entrance: str) -> dict[tuple[str, str], Shape]:
        """Those of the graph between nodes of different boxes, with the shape that flows along them."""
        nodes, shown = self.analysis.nodes, self.shown
        edges: dict[tuple[str, str], Shape] = {}
        for i, node in enumerate(nodes):
            if shown.first[i] != i:
                continue
            for source in node.inputs:
                tail = entrance if source < 0 else shown.boxes[source]
                if tail != shown.boxes[i]:
                    shape = self.analysis.in_shape if source < 0 else nodes[source].out_shape
                    edges.setdefault((tail, shown.boxes[i]), shape)
        return edges

    def _heads(self, entrance: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Of every open Inception module, the first boxes of its branches, side by side, and what it reads and ends in;
        only where each branch has boxes of its own that lie directly in its frame."""
        heads: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        nodes, shown = self.analysis.nodes, self.shown
        for path in shown.opened:
            branches = [branch for branch in self.blocks.get(path, ()) if branch]
            row = tuple(dict.fromkeys(shown.boxes[branch[0]] for branch in branches))
            inside = (i for i, node in enumerate(nodes) if node.path.startswith(f"{path}."))
            join = next((i for i in inside if nodes[i].layer.kind == "concat"), 0)
            direct = all(_owner(name, shown.opened) == path for name in (*row, shown.boxes[join]))
            if len(row) > 1 and len(row) == len(branches) and direct and shown.boxes[join] not in row:
                source = nodes[branches[0][0]].inputs[0]
                reads = entrance if source < 0 else shown.boxes[source]
                heads[path] = (row, (reads, shown.boxes[join]))
        return heads


def _owner(path: str, opened: Sequence[str]) -> str:
    """The innermost open module around a box."""
    return max((module for module in opened if path.startswith(f"{module}.")), key=len, default="")


def _members(
    parent: str,
    names: Sequence[str],
    opened: Sequence[str],
    heads: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
) -> tuple[str | ClusterTree, ...]:
    children = [module for module in opened if _owner(module, opened) == parent]
    direct = [name for name in names if _owner(name, opened) == parent]
    trees = [ClusterTree(child, _members(child, names, opened, heads), *_row(heads.get(child))) for child in children]
    return (*direct, *trees)


def _row(
    heads: tuple[tuple[str, ...], tuple[str, ...]] | None,
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    return ((), ()) if heads is None else ((heads[0],), heads[1])


def box_size(box: ModuleBox) -> BoxSize:
    """The room that a box has."""
    if box.layer is None or box.times > 1:
        return "stage"
    return "thin" if box.layer.layer.kind in THIN_LAYERS else "op"


def _branch_of(
    nodes: Sequence[Node], blocks: Mapping[str, Branches]
) -> Mapping[int, tuple[BranchKind, tuple[int, ...]]]:
    """Of every node in a branch: the branch's kind, and its end, the positions from its last convolution or pool on."""
    found: dict[int, tuple[BranchKind, tuple[int, ...]]] = {}
    for branches in blocks.values():
        for branch in branches:
            kind = kind_of_branch(nodes[i] for i in branch)
            last = max((i for i in branch if nodes[i].layer.rules.is_main), default=-1)
            end = tuple(i for i in branch if i >= last)
            found |= dict.fromkeys(branch, (kind, end))
    return found
