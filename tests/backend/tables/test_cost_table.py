"""The table against the graph that it sums up, against the analysis, and against itself read back from files."""

from __future__ import annotations

import csv
import io
import json

import pytest

from app.backend import Analysis, analyze
from app.backend.analysis.graph import elements
from app.backend.common.dtypes import ELEMENT_BYTES, Dtype
from app.backend.tables.cost_table import COLUMNS, CostRow, CostTable, cost_table, csv_values, table_csv, table_json
from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.edits.depth import with_repeats

VARIANTS = list(ARCHITECTURES.values())
keys = pytest.mark.parametrize("arch", VARIANTS, ids=lambda arch: arch.key)


def made(arch: Arch, dtype: Dtype = "float32", batch: int = 1) -> tuple[Analysis, CostTable, dict[str, CostRow]]:
    analysis = analyze(arch)
    table = cost_table(analysis, analyze(ARCHITECTURES[arch.key]), dtype, batch)
    return analysis, table, {row.path: row for row in table.rows}


@keys
def test_paths_are_unique_and_every_editable_width_has_a_row(arch: Arch) -> None:
    _, table, rows = made(arch)
    assert len(rows) == len(table.rows)
    for path in widths(arch):
        stage, _, inner = path.partition(".")
        assert path in rows or f"{stage}.0.{inner}" in rows, path


@keys
def test_totals_are_those_of_the_analysis(arch: Arch) -> None:
    analysis, _, rows = made(arch)
    whole = rows[""]
    assert (whole.params, whole.macs, whole.flops) == (analysis.params, analysis.macs, analysis.flops)
    assert whole.activation_bytes == 4 * analysis.activation_elements
    assert whole.params_share == whole.macs_share == 1
    for stage in (*analysis.stages, *analysis.aux):
        row = rows[stage.name]
        assert (row.params, row.macs, row.out_shape) == (stage.params, stage.macs, stage.out_shape)
        assert row.activation_bytes == 4 * stage.activation_elements
    for stage in analysis.stages:
        assert rows[stage.name].field == analysis.field(stage.name)


@keys
def test_a_part_is_the_sum_of_what_stands_below_it(arch: Arch) -> None:
    analysis, table, rows = made(arch)
    heads = {head.name for head in analysis.aux}
    sums: dict[str, list[int]] = {}
    for row in table.rows:
        if row.path and row.path not in heads:
            above = row.path.rpartition(".")[0]
            while above not in rows:  # a layer's path can have a name more than its op's
                above = above.rpartition(".")[0]
            counts = (row.params, row.macs, row.activation_bytes, row.moved_bytes)
            sums[above] = [a + b for a, b in zip(sums.get(above, [0] * 4), counts, strict=True)]
    for path, total in sums.items():
        row = rows[path]
        assert total == [row.params, row.macs, row.activation_bytes, row.moved_bytes], path


@keys
def test_layers_are_the_nodes_of_the_graph(arch: Arch) -> None:
    analysis, table, rows = made(arch)
    leaves = {row.path for row in table.rows if not any(p.startswith(f"{row.path}.") for p in rows) and row.path}
    nodes = {path: node for path, node in analysis.graph.nodes.items() if path != "input"}
    assert leaves == set(nodes)
    for path, node in nodes.items():
        row = rows[path]
        assert (row.params, row.macs, row.out_shape, row.field) == (node.params, node.macs, node.out_shape, node.field)


@pytest.mark.parametrize("dtype, batch", [("float32", 1), ("bfloat16", 1), ("int8", 16)])
def test_bytes_and_intensity_of_a_convolution(dtype: Dtype, batch: int) -> None:
    size = ELEMENT_BYTES[dtype]
    analysis, _, rows = made(ARCHITECTURES["googlenet"], dtype, batch)
    row = rows["conv1_7x7_s2.conv"]
    node = analysis.graph.nodes[row.path]
    assert row.weight_bytes == (7 * 7 * 3 + 1) * 64 * size
    assert row.activation_bytes == batch * 64 * 112 * 112 * size
    assert row.moved_bytes == row.weight_bytes + batch * (elements((3, 224, 224)) + node.elements) * size
    assert row.intensity == batch * 2 * node.macs / row.moved_bytes
    assert row.macs == node.macs  # of one picture, whatever the batch


def test_what_moves_through_a_join_an_addition_and_a_view() -> None:
    _, _, rows = made(ARCHITECTURES["inception_resnet_v1"])
    block, out = "block35.0", elements(rows["block35.0"].out_shape)
    assert rows[f"{block}.add"].moved_bytes == 4 * 3 * out
    joined = elements(rows[f"{block}.concat"].out_shape)
    assert rows[f"{block}.concat"].moved_bytes == 4 * 2 * joined
    assert rows["fc.flatten"].moved_bytes == rows["fc.flatten"].activation_bytes == 0


def test_changes_are_differences_from_the_published_network() -> None:
    arch = with_widths(ARCHITECTURES["googlenet"], {"inception4e.branch5x5.conv": 160})
    analysis, table, rows = made(arch)
    before = analyze(ARCHITECTURES["googlenet"])
    assert rows[""].params_change == analysis.params - before.params
    assert rows["inception4e.branch5x5.conv"].params_change == 32 * (25 * 32 + 1)
    assert rows["inception4e.branch5x5.reduce"].params_change == 0
    changed = {row.path.partition(".")[0] for row in table.rows if row.macs_change}
    assert changed == {"", "inception4e", "inception5a"}


def test_a_part_that_was_not_published_has_no_difference() -> None:
    _, _, rows = made(with_repeats(ARCHITECTURES["inception_resnet_v1"], {"block35": 6}))
    assert rows["block35.5.proj"].params_change is None
    assert rows["block35.4.proj"].params_change == 0
    assert rows["block35"].params_change == rows["block35.5"].params


def test_heads_have_no_share() -> None:
    _, table, rows = made(ARCHITECTURES["googlenet"])
    assert rows["aux1.fc1"].params_share is None
    assert table.rows[0].path == ""
    assert table.rows[-1].path.startswith("aux2")


def test_columns_hold_what_their_names_say() -> None:
    _, table, _ = made(with_widths(ARCHITECTURES["inception_v3"], {"Mixed_5b.branch1x1.conv": 8}))
    for row in table.rows:
        values = dict(zip(COLUMNS, csv_values(row), strict=True))
        for name in set(COLUMNS) & {*CostRow._fields, "flops"} - {"out_shape"}:
            assert values[name] == getattr(row, name)
        field = row.field or (None, None)
        assert values["field_height_px"] == (field[0] and field[0].size)
        assert values["field_left_px"] == (field[1] and field[1].start)


def test_csv_reads_back_exactly() -> None:
    _, table, _ = made(ARCHITECTURES["inception_v3"], "bfloat16", 4)
    head, *lines = csv.reader(io.StringIO(table_csv(table.rows)))
    assert tuple(head) == tuple(COLUMNS)
    for row, line in zip(table.rows, lines, strict=True):
        assert ["" if cell is None else str(cell) for cell in csv_values(row)] == line


def test_json_reads_back_exactly() -> None:
    _, table, _ = made(ARCHITECTURES["inception_v3"], "bfloat16", 4)
    back = json.loads(table_json(table))
    assert (back["variant"], back["input_size"], back["dtype"], back["batch"]) == ("inception_v3", 299, "bfloat16", 4)
    for row, entry in zip(table.rows, back["rows"], strict=True):
        assert tuple(entry) == tuple(COLUMNS)
        assert tuple(entry.values()) == csv_values(row)


def test_words_say_what_a_part_does() -> None:
    _, _, rows = made(ARCHITECTURES["inception_v3"])
    assert rows["Conv2d_1a_3x3"].what == "3×3/2 + BatchNorm + ReLU"
    assert rows["Mixed_7b"].what == "4 branches"
    assert rows["Mixed_7b.branch3x3"].what == "1×1 → 1×3 | 3×1"
    assert rows["Mixed_7b.branch3x3.fork"].what == "1×3 | 3×1"
    assert rows[""].what == f"{len(ARCHITECTURES['inception_v3'].stages)} stages"
