"""How much of a network's module tree is shown: which modules are one box, and which equal ones share one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..analysis.graph import Node
from .analysed import ModuleAnalysis

_COMPANIONS = ("batch_norm", "activation", "identity", "dropout", "pad")


@dataclass(frozen=True, slots=True)
class ModuleView:
    """``depth``: levels of the tree that are shown; ``expand`` and ``fold``: modules that are opened, or one box,
    whatever the depth. Equal modules in a row are drawn once, unless ``every_copy``.
    """

    depth: int = 1
    expand: frozenset[str] = frozenset()
    fold: frozenset[str] = frozenset()
    every_copy: bool = False

    def toggled(self, path: str, is_open: bool) -> ModuleView:
        """After a double click on a module: opened, or closed where it is open."""
        if is_open:
            return replace(self, expand=self.expand - {path}, fold=self.fold | {path})
        return replace(self, expand=self.expand | {path}, fold=self.fold - {path})


class ShownModules:
    """Which box every node is in, under a view.

    ``boxes``: the path of each node's box, by position; ``first``: the position of the node that is drawn for it, which
    is itself except in a later copy. ``times``: how often a module is repeated that is drawn once. ``opened``: the
    modules with a frame around their boxes, from the outside in. A convolution with its normalisation and activation in
    a module of their own is one box, until every level is shown.
    """

    def __init__(self, analysis: ModuleAnalysis, view: ModuleView) -> None:
        self._nodes = analysis.nodes
        self._view = view
        self._classes = analysis.module_classes
        self._spans = _spans(self._nodes)
        self._units = _units(self._nodes) if view.depth < depth_of(analysis) else frozenset()
        self.first = list(range(len(self._nodes)))
        self.times: dict[str, int] = {}
        self.opened: list[str] = []
        self._open("")
        self.boxes = [self._box(self._nodes[i].path) for i in self.first]

    def _open(self, parent: str) -> None:
        """Fold equal children of a module that is shown, and look into the others."""
        last: _Span | None = None
        original: _Span | None = None
        for child in self._spans.get(parent, ()):
            path = child.path
            if last and original and not self._view.every_copy and self._repeats(original, last, child):
                self.times[original.path] = self.times.get(original.path, 1) + 1
                for i in range(child.start, child.end + 1):
                    self.first[i] = original.start + i - child.start
            else:
                original = child
                if self._is_open(path):
                    self.opened.append(path)
                    self._open(path)
            last = child

    def _is_open(self, path: str) -> bool:
        shallow = path.count(".") + 1 < self._view.depth and path not in self._units
        shown = shallow or path in self._view.expand
        return path in self._spans and shown and path not in self._view.fold

    def _box(self, path: str) -> str:
        names = path.split(".")
        prefixes = (".".join(names[:depth]) for depth in range(1, len(names)))
        return next((prefix for prefix in prefixes if not self._is_open(prefix)), path)

    def _repeats(self, original: _Span, before: _Span, child: _Span) -> bool:
        """Whether ``child`` comes right after ``before``, reads only its output, and does the same as ``original``."""
        if child.path not in self._spans or child.start != before.end + 1 or not child.whole or not before.whole:
            return False
        if child.end - child.start != original.end - original.start:
            return False
        reads = {i for node in self._of(child) for i in node.inputs if i < child.start}
        if reads != {before.end} or self._classes.get(child.path) != self._classes.get(original.path):
            return False
        pairs = zip(self._of(original), self._of(child), strict=True)
        return all(_same(a, b, original, child) for a, b in pairs)

    def _of(self, span: _Span) -> Sequence[Node]:
        return self._nodes[span.start : span.end + 1]


@dataclass(frozen=True, slots=True)
class _Span:
    """A module or op among its siblings: the positions of its first and last node; ``whole``: all between are in it."""

    path: str
    start: int
    end: int
    whole: bool


def _same(a: Node, b: Node, original: _Span, copy: _Span) -> bool:
    inner = a.path[len(original.path) :] == b.path[len(copy.path) :] and a.layer == b.layer
    costs = (a.out_shape, a.params, a.macs) == (b.out_shape, b.params, b.macs)
    wired = [max(i - original.start, -1) for i in a.inputs] == [max(i - copy.start, -1) for i in b.inputs]
    return inner and costs and wired


def depth_of(analysis: ModuleAnalysis) -> int:
    """How many levels the tree of a network has."""
    return max((node.path.count(".") + 1 for node in analysis.nodes), default=1)


def main_node(nodes: Sequence[Node]) -> Node | None:
    """The convolution or linear layer that only normalisation, activation and the like follow or precede."""
    main = [node for node in nodes if node.layer.rules.weights == "filters"]
    others = all(node.layer.kind in _COMPANIONS for node in nodes if node not in main)
    return main[0] if len(main) == 1 and others else None


def _units(nodes: Sequence[Node]) -> frozenset[str]:
    inside: dict[str, list[Node]] = {}
    for node in nodes:
        names = node.path.split(".")
        for depth in range(1, len(names)):
            inside.setdefault(".".join(names[:depth]), []).append(node)
    return frozenset(path for path, own in inside.items() if main_node(own))


def _spans(nodes: Sequence[Node]) -> Mapping[str, Sequence[_Span]]:
    """The children of every module, in order. A module of which a node has the very path is a node with others in it,
    and cannot be opened."""
    own = {node.path for node in nodes}
    positions: dict[str, dict[str, list[int]]] = {}
    for i, node in enumerate(nodes):
        parent = ""
        for path in _prefixes(node.path, own):
            positions.setdefault(parent, {}).setdefault(path, []).append(i)
            parent = path
    return {
        parent: [_Span(path, of[0], of[-1], of[-1] - of[0] + 1 == len(of)) for path, of in children.items()]
        for parent, children in positions.items()
    }


def _prefixes(path: str, own: set[str]) -> Iterator[str]:
    names = path.split(".")
    for depth in range(1, len(names) + 1):
        prefix = ".".join(names[:depth])
        yield prefix
        if prefix in own:
            return
