"""Xception. Filter counts: Chollet 2016, arXiv:1610.02357, figure 5; names as in timm's models/xception.py."""

from __future__ import annotations

from ..arch.about import About
from ..arch.spec import Arch, BatchNorm, Branch, Conv, Pool, Repeat, Residual, SepConv, Unit
from .branches import classifier_head
from .stories import TIMM_RESULTS, code, paper

# Separable 3x3 convolutions of a block. None: the block's own input width, because the shortcut is the identity.
BLOCK_1 = (128, 128)
BLOCK_2 = (256, 256)
BLOCK_3 = (728, 728)
MIDDLE = (728, 728, None)  # eight times
BLOCK_12 = (728, 1024)


def block(name: str, widths: tuple[int | None, ...], activate_first: bool = True) -> Residual:
    """Each separable convolution has its ReLU in front of it. A block that halves the grid ends in a pool."""
    halves = widths[-1] is not None
    convs = tuple(
        SepConv(f"conv{number}", width, activate="before" if number > 1 or activate_first else "never")
        for number, width in enumerate(widths, 1)
    )
    pool = (Pool("pool", "max", 3, 2, "same"),) if halves else ()
    return Residual(
        name,
        (Branch("branch3x3", convs + pool),),
        projection=False,
        shortcut_stride=2 if halves else None,
        activation="none",
    )


xception = Arch(
    key="xception",
    about=About(
        title="Xception",
        year=2016,
        paper="Xception: Deep Learning with Depthwise Separable Convolutions",
        authors="Chollet",
        url="https://arxiv.org/abs/1610.02357",
        story=(
            paper(
                "Extreme Inception: where a module splits its channels among a few branches, Xception gives every"
                " channel a 3x3 filter of its own and mixes channels in 1x1 convolutions only. Such separable"
                " convolutions, with residual connections around every two or three of them, replace all modules.",
                "sections 1 and 3, figure 5",
            ),
        ),
        differences=(
            code(
                "BatchNorm's eps is 0.00001 in the PyTorch ports and here; the Keras original has 0.001.",
                "timm 1.0, models/xception.py; keras 3.15, applications/xception.py",
            ),
            code(
                "Pools pad one pixel on both sides, as in timm. Keras pads the far side only where the grid is 74 wide,"
                " so there the windows are one pixel off.",
                "timm 1.0, models/xception.py; keras 3.15, applications/xception.py",
            ),
            paper("Dropout of 0.5 before the classifier is the paper's; Keras and timm have none.", "section 4.3"),
            paper(
                "Depthwise filters come first here and in all code, 1x1 mixing second; an Inception module does it the"
                " other way round. The paper expects no difference once they are stacked.",
                "section 2",
            ),
        ),
        top1_percent=79.058,
        top1_source=f"{TIMM_RESULTS}, legacy_xception, converted from Keras (79.040 in the file of 2023-05-24)",
        group="separable",
        aliases=("Extreme Inception", "depthwise separable", "timm", "Keras", "legacy_xception"),
        part_names=(
            *((name, "Entry flow") for name in ("conv1", "conv2", "block1", "block2", "block3")),
            ("middle_flow", "Middle flow"),
            *((name, "Exit flow") for name in ("block12", "conv3", "conv4")),
        ),
    ),
    unit=Unit(norm=BatchNorm(eps=1e-5, momentum=0.1)),
    stages=(
        Conv("conv1", 32, (3, 3), 2, "valid"),
        Conv("conv2", 64, (3, 3), 1, "valid"),
        block("block1", BLOCK_1, activate_first=False),  # conv2 ends in a ReLU
        block("block2", BLOCK_2),
        block("block3", BLOCK_3),
        Repeat(block("middle_flow", MIDDLE), 8),
        block("block12", BLOCK_12),
        SepConv("conv3", 1536),
        SepConv("conv4", 2048),
        *classifier_head(dropout=0.5),
    ),
    input_size=299,
)

VARIANTS = (xception,)
