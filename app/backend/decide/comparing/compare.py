"""Two to six networks side by side: totals, stages in pairs, and what differs, in words and with its cost.

Stages are matched by name and, where names differ, by the longest common sequence of blocks of one kind; the ops inside
likewise. What the differences cost adds up to the difference of the totals, so nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inception_models.arch.spec import Arch
from inception_models.edits.diff import changes

from ...analysis.network import Analysis, analyze
from ...foreign.analysed import ModuleAnalysis
from ...foreign.totals import network_totals
from ..totals import receptive_field_px
from .alignment import aligned
from .comparison import ComparedNumber, Comparison, NetworkDifference, PartDifferences
from .pairs import part_differences, stage_pair, stage_worth
from .stage_parts import StageSide, stage_sides

FEWEST, MOST = 2, 6  # networks
Comparable = Arch | Analysis | ModuleAnalysis


def compare(a: Comparable, b: Comparable, *others: Comparable, names: Sequence[str] = ()) -> Comparison:
    """The networks side by side. ``names``: what they are called, by default by their titles.

    Raises:
        ValueError: for more than six networks, or where ``names`` are not as many.
    """
    networks = (a, b, *others)
    if len(networks) > MOST:
        raise ValueError(f"From {FEWEST} to {MOST} networks are compared at a time, not {len(networks)}.")
    if names and len(names) != len(networks):
        raise ValueError(f"There are {len(networks)} networks and {len(names)} names; each needs one.")
    analyses = tuple(analyze(network) if isinstance(network, Arch) else network for network in networks)
    called = tuple(names) or tuple(_title(analysis) for analysis in analyses)
    totals = [network_totals(name, analysis) for name, analysis in zip(called, analyses, strict=True)]
    sides = [stage_sides(analysis) for analysis in analyses]
    return Comparison(
        called,
        tuple(total.in_shape for total in totals),
        ComparedNumber(tuple(total.params for total in totals)),
        ComparedNumber(tuple(total.macs for total in totals)),
        ComparedNumber(tuple(total.weight_bytes for total in totals)),
        ComparedNumber(tuple(total.peak_bytes for total in totals)),
        ComparedNumber(tuple(receptive_field_px(analysis) for analysis in analyses)),
        _rows(sides),
        tuple(
            _difference(analyses[0], analysis, sides[0], its)
            for analysis, its in zip(analyses[1:], sides[1:], strict=True)
        ),
        analyses,
    )


def _title(analysis: Analysis | ModuleAnalysis) -> str:
    return analysis.arch.about.label if isinstance(analysis, Analysis) else analysis.module_classes.get("", "module")


def _rows(sides: Sequence[Sequence[StageSide]]) -> tuple[tuple[StageSide | None, ...], ...]:
    """Each network in turn is laid beside those before it."""
    rows: list[tuple[StageSide | None, ...]] = [(side,) for side in sides[0]]
    for number, more in enumerate(sides[1:], 1):
        pairs = aligned(rows, more, lambda row, side: max(stage_worth(known, side) for known in row if known))
        missing = (None,) * number
        rows = [(*(missing if i is None else rows[i]), None if j is None else more[j]) for i, j in pairs]
    return tuple(rows)


def _difference(
    a: Analysis | ModuleAnalysis, b: Analysis | ModuleAnalysis, first: Sequence[StageSide], second: Sequence[StageSide]
) -> NetworkDifference:
    pairs = aligned(first, second, stage_worth)
    stages = tuple(stage_pair(None if i is None else first[i], None if j is None else second[j]) for i, j in pairs)
    parts = tuple(part for stage in stages for part in part_differences(stage))
    return NetworkDifference(tuple(_whole(a, b)), stages, PartDifferences(parts))


def _whole(a: Analysis | ModuleAnalysis, b: Analysis | ModuleAnalysis) -> Iterator[str]:
    """What concerns the network as a whole."""
    if isinstance(a, Analysis) and isinstance(b, Analysis):
        if a.input_size != b.input_size:
            yield f"input {a.input_size} → {b.input_size} pixels"
        for change in changes(a.arch, b.arch):
            if not change.path and change.kind not in ("input_size", "order"):
                yield change.sentence()
