"""The diagram of a person's own network, in the looks of the family's: a box's text and colour, and the legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..analysis.graph import elements
from ..common.colours import BRANCH_COLOURS, BRANCH_NAMES, THEMES, Theme, ThemeName, ink, lighter
from ..common.quantity import float32_bytes, shape_text
from ..foreign.analysed import ModuleAnalysis
from ..foreign.view import ModuleView
from .export import FigureFormat, figure_file
from .heat import HeatMap
from .labels import field_line, readable
from .lettering import NAME_SIZE, NUMBER_SIZE, TextLine, fitted_text
from .module_scene import ModuleBox, ModuleFrame, ModuleScene, box_size, module_scene
from .options import Direction
from .styles import BOX_SIZES, CLUSTER_LABEL_WIDTH, BoxStyle, DiagramStyle, EdgeStyle
from .svg import Drawing, drawing_of

ModuleColor = Literal["kind", "params", "macs", "share", "memory", "field"]


@dataclass(frozen=True, slots=True)
class ModuleDiagramOptions:
    """How the diagram of a person's own network is drawn; ``color_by`` as in :class:`.options.DiagramOptions`."""

    view: ModuleView
    color_by: ModuleColor = "kind"
    direction: Direction = "TB"
    theme: ThemeName = "light"


def draw_modules(analysis: ModuleAnalysis, options: ModuleDiagramOptions) -> Drawing:
    """The diagram as ``options`` want it.

    Raises:
        LayoutError: where no Graphviz program is found, or none can lay it out.
        ValueError: where it would have too many boxes.
    """
    shown = module_scene(analysis, options.view, options.direction)
    return drawing_of(shown.topology, _Styler(analysis, shown, options).style())


def modules_as_file(analysis: ModuleAnalysis, fmt: FigureFormat, options: ModuleDiagramOptions) -> bytes:
    """The diagram on the theme's background as a file, with its fonts. Raises as :func:`draw_modules` does."""
    return figure_file(draw_modules(analysis, options), fmt)


class _Styler:
    def __init__(self, analysis: ModuleAnalysis, shown: ModuleScene, options: ModuleDiagramOptions) -> None:
        self.analysis, self.shown, self.options = analysis, shown, options
        self.theme: Theme = THEMES[options.theme]
        most = max((self._value(box) for box in shown.boxes), default=0)
        self.heat = HeatMap(options.color_by, most, analysis.macs if options.color_by == "share" else 0)

    def style(self) -> DiagramStyle:
        shown = self.shown
        most = max(map(elements, shown.edge_shapes), default=1)
        edges = (EdgeStyle(shape_text(shape), "", elements(shape) / max(most, 1)) for shape in shown.edge_shapes)
        present = {box.branch for box in shown.boxes} | {kind for box in shown.boxes for kind, _ in box.bars}
        kinds = tuple((colour, BRANCH_NAMES[kind]) for kind, colour in BRANCH_COLOURS.items() if kind in present)
        return DiagramStyle(
            self.theme,
            (self._input(), *map(self._box, shown.boxes)),
            tuple(edges),
            {path: self._frame(frame) for path, frame in shown.frames.items()},
            kinds if self.options.color_by == "kind" else self.heat.scale(),
        )

    def _input(self) -> BoxStyle:
        shape, width = shape_text(self.analysis.in_shape), BOX_SIZES["trunk"][0]
        lines = (fitted_text("input", width, NAME_SIZE), fitted_text(shape, width, NUMBER_SIZE, True))
        return self._look(lines, self.theme.quiet, "kind-input", f"{self.shown.input_path}\n{shape}")

    def _box(self, box: ModuleBox) -> BoxStyle:
        value = self._value(box)
        kind = box.layer.layer.kind if box.layer else "block"
        total = sum(channels for _, channels in box.bars)
        bars = tuple((BRANCH_COLOURS[branch], channels / total) for branch, channels in box.bars)
        shown_bars = bars if self.options.color_by == "kind" and not box.layer else ()
        return self._look(self._lines(box, value), self._fill(box, value), f"kind-{kind}", _tip(box), shown_bars)

    def _lines(self, box: ModuleBox, value: float) -> tuple[TextLine, ...]:
        cost = f" · {self.heat.text(value)}" if value else ""
        if box_size(box) == "stage":
            width = BOX_SIZES["stage"][0]
            name = f"{_layer_words(box)} × {box.times}" if box.times > 1 else readable(short_name(box.path))
            below = f"from {short_name(box.path)}" if box.times > 1 else _what(box.what, len(box.bars))
            below += cost or f" · {shape_text(box.out_shape)}"
            return fitted_text(name, width, NUMBER_SIZE, True), fitted_text(below, width, NAME_SIZE)
        width = BOX_SIZES["op"][0]
        name = _layer_words(box)
        if box_size(box) == "thin":
            return (fitted_text(name, width, NAME_SIZE),)
        return fitted_text(name + cost, width, NAME_SIZE), fitted_text(
            shape_text(box.out_shape), width, NUMBER_SIZE, True
        )

    def _fill(self, box: ModuleBox, value: float) -> str:
        if value:
            return self.heat.colour(value)
        if self.options.color_by != "kind":
            return self.theme.quiet
        main = any(node.layer.rules.is_main for node in box.nodes)
        if box.branch is not None and main:
            colour = BRANCH_COLOURS[box.branch]
            return lighter(colour) if box.reduces else colour
        if not box.layer:
            return self.theme.block
        return self.theme.trunk if box.layer.layer.rules.weights == "filters" else self.theme.quiet

    def _frame(self, frame: ModuleFrame) -> BoxStyle:
        words = [f"{frame.what or 'equal'} × {frame.times}"] if frame.times > 1 else []
        words += [readable(short_name(frame.path))]
        words += [_what(frame.what, frame.branches)] if frame.times == 1 and frame.what else []
        lines = (fitted_text(" · ".join(words), CLUSTER_LABEL_WIDTH, NAME_SIZE, True),)
        copies = f" ({frame.times} copies together)" if frame.times > 1 else ""
        tip = "\n".join(
            (
                frame.path,
                _what(frame.what, frame.branches),
                f"output {shape_text(frame.out_shape)}",
                f"{frame.params:,} params, {frame.macs:,} MACs{copies}",
            )
        )
        return BoxStyle(lines, self.theme.block, self.theme.border, self.theme.text, "kind-block", tip, False, ())

    def _look(
        self, lines: tuple[TextLine, ...], fill: str, classes: str, tip: str, bars: tuple[tuple[str, float], ...] = ()
    ) -> BoxStyle:
        return BoxStyle(lines, fill, self.theme.border, ink(fill), classes, tip, False, bars)

    def _value(self, box: ModuleBox) -> float:
        """What the colour of a box shows; zero has no colour on the scale."""
        match self.options.color_by:
            case "kind":
                return 0
            case "params":
                return box.params
            case "macs" | "share":
                return box.macs
            case "memory":
                return float32_bytes(elements(box.out_shape))
            case "field":
                return max(side.size for side in box.field) if box.field else 0


def short_name(path: str) -> str:
    """The end of a path that tells a module from its neighbours: ``3.attn`` of ``blocks.3.attn``, ``layer1.0``."""
    names = path.split(".")
    return ".".join(names[-2:]) if len(names) > 1 and names[-1].isdecimal() else names[-1]


def _layer_words(box: ModuleBox) -> str:
    return f"conv {box.what}" if box.layer and box.layer.layer.kind == "conv" else box.what


def _what(name: str, branches: int) -> str:
    return f"{name}: {branches} branches" if branches else name


def _tip(box: ModuleBox) -> str:
    copies = f" ({box.times} copies together)" if box.times > 1 else ""
    return "\n".join(
        (
            box.path,
            _what(box.what, len(box.bars)),
            f"{shape_text(box.in_shape)} → {shape_text(box.out_shape)}",
            f"{box.params:,} params, {box.macs:,} MACs{copies}",
            field_line(box.field) if box.field else "receptive field: the whole input, or not known",
        )
    )
