"""The family as edits: how each network became the next, in named steps that can be replayed both ways. No torch.

Almost every step takes what it puts in from the network that it leads to, so no filter count is written down twice.
:mod:`.mutations` says what a step is and how to make one; :mod:`.to_v3` and :mod:`.after_v3` have those of the family.
"""

from .mutations import Lineage, Mutation, MutationKind
from .scripts import LINEAGES

__all__ = ["LINEAGES", "Lineage", "Mutation", "MutationKind"]
