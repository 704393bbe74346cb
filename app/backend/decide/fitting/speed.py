"""How long a network with other widths would take on this machine, estimated from one that was timed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...analysis.network import Analysis
from ...timing.latency import Latency


@dataclass(frozen=True, slots=True)
class Pace:
    """``seconds`` of the network that was timed, and of each stage by name, of one MAC or, where it has none, of one
    value that its layers write.
    """

    seconds: float
    a_mac: Mapping[str, float]
    a_value: Mapping[str, float]

    def corrected(self, factor: float) -> Pace:
        """The same for a machine that takes ``factor`` times as long; what was timed stays."""
        return Pace(
            self.seconds,
            {name: factor * each for name, each in self.a_mac.items()},
            {name: factor * each for name, each in self.a_value.items()},
        )

    def estimate(self, analysis: Analysis) -> float:
        """Seconds of another network. A stage that the one that was timed does not have takes as long for a MAC as its
        others do on average.
        """
        usual = sum(self.a_mac.values()) / max(1, len(self.a_mac))
        return sum(
            self.a_mac.get(stage.name, usual) * stage.macs
            if stage.macs
            else self.a_value.get(stage.name, 0.0) * stage.activation_elements
            for stage in analysis.stages
        )


def paced(analysis: Analysis, latency: Latency) -> Pace:
    """The pace of the network that ``latency`` is of. The stages' times are scaled to the whole's, which has no pauses
    between them.
    """
    scale = latency.total.seconds / sum(timing.seconds for timing in latency.stages)
    a_mac: dict[str, float] = {}
    a_value: dict[str, float] = {}
    for stage, timing in zip(analysis.stages, latency.stages, strict=True):
        if stage.macs:
            a_mac[stage.name] = scale * timing.seconds / stage.macs
        elif stage.activation_elements:
            a_value[stage.name] = scale * timing.seconds / stage.activation_elements
    return Pace(latency.total.seconds, a_mac, a_value)
