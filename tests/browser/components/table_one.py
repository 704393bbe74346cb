"""Table 1 of GoogLeNet in the real component, with cost formulas simple enough to check by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.frontend.components.width_table import Column, Row, RowGroup, Table, TextCell, WidthCell, width_table

LOW, HIGH = 1, 4096
FIELDS = ("branch1x1.conv", "branch3x3.reduce", "branch3x3.conv", "branch5x5.reduce", "branch5x5.conv", "pool.proj")
MODULES = {  # module: grid, then the filters in the order of FIELDS (Szegedy et al. 2015, Table 1)
    "inception3a": (28, (64, 96, 128, 16, 32, 32)),
    "inception3b": (28, (128, 128, 192, 32, 96, 64)),
    "inception4a": (14, (192, 96, 208, 16, 48, 64)),
    "inception4b": (14, (160, 112, 224, 24, 64, 64)),
    "inception4c": (14, (128, 128, 256, 24, 64, 64)),
    "inception4d": (14, (112, 144, 288, 32, 64, 64)),
    "inception4e": (14, (256, 160, 320, 32, 128, 128)),
    "inception5a": (7, (256, 160, 320, 32, 128, 128)),
    "inception5b": (7, (384, 192, 384, 48, 128, 128)),
}
STEM = {"conv1": (112, 7, 64), "conv2.reduce": (56, 1, 64), "conv2.conv": (56, 3, 192)}  # name: grid, kernel, filters
ORIGINAL = {
    f"{name}.{field}": width for name, (_, row) in MODULES.items() for field, width in zip(FIELDS, row, strict=True)
}
ORIGINAL |= {name: width for name, (_, _, width) in STEM.items()}

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
COSTS = (
    Column("out", "output size", "channels x height x width"),
    Column("params", "params", "trainable parameters"),
    Column("macs", "MACs", "multiply-accumulates, batch 1"),
    Column("share", "% MACs", "share of all multiply-accumulates"),
)
MODULE_COLUMNS = (
    Column("branch1x1.conv", "1×1", "1x1 branch", BLUE),
    Column("branch3x3.reduce", "reduce", "1x1 reduction before the 3x3", ORANGE, True, "3×3"),
    Column("branch3x3.conv", "3×3", "3x3 branch", ORANGE, group="3×3"),
    Column("branch5x5.reduce", "reduce", "1x1 reduction before the 5x5", GREEN, True, "5×5"),
    Column("branch5x5.conv", "5×5", "5x5 branch", GREEN, group="5×5"),
    Column("pool.proj", "pool proj", "1x1 after the pool", PINK),
)
STEM_COLUMNS = (Column("width", "filters", "filters of the convolution"),)


@dataclass
class TableOne:
    """What the person typed, and what the component told, in order."""

    widths: dict[str, int] = field(default_factory=lambda: dict(ORIGINAL))
    errors: dict[str, tuple[str, str]] = field(default_factory=dict)  # path: text as typed, sentence
    log: list[str] = field(default_factory=list)
    selected: str | None = None

    def show(self, *, height_px: int | None = None, with_changes: bool = False) -> None:
        """``with_changes``: another group comes first as soon as something is changed."""
        width_table(
            self.table(with_changes),
            selected=self.selected,
            key="table",
            on_edit=self.edit,
            on_reset=self.reset,
            on_select=self.select,
            height_px=height_px,
        )

    def edit(self, typed: Mapping[str, str]) -> None:
        self.log.append(f"edit {dict(typed)}")
        for path, text in typed.items():
            if re.fullmatch(r"\d+", text) and LOW <= int(text) <= HIGH:
                self.widths[path] = int(text)
                self.errors.pop(path, None)
            else:
                self.errors[path] = (text, f"{path}: “{text}” is not a whole number from {LOW} to {HIGH}.")

    def reset(self, paths: tuple[str, ...]) -> None:
        self.log.append(f"reset {list(paths)}")
        for path in paths:
            self.widths[path] = ORIGINAL[path]
            self.errors.pop(path, None)

    def select(self, path: str) -> None:
        self.log.append(f"select {path}")
        self.selected = path

    def table(self, with_changes: bool) -> Table:
        now, before = costs(self.widths), costs(ORIGINAL)
        modules = [self._row(name, now, before) for name in MODULES]
        modules.insert(2, pool_row("pool3", now["inception3b"].channels, 14))
        modules.insert(8, pool_row("pool4", now["inception4e"].channels, 7))
        stem = [self._row(name, now, before) for name in STEM]
        stem.insert(1, pool_row("pool1", self.widths["conv1"], 56))
        stem.append(pool_row("pool2", self.widths["conv2.conv"], 28))
        groups = [RowGroup("Stem", STEM_COLUMNS, tuple(stem)), RowGroup("Modules", MODULE_COLUMNS, tuple(modules))]
        changed = {path: width for path, width in self.widths.items() if width != ORIGINAL[path]}
        if with_changes and changed:
            rows = (Row(f"change {path}", path, {"to": TextCell(str(width))}) for path, width in changed.items())
            groups.insert(0, RowGroup("Changes", (Column("to", "new width"),), tuple(rows)))
        return Table("Table 1", tuple(groups), COSTS)

    def _row(self, name: str, now: Mapping[str, Cost], before: Mapping[str, Cost]) -> Row:
        paths = {"width": name} if name in STEM else {key: f"{name}.{key}" for key in FIELDS}
        fields = {key: self._width_cell(path) for key, path in paths.items()}
        kind = "stem" if name in STEM else "stage"
        return Row(name, name, {**fields, **cost_cells(name, now, before)}, kind)

    def _width_cell(self, path: str) -> WidthCell:
        typed, error = self.errors.get(path, (None, None))
        return WidthCell(path, self.widths[path], ORIGINAL[path], LOW, HIGH, error, typed)


@dataclass(frozen=True)
class Cost:
    """Of one row: weights without biases, output channels, and the side of its square feature maps."""

    params: int
    channels: int
    grid: int

    @property
    def macs(self) -> int:
        return self.params * self.grid**2


def costs(widths: Mapping[str, int]) -> dict[str, Cost]:
    """Row after row down the network."""
    rows: dict[str, Cost] = {}
    channels = 3
    for name, (grid, kernel, _) in STEM.items():
        rows[name] = Cost(channels * widths[name] * kernel**2, widths[name], grid)
        channels = widths[name]
    for name, (grid, _) in MODULES.items():
        one, reduce3, three, reduce5, five, proj = (widths[f"{name}.{key}"] for key in FIELDS)
        params = channels * (one + reduce3 + reduce5 + proj) + 9 * reduce3 * three + 25 * reduce5 * five
        channels = one + three + five + proj
        rows[name] = Cost(params, channels, grid)
    return rows


def cost_cells(name: str, now: Mapping[str, Cost], before: Mapping[str, Cost]) -> dict[str, TextCell]:
    cost, was = now[name], before[name].params
    delta = None if cost.params == was else f"{100 * (cost.params / was - 1):+.1f}%".replace("-", "−")
    macs = [row.macs for row in now.values()]
    return {
        "out": TextCell(f"{cost.channels}×{cost.grid}×{cost.grid}"),
        "params": TextCell(short(cost.params), f"{cost.params:,}", delta=delta, better=cost.params < was),
        "macs": TextCell(short(cost.macs), f"{cost.macs:,}"),
        "share": TextCell(f"{100 * cost.macs / sum(macs):.1f}", share=cost.macs / max(macs)),
    }


def short(count: int) -> str:
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return str(count)


def pool_row(name: str, channels: int, grid: int) -> Row:
    return Row(name, name, {"out": TextCell(f"{channels}×{grid}×{grid}")}, "pool")
