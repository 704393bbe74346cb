"""Table 1 of GoogLeNet on the real component, with cost formulas simple enough to check by hand.

Run by test_width_table.py. In the address, ?height=420 limits the height, ?work=0.3 makes every run take that many
seconds, and ?changes adds a table as soon as something is changed.
"""

import re
import time
from collections.abc import Mapping

import streamlit as st

from app.frontend.components.width_table import Column, Row, Table, TextCell, WidthCell, width_table

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
    *COSTS,
)
STEM_COLUMNS = (Column("width", "filters", "filters of the convolution"), *COSTS)

widths: dict[str, int] = st.session_state.setdefault("widths", dict(ORIGINAL))
errors: dict[str, tuple[str, str]] = st.session_state.setdefault("errors", {})
log: list[str] = st.session_state.setdefault("log", [])


def edit(typed: Mapping[str, str]) -> None:
    log.append(f"edit {dict(typed)}")
    for path, text in typed.items():
        if re.fullmatch(r"\d+", text) and LOW <= int(text) <= HIGH:
            widths[path] = int(text)
            errors.pop(path, None)
        else:
            errors[path] = (text, f"{path}: “{text}” is not a whole number from {LOW} to {HIGH}.")


def reset(paths: tuple[str, ...]) -> None:
    log.append(f"reset {list(paths)}")
    for path in paths:
        widths[path] = ORIGINAL[path]
        errors.pop(path, None)


def select(path: str) -> None:
    log.append(f"select {path}")
    st.session_state.selected = path


def width_cell(path: str) -> WidthCell:
    typed, error = errors.get(path, (None, None))
    return WidthCell(path, widths[path], ORIGINAL[path], LOW, HIGH, error, typed)


def module_params(name: str, channels: int, of: Mapping[str, int]) -> tuple[int, int]:
    """Weights of a module (no biases) and its output channels."""
    one, reduce3, three, reduce5, five, proj = (of[f"{name}.{field}"] for field in FIELDS)
    first = channels * (one + reduce3 + reduce5 + proj)
    return first + 9 * reduce3 * three + 25 * reduce5 * five, one + three + five + proj


def costs(of: Mapping[str, int]) -> dict[str, tuple[int, int, int]]:
    """{row: (weights, output channels, grid)} down the network."""
    found: dict[str, tuple[int, int, int]] = {}
    channels = 3
    for name, (grid, kernel, _) in STEM.items():
        found[name] = (channels * of[name] * kernel**2, of[name], grid)
        channels = of[name]
    for name, (grid, _) in MODULES.items():
        params, channels = module_params(name, channels, of)
        found[name] = (params, channels, grid)
    return found


def short(count: int) -> str:
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return str(count)


def cost_cells(name: str) -> dict[str, WidthCell | TextCell]:
    params, channels, grid = now[name]
    before = base[name][0]
    delta = None if params == before else f"{100 * (params / before - 1):+.1f} %".replace("-", "−")
    macs = params * grid**2
    return {
        "out": TextCell(f"{channels}×{grid}×{grid}"),
        "params": TextCell(short(params), f"{params:,}", delta=delta, better=params < before),
        "macs": TextCell(short(macs), f"{macs:,}"),
        "share": TextCell(f"{100 * macs / total:.1f}", share=macs / most),
    }


def module_row(name: str) -> Row:
    return Row(name, name, {**{field: width_cell(f"{name}.{field}") for field in FIELDS}, **cost_cells(name)})


def pool_row(name: str, channels: int, grid: int) -> Row:
    return Row(name, name, {"out": TextCell(f"{channels}×{grid}×{grid}")}, "pool")


now, base = costs(widths), costs(ORIGINAL)
all_macs = [params * grid**2 for params, _, grid in now.values()]
total, most = sum(all_macs), max(all_macs)

stem = [Row(name, name, {"width": width_cell(name), **cost_cells(name)}, "stem") for name in STEM]
modules = [module_row(name) for name in MODULES]
modules.insert(2, pool_row("pool3", now["inception3b"][1], 14))
modules.insert(8, pool_row("pool4", now["inception4e"][1], 7))
stem.insert(1, pool_row("pool1", widths["conv1"], 56))
stem.append(pool_row("pool2", widths["conv2.conv"], 28))

tables = [Table("Stem", STEM_COLUMNS, tuple(stem)), Table("Inception modules", MODULE_COLUMNS, tuple(modules))]
changed = [path for path in widths if widths[path] != ORIGINAL[path]]
if "changes" in st.query_params and changed:
    rows = tuple(Row(f"change {path}", path, {"to": TextCell(str(widths[path]))}) for path in changed)
    tables.insert(0, Table("Changes", (Column("to", "new width"),), rows))

st.set_page_config(layout="wide")
time.sleep(float(st.query_params.get("work", "0")))  # stands for the analysis of a large network
width_table(
    tables,
    selected=st.session_state.get("selected"),
    key="table",
    on_edit=edit,
    on_reset=reset,
    on_select=select,
    height_px=int(st.query_params["height"]) if "height" in st.query_params else None,
)
st.code("\n".join(log), language=None)
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"run {st.session_state.runs}")
