"""The totals of any network, of the family or a person's own, as one type, so that they can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from inception_models.arch.shapes import Shape

from ..analysis.liveness import peak_elements
from ..analysis.network import Analysis
from ..common.quantity import float32_bytes
from .analysed import ModuleAnalysis


@dataclass(frozen=True, slots=True)
class NetworkTotals:
    """The numbers of one whole network for one input of ``in_shape``; bytes are of 32-bit floats.

    ``peak_bytes``: the most that feature maps take at any one time during inference.
    """

    title: str
    in_shape: Shape
    params: int
    macs: int
    weight_bytes: int
    peak_bytes: int

    @property
    def flops(self) -> int:
        """Floating-point operations: 2 x MACs."""
        return 2 * self.macs


def network_totals(title: str, analysis: Analysis | ModuleAnalysis) -> NetworkTotals:
    """The totals of any network that was analysed."""
    if isinstance(analysis, Analysis):
        shape: Shape = (3, analysis.input_size, analysis.input_size)
        peak = analysis.peak_elements
    else:
        shape, peak = analysis.in_shape, peak_elements(analysis.nodes, analysis.in_shape)
    params, macs = analysis.params, analysis.macs
    return NetworkTotals(title, shape, params, macs, float32_bytes(params), float32_bytes(peak))
