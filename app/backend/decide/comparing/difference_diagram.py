"""Two networks in one diagram, in the looks of a network's own: what is added, removed, changed, and what only follows.

Each fate has a mark in front of the name beside its colour, and added and changed parts have a thick border, so nothing
is told by colour alone. Stages that are the same are one box; of others every op that differs is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead

from ...analysis.graph import unused
from ...common.colours import THEMES, ThemeName, ink
from ...common.quantity import shape_text, short
from ...diagram.box_plan import BoxSize, EdgeRole
from ...diagram.export import FigureFormat, figure_file
from ...diagram.labels import LAYER_NAMES, readable
from ...diagram.lettering import NAME_SIZE, NUMBER_SIZE, fitted_text
from ...diagram.options import Direction
from ...diagram.scene import ClusterTree, Topology
from ...diagram.styles import BOX_SIZES, CLUSTER_LABEL_WIDTH, BoxStyle, DiagramStyle, EdgeStyle
from ...diagram.svg import Drawing, drawing_of
from .comparison import Comparison, Fate, OpPair, StagePair

FORMATS: tuple[FigureFormat, ...] = ("svg", "pdf", "png")
ShownFate = Fate | Literal["same"]
MARKS: Mapping[ShownFate, str] = {"added": "+ ", "removed": "− ", "changed": "≠ ", "follows": "→ ", "same": ""}
# Okabe and Ito's, which the colour-blind can tell apart.
COLOURS: Mapping[ShownFate, str] = {
    "added": "#56B4E9",
    "removed": "#D55E00",
    "changed": "#F0E442",
    "follows": "#FBF6B8",
}
NAMES: Mapping[ShownFate, str] = {
    "added": "+ added",
    "removed": "− removed",
    "changed": "≠ changed",
    "follows": "→ reads something else",
}


def draw_differences(
    comparison: Comparison,
    other: int = 1,
    theme: ThemeName = "light",
    direction: Direction = "TB",
    explained: bool = False,
) -> Drawing:
    """The first network of a comparison and the one at position ``other`` in one diagram.

    ``explained``: what the marks mean is a part of it, as for a file.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
    """
    difference = comparison.differences[other - 1]
    builder = _Builder(theme, direction)
    if explained:
        builder.explain()
    builder.head(comparison.names[0], comparison.names[other], difference.sentences)
    for pair in difference.stages:
        builder.stage(pair)
    return builder.drawing()


def differences_as_file(comparison: Comparison, fmt: FigureFormat, other: int = 1, theme: ThemeName = "light") -> bytes:
    """The same, explained, on the theme's background as a file. Raises what :func:`draw_differences` does."""
    return figure_file(draw_differences(comparison, other, theme, explained=True), fmt)


@dataclass(slots=True)
class _Builder:
    theme: ThemeName
    direction: Direction
    boxes: dict[str, tuple[BoxSize, BoxStyle]] = field(default_factory=dict)
    edges: list[tuple[str, str, EdgeRole, Shape]] = field(default_factory=list)
    trees: list[ClusterTree] = field(default_factory=list)
    clusters: dict[str, BoxStyle] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    ends: dict[str, str] = field(default_factory=dict)  # the box of the output of every stage
    before: str = ""
    shape: Shape = ()

    def drawing(self) -> Drawing:
        topology = Topology(
            self.direction,
            tuple((path, size) for path, (size, _) in self.boxes.items()),
            tuple((tail, head, role) for tail, head, role, _ in self.edges),
            tuple(self.trees),
            labelled=False,
        )
        style = DiagramStyle(
            THEMES[self.theme],
            tuple(look for _, look in self.boxes.values()),
            tuple(EdgeStyle(shape_text(shape), role, 0.1) for *_, role, shape in self.edges),
            self.clusters,
            tuple((COLOURS[fate], name) for fate, name in NAMES.items()),
        )
        return drawing_of(topology, style)

    def explain(self) -> None:
        """What the marks mean, in a frame."""
        marks = []
        for fate, name in NAMES.items():
            _, style = self.look(fate, ("",), name, "legend")
            marks.append(self.add(name, "thin", (name,), style))
        theme = THEMES[self.theme]
        title = (fitted_text("what the marks mean", CLUSTER_LABEL_WIDTH, NAME_SIZE, True),)
        self.trees.append(ClusterTree("legend", tuple(marks), (tuple(marks),)))
        self.clusters["legend"] = BoxStyle(title, theme.block, theme.border, theme.text, "kind-block", "", False, ())

    def head(self, a: str, b: str, sentences: tuple[str, ...]) -> None:
        """The two networks' names."""
        lines, style = self.look("same", (a, f"→ {b}"), "\n".join((f"{a} → {b}", *sentences)), "input")
        self.before = self.ends["input"] = self.add("input", "stage", lines, style)

    def add(self, path: str, size: BoxSize, lines: tuple[str, ...], style: BoxStyle) -> str:
        """A box; returns the path that it has in the diagram."""
        path = unused(path, self.taken)
        width = BOX_SIZES[size][0]
        name, number = (NAME_SIZE, False), (NUMBER_SIZE, True)
        fonts = {"stage": (number, name), "thin": (name,)}.get(size, (name, number))
        texts = tuple(fitted_text(text, width, *font) for text, font in zip(lines, fonts, strict=True))
        self.boxes[path] = size, style._replace(lines=texts)
        return path

    def look(self, fate: ShownFate, lines: tuple[str, ...], tip: str, kind: str) -> tuple[tuple[str, ...], BoxStyle]:
        theme = THEMES[self.theme]
        fill = COLOURS.get(fate, theme.quiet)
        strong = fate in ("added", "changed")
        border = theme.mark if strong else theme.border
        style = BoxStyle((), fill, border, ink(fill), f"kind-{kind} fate-{fate}", tip, strong, ())
        return (f"{MARKS[fate]}{lines[0]}", *lines[1:]), style

    def stage(self, pair: StagePair) -> None:
        side = pair.b or pair.a
        assert side is not None, "a pair has at least one side"
        shown = [op for op in pair.ops if op.fate in ("added", "removed", "changed")]
        if shown and len(pair.ops) > 1:
            self.block(side.name, pair)
        else:
            sentences = pair.sentences + tuple(text for op in pair.ops for text in op.sentences)
            line = _short(sentences[0], side.name) if sentences else _cost(pair)
            tip = "\n".join((side.name, *sentences, _cost(pair)))
            box = self.add(side.name, "stage", *self.look(pair.fate, (readable(side.name), line), tip, "block"))
            tap = side.spec.tap if isinstance(side.spec, AuxHead) else ""
            role: EdgeRole = "aux" if side.aux else ""
            self.edges.append((self.ends.get(tap, self.before), box, role, self.shape))
            self.before = self.ends[side.name] = box
        self.shape = side.out_shape

    def block(self, name: str, pair: StagePair) -> None:
        """A frame around the ops of a stage in which some differ, a column for each branch."""
        tap = next((side.spec.tap for side in (pair.b, pair.a) if side and isinstance(side.spec, AuxHead)), "")
        entering = self.ends.get(tap, self.before)
        role: EdgeRole = "aux" if tap else ""
        ends, members, first_row = [], [], []
        for _, ops in groupby(pair.ops, key=_branch):
            read = entering
            for number, op in enumerate(ops):
                path = self.op(name, op)
                self.edges.append((read, path, "" if number else role, self.shape))
                members.append(path)
                first_row += [] if number else [path]
                read = path
            ends.append(read)
        meet = self.add(f"{name}.join", "thin", *self.look("same", (LAYER_NAMES["concat"],), name, "concat"))
        self.edges += [(end, meet, "", self.shape) for end in ends]
        self.before = self.ends[name] = meet
        cluster = unused(f"{name}.stage", self.taken)
        rows = (tuple(first_row),)
        self.trees.append(ClusterTree(cluster, (*members, meet), rows, (entering, meet)))
        self.clusters[cluster] = self.frame(name, pair)

    def op(self, stage: str, pair: OpPair) -> str:
        side = pair.b or pair.a
        assert side is not None, "a pair has at least one side"
        main = _short(pair.sentences[0], f"{stage}.{side.path}") if pair.sentences else _cost(pair)
        words = side.words.replace("convolution", "conv")  # so that it fits
        lines = side.path.rpartition(".")[2], main if pair.fate == "changed" else words
        tip = "\n".join((f"{stage}.{side.path}", *pair.sentences, _cost(pair)))
        return self.add(f"{stage}.{side.path}", "op", *self.look(pair.fate, lines, tip, "op"))

    def frame(self, name: str, pair: StagePair) -> BoxStyle:
        theme = THEMES[self.theme]
        words = " · ".join(
            (f"{MARKS['changed']}{readable(name)}", *(_short(text, name) for text in pair.sentences), _cost(pair))
        )
        tip = "\n".join((name, *pair.sentences, _cost(pair)))
        lines = (fitted_text(words, CLUSTER_LABEL_WIDTH, NAME_SIZE, True),)
        return BoxStyle(lines, theme.block, theme.mark, theme.text, "kind-block fate-changed", tip, True, ())


def _branch(pair: OpPair) -> str:
    side = pair.b or pair.a
    assert side is not None, "a pair has at least one side"
    return side.branch


def _short(sentence: str, path: str) -> str:
    """A sentence about the part at ``path`` without its name."""
    return sentence.removeprefix(path).lstrip(": ")


def _cost(pair: StagePair | OpPair) -> str:
    """The difference in MACs and parameters, in few words."""
    words = list(_differences(pair))
    return ", ".join(words) if words else "costs the same"


def _differences(pair: StagePair | OpPair) -> Iterator[str]:
    for name in ("macs", "params"):
        sides = [getattr(side, name) if side is not None else 0 for side in (pair.a, pair.b)]
        change = sides[1] - sides[0]
        if change:
            size = short(change, "MACs") if name == "macs" else f"{short(change)} params"
            yield f"{'+' if change > 0 else ''}{size}"
