"""Networks of ours as other programs name them."""

from __future__ import annotations

from torch import Tensor

from inception_models.checkpoints.key_names import KeyLayout
from inception_models.checkpoints.weighted_modules import weighted_modules
from inception_models.net.builder import Network


def renamed(net: Network, layout: KeyLayout) -> dict[str, Tensor]:
    """The state of a network of ours as ``layout`` names it."""
    prefix = {module.path: layout(module) for module in weighted_modules(net.arch)}
    return {f"{prefix[k.rpartition('.')[0]]}.{k.rpartition('.')[2]}": v for k, v in net.state_dict().items()}
