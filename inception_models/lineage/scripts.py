"""GoogLeNet to BN-Inception to Inception v3 to v4 to Inception-ResNet v2, a script for each pair.

What each network is in the end is what was released.
"""

from __future__ import annotations

from ..variants import ARCHITECTURES
from .after_v3 import TO_INCEPTION_RESNET_V2, TO_INCEPTION_V4
from .mutations import Lineage
from .to_v3 import TO_BN_INCEPTION, TO_INCEPTION_V3

LINEAGES: tuple[Lineage, ...] = tuple(
    Lineage(ARCHITECTURES[start], ARCHITECTURES[end], mutations)
    for start, end, mutations in (
        ("googlenet", "bn_inception", TO_BN_INCEPTION),
        ("bn_inception", "inception_v3", TO_INCEPTION_V3),
        ("inception_v3", "inception_v4", TO_INCEPTION_V4),
        ("inception_v4", "inception_resnet_v2", TO_INCEPTION_RESNET_V2),
    )
)
"""In order of history; each begins with the network that the one before it ends with."""
