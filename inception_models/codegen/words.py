"""What a block is, in the few words of a docstring. No torch."""

from __future__ import annotations

from ..arch.spec import Arch, Block, Conv, Fork, Inception, Op, Pool, SepConv
from .block_types import PartType


def type_words(kind: PartType, block: Block, arch: Arch) -> str:
    """:func:`branch_words`, after what the paper calls these blocks where it has one name for all of them."""
    names = {arch.about.part_name(stage) for stage in kind.stages}
    named = f"{names.pop()}. " if len(names) == 1 and "" not in names else ""
    return f"{named[:1].upper()}{named[1:]}{branch_words(block)}"


def branch_words(block: Block) -> str:
    """``1x1 | 1x1, 3x3 | 1x1, 5x5 | 3x3 max pool, 1x1: concatenated.``"""
    branches = [", ".join(op_words(op) for op in branch.ops) or "its input" for branch in block.branches]
    if isinstance(block, Inception):
        return f"{' | '.join(branches)}: concatenated."
    return f"{' | '.join(branches)}: added to {'a 1x1 of ' if block.shortcut_stride else ''}the block's input."


def op_words(op: Op) -> str:
    """An op by its window, or by its title."""
    match op:
        case Conv() | SepConv():
            halved = f"/{op.stride}" if op.stride > 1 else ""
            return f"{op.kernel[0]}x{op.kernel[1]}{halved}{' separable' if isinstance(op, SepConv) else ''}"
        case Pool():
            return f"{op.size}x{op.size}{f'/{op.stride}' if op.stride > 1 else ''} {op.kind} pool"
        case Fork():
            return f"({' and '.join(op_words(one) for one in op.ops)})"
        case _:
            return op.title
