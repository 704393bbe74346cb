"""Inception v3. Filter counts: Szegedy et al. 2015, arXiv:1512.00567, figures 5 to 7 and 10, as released in TF-slim's
inception_v3.py and torchvision's models/inception.py (the paper's Table 1 does not print them).
"""

from __future__ import annotations

from ..arch.spec import About, Arch, AuxHead, Branch, Conv, GlobalPool, Inception, Linear, Pool, Unit
from .branches import (
    branch1x1,
    branch3x3,
    branch3x3dbl,
    branch5x5,
    branch7x7,
    branch7x7dbl,
    branch_down,
    branch_pool,
    classifier_head,
    fork,
)

# 35x35: only the pool's projection differs.
#               proj
MODULES_A = (
    ("Mixed_5b", 32),
    ("Mixed_5c", 64),
    ("Mixed_5d", 64),
)
# 17x17: only the width inside the factorised 7x7 branches differs.
#               7x7
MODULES_C = (
    ("Mixed_6b", 128),
    ("Mixed_6c", 160),
    ("Mixed_6d", 160),
    ("Mixed_6e", 192),
)


def module_a(name: str, proj: int) -> Inception:
    """Figure 5, but with a real 5x5."""
    return Inception(name, (branch1x1(64), branch5x5(48, 64), branch3x3dbl(64, 96, 96), branch_pool(proj)))


def reduction_b(name: str) -> Inception:
    """35x35 to 17x17 (figure 10)."""
    return Inception(name, (branch3x3(384, halve="valid"), branch3x3dbl(64, 96, 96, halve="valid"), branch_down()))


def module_c(name: str, n7: int) -> Inception:
    """7x7 filters factorised into 1x7 and 7x1 (figure 6)."""
    return Inception(
        name, (branch1x1(192), branch7x7(n7, n7, 192), branch7x7dbl(n7, n7, n7, n7, 192), branch_pool(192))
    )


def reduction_d(name: str) -> Inception:
    """17x17 to 8x8."""
    last = Conv("conv3x3", 192, (3, 3), 2, "valid")
    return Inception(name, (branch3x3(192, 320, halve="valid"), branch7x7(192, 192, 192, last), branch_down()))


def module_e(name: str) -> Inception:
    """Wider instead of deeper on the coarsest grid (figure 7)."""
    return Inception(
        name,
        (
            branch1x1(320),
            Branch("branch3x3", (Conv("reduce", 384), fork(384))),
            Branch("branch3x3dbl", (Conv("reduce", 448), Conv("conv", 384, (3, 3)), fork(384))),
            branch_pool(192),
        ),
    )


def aux_head(tap: str) -> AuxHead:
    """The auxiliary classifier of v3, v4 and Inception-ResNet v2; weight 0.4 in TF-slim's train_image_classifier.py.

    At 299 pixels the 5x5 sees the whole grid and leaves one cell. TF-slim widens that filter with the input;
    torchvision averages over what is left, and so does this.
    """
    return AuxHead(
        "aux1",
        tap,
        (
            Pool("pool", "avg", 5, 3),
            Conv("reduce", 128),
            Conv("conv", 768, (5, 5), padding="valid"),
            GlobalPool("avgpool"),
            Linear("fc"),
        ),
        weight=0.4,
    )


inception_v3 = Arch(
    key="inception_v3",
    about=About(
        title="Inception v3",
        year=2015,
        paper="Rethinking the Inception Architecture for Computer Vision",
        authors="Szegedy, Vanhoucke, Ioffe, Shlens, Wojna",
        url="https://arxiv.org/abs/1512.00567",
        summary=(
            "Large filters taken apart: a 5x5 becomes two 3x3, a 7x7 becomes 1x7 and 7x1, and on the coarsest grid 1x3"
            " and 3x1 are side by side. The grid shrinks in modules that convolve and pool in parallel, so no layer"
            " is a bottleneck. Trained with label smoothing, RMSProp and BatchNorm in the one auxiliary head."
        ),
        differences=(
            "After the first pool the paper's Table 1 lists three 3x3 convolutions; all released code has 1x1 to 80,"
            " 3x3 to 192 and a max pool (tensorflow/models issue 406, pytorch/vision issue 798).",
            "The 35x35 modules keep a real 5x5 branch, which the paper's figure 5 replaces by two 3x3.",
            "Average pools count the padding here, in torchvision and in timm; TensorFlow's do not, so their borders"
            " differ by up to 4/9 (pytorch/vision issue 926).",
            "Dropout is 0.5 in torchvision and here, 0.2 in TF-slim, none in Keras and timm.",
            "TF-slim and Keras train no BatchNorm scale: 23,817,352 parameters without the auxiliary head. The graph"
            " used for FID has a max pool in Mixed_7c and 1008 classes.",
            "In the same paper Inception v2 names an intermediate network whose filters were never printed.",
        ),
        top1_percent=77.294,
        top1_source="torchvision model weights table, IMAGENET1K_V1",
    ),
    unit=Unit(),
    stages=(
        Conv("Conv2d_1a_3x3", 32, (3, 3), 2, "valid"),
        Conv("Conv2d_2a_3x3", 32, (3, 3), 1, "valid"),
        Conv("Conv2d_2b_3x3", 64, (3, 3)),
        Pool("maxpool1", "max", 3, 2),
        Conv("Conv2d_3b_1x1", 80),
        Conv("Conv2d_4a_3x3", 192, (3, 3), 1, "valid"),
        Pool("maxpool2", "max", 3, 2),
        *(module_a(*row) for row in MODULES_A),
        reduction_b("Mixed_6a"),
        *(module_c(*row) for row in MODULES_C),
        reduction_d("Mixed_7a"),
        module_e("Mixed_7b"),
        module_e("Mixed_7c"),
        *classifier_head(dropout=0.5),
    ),
    aux=(aux_head("Mixed_6e"),),
    input_size=299,
)

VARIANTS = (inception_v3,)
