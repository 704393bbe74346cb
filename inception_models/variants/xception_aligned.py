"""The aligned Xceptions of DeepLab. Filter counts: Chen et al. 2018, arXiv:1802.02611, figure 4; as in timm's
models/xception_aligned.py.
"""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import Arch, Branch, Conv, GlobalPool, Linear, Repeat, Residual, SepConv, Stage, Unit
from .stories import TIMM_RESULTS, code, measured, paper
from .xception import xception

# The separable 3x3 convolutions of a block; None: the block's own input width, because the shortcut is the identity.
ENTRY = (((128,) * 3, 2), ((256,) * 3, 2), ((728,) * 3, 2))
# Xception-71 has five blocks in place of these three.
DEEP_ENTRY = (((128,) * 3, 2), ((256,) * 3, 1), ((256,) * 3, 2), ((728,) * 3, 1), ((728,) * 3, 2))
MIDDLE = (728, 728, None)
EXIT = (728, 1024, 1024)
TAIL = (1536, 1536, 2048)

_TIMM = "timm 1.0, models/xception_aligned.py"


def aligned_block(name: str, widths: tuple[int | None, ...], stride: int | None) -> Residual:
    """A ReLU before each separable convolution; the last one has the stride. ``stride`` None: identity shortcut."""
    last = len(widths)
    convs = tuple(
        SepConv(
            f"conv{number}", width, stride=(stride or 1) if number == last else 1, activate="before", between="norm"
        )
        for number, width in enumerate(widths, 1)
    )
    return Residual(
        name, (Branch("branch3x3", convs),), projection=False, shortcut_stride=stride, activation="none"
    )


def _stages(entry: tuple[tuple[tuple[int, ...], int], ...], times: int) -> tuple[Stage, ...]:
    return (
        Conv("stem1", 32, (3, 3), 2),
        Conv("stem2", 64, (3, 3)),
        *(aligned_block(f"entry{number}", *row) for number, row in enumerate(entry, 1)),
        Repeat(aligned_block("middle_flow", MIDDLE, None), times),
        aligned_block("exit1", EXIT, 2),
        *(SepConv(f"exit2_conv{number}", width, between="unit") for number, width in enumerate(TAIL, 1)),
        GlobalPool("avgpool"),
        Linear("fc"),
    )


def _aligned(layers: int, entry: tuple[tuple[tuple[int, ...], int], ...], times: int, top1: float) -> Arch:
    stages = _stages(entry, times)
    names = {"stem": "Entry flow", "entry": "Entry flow", "middle": "Middle flow", "exit": "Exit flow"}
    return Arch(
        key=f"xception{layers}",
        about=replace(
            xception.about,
            title=f"Xception-{layers} (aligned)",
            year=2018,
            paper="Encoder-Decoder with Atrous Separable Convolution for Semantic Image Segmentation",
            authors="Chen, Zhu, Papandreou, Schroff, Adam",
            url="https://arxiv.org/abs/1802.02611",
            story=(
                paper(
                    "Xception as DeepLab uses it for segmentation: deeper, with strides in place of all pools, and with"
                    " BatchNorm after the depthwise filters too.",
                    "section 3.2, figure 4",
                ),
                code(
                    f"The middle flow has {times} blocks; a stride of two is in a block's last separable convolution.",
                    _TIMM,
                ),
            ),
            differences=(
                code("In segmentation the last strides become dilations; the classifier keeps them.", _TIMM),
                code("The last three separable convolutions have a ReLU after each half and no shortcut.", _TIMM),
                measured(
                    f"The {layers} of the name counts a separable convolution as one layer and leaves out the"
                    f" classifier"
                    " and the convolutions of the shortcuts.",
                ),
            ),
            top1_percent=top1,
            top5_percent=None,
            top1_source=f"{TIMM_RESULTS.replace('2025-10-30', '2023-05-24')}, xception{layers}.tf_in1k",
            aliases=("DeepLab", "DeepLabv3+", "Modified Aligned Xception", "timm"),
            part_names=tuple(
                (stage.name, words)
                for stage in stages
                for start, words in names.items()
                if stage.name.startswith(start)
            ),
        ),
        unit=Unit(),
        stages=stages,
        input_size=299,
    )


xception41 = _aligned(41, ENTRY, 8, 78.504)
xception65 = _aligned(65, ENTRY, 16, 79.556)
xception71 = _aligned(71, DEEP_ENTRY, 16, 79.872)

VARIANTS = (xception41, xception65, xception71)
