"""InceptionNeXt. Widths: Yu et al. 2023, arXiv:2303.16900, table 1; as in timm's models/inception_next.py."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..arch.about import About
from ..arch.spec import (
    Arch,
    BatchNorm,
    Branch,
    Conv,
    GlobalPool,
    LayerNorm,
    LayerScale,
    Linear,
    Norm,
    Repeat,
    Residual,
    SplitConv,
    Stage,
    Unit,
)
from .stories import code, paper

NORMED = Unit(bias=True, norm=BatchNorm(eps=1e-5, momentum=0.1), activation="gelu")
STEM = replace(NORMED, activation="none")
ACTIVE = replace(NORMED, norm=None)
BIASED = replace(ACTIVE, activation="none")
MLP_RATIOS = (4, 4, 4, 3)
HEAD_RATIO = 3

_TIMM = "timm 1.0, models/inception_next.py"
_README = "sail-sg/inceptionnext, README of 2024"


@dataclass(frozen=True)
class Size:
    """One network of the family: copies of the block and channels in each of the four stages, and the mixer."""

    name: str
    copies: tuple[int, int, int, int]
    dims: tuple[int, int, int, int]
    mixer: SplitConv
    top1_percent: float


# The mixer: the side of the square, the length of the bands, the share of the channels that each has.
_LARGE, _SMALL = SplitConv("mixer", 3, 11, 0.125), SplitConv("mixer", 3, 9, 0.25)
SIZES = (
    Size("atto", (2, 2, 6, 2), (40, 80, 160, 320), _SMALL, 75.3),
    Size("tiny", (3, 3, 9, 3), (96, 192, 384, 768), _LARGE, 82.3),
    Size("small", (3, 3, 27, 3), (96, 192, 384, 768), _LARGE, 83.5),
    Size("base", (3, 3, 27, 3), (128, 256, 512, 1024), _LARGE, 84.0),
)


def metanext_block(name: str, hidden: int, mixer: SplitConv) -> Residual:
    """A mixer of places, then two 1x1 that mix channels (figure 2), scaled and added."""
    ops = (mixer, Norm("norm"), Conv("fc1", hidden, unit=ACTIVE), Conv("fc2", None, unit=BIASED), LayerScale("gamma"))
    return Residual(name, (Branch("branch", ops),), projection=False, activation="none")


def _stages(size: Size) -> tuple[Stage, ...]:
    stages: list[Stage] = [Conv("stem", size.dims[0], (4, 4), 4, "valid", STEM)]
    for number, (times, dim, ratio) in enumerate(zip(size.copies, size.dims, MLP_RATIOS, strict=True), 1):
        if number > 1:
            down = Conv(f"downsample{number}", dim, (2, 2), 2, "valid", BIASED)
            stages += [Norm(f"norm{number}"), down]
        stages.append(Repeat(metanext_block(f"stage{number}", ratio * dim, size.mixer), times))
    return (
        *stages,
        GlobalPool("avgpool"),
        Linear("head", HEAD_RATIO * size.dims[-1], activation="gelu"),
        LayerNorm("head_norm"),
        Linear("fc"),
    )


def _inceptionnext(size: Size) -> Arch:
    stages = _stages(size)
    return Arch(
        key=f"inceptionnext_{size.name}",
        about=About(
            title=f"InceptionNeXt-{size.name.capitalize()}",
            year=2023,
            paper="InceptionNeXt: When Inception Meets ConvNeXt",
            authors="Yu, Zhou, Yan, Wang",
            url="https://arxiv.org/abs/2303.16900",
            story=(
                paper(
                    "The living relative. ConvNeXt's large depthwise filters are slow on a GPU, and Inception's old"
                    " idea mends that: the channels are split, most pass on untouched, and the rest go through a small"
                    " square filter, a wide band or a tall one, side by side.",
                    "abstract and section 3",
                ),
                paper(
                    "Around that mixer is the block of today's networks: normalisation, two 1x1 convolutions with a"
                    " GELU between them, and a factor for each channel that starts near zero.",
                    "figure 2",
                ),
            ),
            differences=(
                code(
                    "The bands are parts of one large filter as v3's 1x7 and 7x1 are, but on channels of their own and"
                    " not one after the other.",
                    _TIMM,
                ),
                code("The head has a hidden layer of three times the width, GELU and LayerNorm.", _TIMM),
                code("While training, blocks are dropped at random; that is not part of the network here.", _TIMM),
            ),
            top1_percent=size.top1_percent,
            top1_source=_README,
            group="today",
            aliases=("ConvNeXt", "MetaNeXt", "timm", f"inception_next_{size.name}", "2023", "CVPR 2024"),
            part_names=tuple(
                (stage.name, words)
                for stage in stages
                for start, words in (("stem", "Stem"), ("stage", "MetaNeXt"), ("downsample", "Downsampling"))
                if stage.name.startswith(start)
            ),
        ),
        unit=NORMED,
        stages=stages,
    )


VARIANTS = tuple(map(_inceptionnext, SIZES))
