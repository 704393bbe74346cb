"""The totals that choices are made by, of any network that was analysed."""

from __future__ import annotations

from ..analysis.network import Analysis
from ..foreign.analysed import ModuleAnalysis


def receptive_field_px(analysis: Analysis | ModuleAnalysis) -> int | None:
    """The side of the square of the picture that one value sees before everything is pooled: the largest field of any
    layer, its shorter side. None where that of a convolution is not known, or is the whole picture, as after
    squeeze and excitation.
    """
    if isinstance(analysis, Analysis):
        fields = [analysis.field(stage.name) for stage in analysis.stages]
    else:
        filtered = (node for node in analysis.nodes if node.macs and max(node.out_shape[1:], default=1) > 1)
        if any(node.field is None for node in filtered):
            return None
        fields = [node.field for node in analysis.nodes]
    return max((min(field[0].size, field[1].size) for field in fields if field is not None), default=None)
