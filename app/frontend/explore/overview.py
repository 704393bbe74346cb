"""The network as a strip of its stages: where its costs are, what was changed, and which one is selected."""

from __future__ import annotations

from collections.abc import Mapping

from inception_models.arch.spec import AuxHead, Pool

from ...backend import Analysis, StageCost
from ...backend.analysis.changes import Changes, first_copy
from ...backend.common.colours import OUTSIDE_COLOUR, branch_colour
from ...backend.common.quantity import exact, percent, shape_text
from ...backend.common.thumbnail import Thumbnail
from ...backend.diagram import readable
from ..components.network_strip import StripStage, network_strip
from ..state import State

STRIP = "strip"  # its key
WITHOUT_WEIGHTS = "#B5BCC5"


def show(state: State, analysis: Analysis, reference: Analysis, maps: Mapping[str, Thumbnail]) -> None:
    """Render the strip; ``maps``: thumbnails of stages."""
    network_strip(stages(analysis, reference, maps), selected=state.selected_stage, key=STRIP, on_select=state.select)


def stages(analysis: Analysis, reference: Analysis, maps: Mapping[str, Thumbnail]) -> list[StripStage]:
    """The stages of the strip."""
    changes = Changes(reference)
    return [_stage(stage, analysis, changes, maps.get(stage.name)) for stage in (*analysis.stages, *analysis.aux)]


def _stage(stage: StageCost, analysis: Analysis, changes: Changes, thumbnail: Thumbnail | None) -> StripStage:
    share = stage.macs / analysis.macs if analysis.macs and not isinstance(stage.part, AuxHead) else 0.0
    cost, changed = percent(stage.macs, analysis.macs), changes.of(stage)
    lines = (
        stage.name,
        f"{shape_text(stage.in_shape)} → {shape_text(stage.out_shape)}",
        f"{exact(stage.params)} parameters, {exact(stage.macs)} MACs, {cost} of all",
        *map(str, changed),
    )
    edited = f"{len(changed)} changed" if changed else ""
    picture = thumbnail.uri if thumbnail else ""
    return StripStage(
        stage.name,
        readable(stage.name),
        _bars(stage),
        round(share, 5),
        cost if share else "",
        "\n".join(lines),
        edited,
        picture,
    )


def _bars(stage: StageCost) -> tuple[tuple[str, float], ...]:
    """The branches in their colours, as wide as their outputs."""
    branches = first_copy(stage).branches
    if branches:
        return tuple((branch_colour(branch.part), branch.out_shape[0]) for branch in branches)
    return ((WITHOUT_WEIGHTS if isinstance(stage.part, Pool) or not stage.params else OUTSIDE_COLOUR, 1.0),)
