"""Xception. Filter counts: Chollet 2016, arXiv:1610.02357, figure 5; names as in timm's models/xception.py."""

from __future__ import annotations

from ..arch.spec import (
    About,
    Arch,
    BatchNorm,
    Branch,
    Conv,
    Pool,
    Repeat,
    Residual,
    SepConv,
    Unit,
)
from .branches import classifier_head

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
        summary=(
            "Extreme Inception: where a module splits its channels among a few branches, Xception gives every channel a"
            " 3x3 filter of its own and mixes channels in 1x1 convolutions only. Such separable convolutions, with"
            " residual connections around every two or three of them, replace all modules."
        ),
        differences=(
            "BatchNorm's eps is 0.00001 in the PyTorch ports and here; the Keras original has 0.001.",
            "Pools pad one pixel on both sides, as in timm. Keras pads the far side only where the grid is 74 wide, so"
            " there the windows are one pixel off.",
            "Dropout of 0.5 in front of the classifier is the paper's; Keras and timm have none.",
            "Depthwise filters come first here and in all code, 1x1 mixing second; an Inception module does it the"
            " other way round. The paper expects no difference once they are stacked.",
        ),
        top1_percent=79.04,
        top1_source="timm, legacy_xception (weights ported from Keras)",
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
