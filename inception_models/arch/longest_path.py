"""How deep a network is: the layers with weights on its longest path, as the papers count them. No torch."""

from __future__ import annotations

from .spec import Arch, Branch, Conv, Fork, Inception, Linear, Op, Repeat, Residual, SepConv, Stage


def depth(arch: Arch) -> int:
    """Convolutions and fully connected layers on the longest path, the classifier included, auxiliary heads not.

    A separable convolution is two. GoogLeNet's 22 is the number that its paper prints.
    """
    return sum(_depth(stage) for stage in arch.stages)


def _depth(part: Stage | Branch) -> int:
    match part:
        case Repeat():
            return part.times * _depth(part.block)
        case Inception():
            return max(map(_depth, part.branches), default=0)
        case Residual():
            straight = 1 if part.shortcut_stride else 0
            return max(max(map(_depth, part.branches), default=0) + part.projection, straight)
        case Branch():
            return sum(map(_depth, part.ops))
        case _:
            return _layers(part)


def _layers(op: Op) -> int:
    match op:
        case SepConv():
            return 2
        case Conv() | Linear() | Fork():
            return 1
        case _:
            return 0
