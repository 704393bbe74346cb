"""What a step of the walk through two networks knows of the place where it is (:mod:`.walk`). No torch."""

from __future__ import annotations

from dataclasses import dataclass

from ..arch.spec import SplitConv
from .channels import FeatureMap, Sources


@dataclass(frozen=True, slots=True)
class WalkContext:
    """Where the walk is, what arrives there, and what is asked of the output. Never changed, only replaced.

    ``path``: of the part. ``features``: the feature map that enters it. ``trunk``: the one that entered the block
    around it; None outside of blocks. ``added_must_be_zero``: whether channels that are added to the output must be
    zero instead of copies. ``wanted``: for each output channel the old channel that it must equal; None: free to
    choose. ``splits``: the split convolutions, of the old network and the new one, that the output reaches before
    anything mixes its channels; each of their groups then gets its channels from the same group.

    An example: a network for 8 x 8 pixels is ``Conv("a", 2), Conv("b", 4), GlobalPool("pool")``, and the edit gives
    ``a`` a third filter. On the way the context is replaced twice:

    ========  ====================  ================  ================  ==============================================
    path      features.sources      features.old      features.new      what the walk does there
    ========  ====================  ================  ================  ==============================================
    a         (0, 1, 2)             (3, 8, 8)         (3, 8, 8)         takes the filters (0, 1, 0): the third is a copy
    b         (0, 1, 0)             (2, 8, 8)         (3, 8, 8)         halves the weights that read channel 0 twice
    pool      (0, 1, 2, 3)          (4, 8, 8)         (4, 8, 8)         passes the channels on
    ========  ====================  ================  ================  ==============================================

    All three have ``trunk`` None, ``added_must_be_zero`` False and ``wanted`` None. Between ``a`` and ``b`` a
    normalisation across channels would set ``added_must_be_zero`` at ``a``, whose filters then were (0, 1, NEW). And
    were ``a`` and ``b`` the branch of a residual block without projection, ``trunk`` would be what enters the block,
    and ``wanted`` at ``b`` the sources of the trunk, since both are added.
    """

    path: str
    features: FeatureMap
    trunk: FeatureMap | None = None
    added_must_be_zero: bool = False
    wanted: Sources | None = None
    splits: tuple[SplitConv | None, SplitConv | None] = (None, None)

    @property
    def block_input(self) -> FeatureMap:
        """Where a width of None takes its number from: what enters the block, or outside of one the part itself."""
        return self.trunk or self.features
