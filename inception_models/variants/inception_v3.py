"""Inception v3. Filter counts: Szegedy et al. 2015, arXiv:1512.00567, figures 5 to 7 and 10, as released in TF-slim's
inception_v3.py and torchvision's models/inception.py (the paper's Table 1 does not print them).
"""

from __future__ import annotations

from ..arch.about import About, Printed
from ..arch.spec import Arch, AuxHead, Branch, Conv, GlobalPool, Inception, Linear, Pool, PoolKind, Unit
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
from .stories import RETHINKING, RETHINKING_AUTHORS, RETHINKING_URL, code, measured, paper

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


def module_a(name: str, proj: int, include_pad: bool = True) -> Inception:
    """Figure 5, but with a real 5x5. ``include_pad``: whether averages count the padding, as PyTorch's do."""
    pool = branch_pool(proj, include_pad=include_pad)
    return Inception(name, (branch1x1(64), branch5x5(48, 64), branch3x3dbl(64, 96, 96), pool))


def reduction_b(name: str) -> Inception:
    """35x35 to 17x17 (figure 10)."""
    return Inception(name, (branch3x3(384, halve="valid"), branch3x3dbl(64, 96, 96, halve="valid"), branch_down()))


def module_c(name: str, n7: int, include_pad: bool = True) -> Inception:
    """7x7 filters factorised into 1x7 and 7x1 (figure 6)."""
    pool = branch_pool(192, include_pad=include_pad)
    return Inception(name, (branch1x1(192), branch7x7(n7, n7, 192), branch7x7dbl(n7, n7, n7, n7, 192), pool))


def reduction_d(name: str) -> Inception:
    """17x17 to 8x8."""
    last = Conv("conv3x3", 192, (3, 3), 2, "valid")
    return Inception(name, (branch3x3(192, 320, halve="valid"), branch7x7(192, 192, 192, last), branch_down()))


def module_e(name: str, include_pad: bool = True, kind: PoolKind = "avg") -> Inception:
    """Wider instead of deeper on the coarsest grid (figure 7)."""
    return Inception(
        name,
        (
            branch1x1(320),
            Branch("branch3x3", (Conv("reduce", 384), fork(384))),
            Branch("branch3x3dbl", (Conv("reduce", 448), Conv("conv", 384, (3, 3)), fork(384))),
            branch_pool(192, kind, include_pad),
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


STEM = (
    Conv("Conv2d_1a_3x3", 32, (3, 3), 2, "valid"),
    Conv("Conv2d_2a_3x3", 32, (3, 3), 1, "valid"),
    Conv("Conv2d_2b_3x3", 64, (3, 3)),
    Pool("maxpool1", "max", 3, 2),
    Conv("Conv2d_3b_1x1", 80),
    Conv("Conv2d_4a_3x3", 192, (3, 3), 1, "valid"),
    Pool("maxpool2", "max", 3, 2),
)

_TORCH = "torchvision 0.29, models/inception.py"
# The paper has figures, not names.
V3_NAMES = (
    *((name, "Inception, figure 5") for name, _ in MODULES_A),
    ("Mixed_6a", "grid reduction, figure 10"),
    *((name, "Inception, figure 6") for name, _ in MODULES_C),
    ("Mixed_7a", "grid reduction"),
    ("Mixed_7b", "Inception, figure 7"),
    ("Mixed_7c", "Inception, figure 7"),
)

inception_v3 = Arch(
    key="inception_v3",
    about=About(
        title="Inception v3",
        year=2015,
        paper=RETHINKING,
        authors=RETHINKING_AUTHORS,
        url=RETHINKING_URL,
        story=(
            paper(
                "Large filters taken apart: a 5x5 becomes two 3x3, a 7x7 becomes 1x7 and 7x1, and on the coarsest grid"
                " 1x3 and 3x1 are side by side. The grid shrinks in modules that convolve and pool in parallel, so that"
                " the network nowhere squeezes what it knows through a few channels on a small grid.",
                "sections 3 and 5, figures 5 to 7 and 10",
            ),
            paper(
                "Trained with RMSProp, BatchNorm in the one auxiliary head, and label smoothing: the target of the"
                " right class is 0.9001 instead of 1 and the other 999 share the rest (epsilon 0.1), so that the"
                " network does not become too sure of itself; that is worth about 0.2%.",
                "sections 6 to 8",
            ),
        ),
        differences=(
            code(
                "After the first pool the paper's Table 1 lists three 3x3 convolutions; all released code has 1x1 to"
                " 80, 3x3 to 192 and a max pool.",
                "tensorflow/models issue 406 (2016), pytorch/vision issue 798 (2019)",
            ),
            code("The 35x35 modules keep a real 5x5 branch, which figure 5 replaces by two 3x3.", _TORCH),
            code(
                "Average pools count the padding here, in torchvision and in timm; TensorFlow's do not. In a corner"
                " PyTorch's average is 4/9 of TensorFlow's, on an edge 2/3: they differ by up to 5/9.",
                "pytorch/vision issue 926 (2019)",
            ),
            code(
                "Dropout is 0.5 in torchvision and here, 0.2 in TF-slim, none in Keras and timm.",
                f"{_TORCH}; tf_slim/nets/inception_v3.py; keras 3.15; timm 1.0",
            ),
            measured(
                "TF-slim and Keras have no trained BatchNorm scale: 23,817,352 parameters without the auxiliary head.",
                "the TensorFlow and Keras graphs, built and counted",
            ),
            paper(
                "The same paper calls an intermediate network Inception v2. Its filter counts are not in the PDF, which"
                " points to a file model.txt in the paper's source; nobody is known to have used that.",
                "section 6",
            ),
        ),
        top1_percent=77.294,
        top5_percent=93.45,
        top1_source="torchvision 0.29, IMAGENET1K_V1",
        paper_errors=(21.2, 5.6),
        paper_errors_source="Rethinking (2015), single crop, on the 48,238 pictures that are not blacklisted",
        printed=(
            Printed("operations (Table 3)", "4.8 billion", "5.71 billion"),
            Printed("layers", "42", "48"),
        ),
        group="v3",
        aliases=("Inception-v3", "GoogLeNet v3", "Rethinking", "torchvision", "factorised"),
        part_names=V3_NAMES,
    ),
    unit=Unit(),
    stages=(
        *STEM,
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
