"""A comparison as JSON."""

from __future__ import annotations

from dataclasses import asdict

from .comparison import COMPARED, Comparison
from .stage_parts import StageSide


def comparison_of(comparison: Comparison) -> dict[str, object]:
    """What ``compare --json`` prints, and the page saves. Differences are from the first network."""
    return {
        "networks": [
            {"name": name, "input_shape": list(shape)}
            for name, shape in zip(comparison.names, comparison.in_shapes, strict=True)
        ],
        "totals": {
            name: {"values": list(number.values), "differences": list(number.differences)}
            for name, number in ((name, comparison.number(name)) for name in COMPARED)
        },
        "stages": [[_stage_of(side) for side in row] for row in comparison.rows],
        "differences": [
            {"sentences": list(difference.sentences), "parts": [asdict(part) for part in difference.parts]}
            for difference in comparison.differences
        ],
    }


def _stage_of(side: StageSide | None) -> dict[str, object] | None:
    if side is None:
        return None
    return {
        "name": side.name,
        "what": side.words,
        "out_shape": list(side.out_shape),
        "params": side.params,
        "macs": side.macs,
        "peak_bytes": side.peak_bytes,
        "field_px": side.field_px,
        "aux": side.aux,
    }
