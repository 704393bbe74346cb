"""A network that a person names or brings as a file, analysed; and the same as plain values, for files and programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path, PurePath

from inception_models.arch.shapes import Shape

from ..common.text import spreadsheet_text
from .analysed import ModuleAnalysis
from .hierarchy import ModulePart, module_parts

ALL_LEVELS = 64  # more than any module tree has


def is_onnx(source: str) -> bool:
    """Whether a source is a file that is read as ONNX."""
    return PurePath(source).suffix.lower() == ".onnx"


def inspected_here(source: str, shape: Shape | None) -> ModuleAnalysis:
    """All numbers of the network that ``source`` names, for an input of ``shape`` or of the one that it is made for.

    Raises:
        ValueError: with one sentence, where there is no such network or it cannot be counted.
        OSError: where the file cannot be opened.
    """
    if is_onnx(source):
        from .onnx_files.analysis import analyze_onnx

        return analyze_onnx(Path(source), shape)
    from .module_analysis import analyze_module
    from .sources import brought_module

    brought = brought_module(source)
    if (shape := shape or brought.shape) is None:
        raise ValueError(f"The shape of an input is needed for {source}, such as 3,224,224.")
    return analyze_module(brought.module, shape)


def inspected(source: str, shape: Shape | None) -> ModuleAnalysis:
    """The same; a file, which may be damaged or hostile, is read in a process of its own."""
    from .apart import inspected_apart

    return inspected_apart(source, shape) if is_onnx(source) else inspected_here(source, shape)


def parsed_shape(text: str) -> Shape | None:
    """The shape of an input as a person types it: ``224`` of a picture, ``3,224,224``; None of an empty text.

    Raises:
        ValueError: where it is not made of positive whole numbers.
    """
    if not text.strip():
        return None
    try:
        sides = tuple(int(side) for side in text.replace("×", ",").replace("x", ",").split(","))
    except ValueError as problem:
        raise ValueError(f"An input shape is whole numbers such as 3,224,224, not {text[:40]!r}.") from problem
    if any(side < 1 for side in sides):
        raise ValueError(f"An input shape is made of positive whole numbers, not {text[:40]!r}.")
    return (3, *sides * 2) if len(sides) == 1 else sides


def inspection_of(source: str, analysis: ModuleAnalysis, depth: int = ALL_LEVELS) -> dict[str, object]:
    """Counts are exact, ``flops`` are 2 x ``macs``, shapes without the batch; parts down to ``depth`` levels."""
    return {
        "source": source,
        "input_shape": list(analysis.in_shape),
        "params": analysis.params,
        "idle_params": analysis.idle_params,
        "macs": analysis.macs,
        "flops": analysis.flops,
        "traced_with": analysis.traced_with,
        "parts": list(map(part_values, module_parts(analysis, depth))),
    }


def part_values(part: ModulePart) -> dict[str, object]:
    """One part as plain values. ``receptive_field``: (height, width) in pixels, None where it is not known."""
    return {
        "path": part.path,
        "what": part.what,
        "branches": part.branches,
        "out_shape": list(part.out_shape),
        "params": part.params,
        "macs": part.macs,
        "receptive_field": None if part.field is None else [side.size for side in part.field],
    }


def parts_csv(analysis: ModuleAnalysis) -> str:
    """The layers of a network as CSV, in the order of the forward pass; their costs add up to the whole's."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("path", "what", "output", "params", "macs", "field_height", "field_width"))
    writer.writerows(_cells(analysis))
    return text.getvalue()


def _cells(analysis: ModuleAnalysis) -> Iterator[tuple[object, ...]]:
    for part in module_parts(analysis, ALL_LEVELS):
        height, width = ("", "") if part.field is None else (part.field[0].size, part.field[1].size)
        path, what = spreadsheet_text(part.path), spreadsheet_text(part.what)
        yield (path, what, "x".join(map(str, part.out_shape)), part.params, part.macs, height, width)
