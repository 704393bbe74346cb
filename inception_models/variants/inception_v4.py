"""Inception v4. Filter counts: Szegedy et al. 2016, arXiv:1602.07261, figures 3 to 9, in the order of TF-slim's
inception_v4.py, which timm and Cadene follow.
"""

from __future__ import annotations

from ..arch.about import About
from ..arch.spec import Arch, Branch, Conv, Inception, Repeat, Unit
from .branches import (
    branch1x1,
    branch3x3,
    branch3x3dbl,
    branch7x7,
    branch7x7dbl,
    branch_down,
    branch_pool,
    classifier_head,
    fork,
)
from .inception_v3 import aux_head
from .stories import (
    INCEPTION_V4,
    INCEPTION_V4_AUTHORS,
    INCEPTION_V4_URL,
    SINGLE_CROP,
    TIMM_RESULTS,
    code,
    measured,
    paper,
)


def stem_pool_conv(name: str) -> Inception:
    """Pool and stride-2 convolution side by side; the pool comes first."""
    return Inception(name, (branch_down(), branch3x3(96, halve="valid")))


def stem_factorised(name: str, tall_first: bool = False) -> Inception:
    """A 3x3 beside a factorised 7x7 that ends in a 3x3. ``tall_first``: 7x1 before 1x7, as figure 3 draws it."""
    pair = (Conv("conv1x7", 64, (1, 7)), Conv("conv7x1", 64, (7, 1)))
    valid = Conv("conv3x3", 96, (3, 3), padding="valid")
    return Inception(
        name,
        (
            Branch("branch3x3", (Conv("reduce", 64), Conv("conv", 96, (3, 3), padding="valid"))),
            Branch("branch7x7", (Conv("reduce", 64), *(pair[::-1] if tall_first else pair), valid)),
        ),
    )


def stem_conv_pool(name: str) -> Inception:
    """Stride-2 convolution and pool side by side; the convolution comes first."""
    return Inception(name, (branch3x3(192, halve="valid"), branch_down()))


INCEPTION_A = Inception(
    "inception_a",  # 35x35, figure 4
    (branch1x1(96), branch3x3(64, 96), branch3x3dbl(64, 96, 96), branch_pool(96, include_pad=False)),
)

REDUCTION_A = Inception(
    "reduction_a",  # figure 7 with k, l, m, n = 192, 224, 256, 384
    (branch3x3(384, halve="valid"), branch3x3dbl(192, 224, 256, halve="valid"), branch_down()),
)

INCEPTION_B = Inception(
    "inception_b",  # 17x17, figure 5
    (
        branch1x1(384),
        branch7x7(192, 224, 256),
        branch7x7dbl(192, 192, 224, 224, 256),
        branch_pool(128, include_pad=False),
    ),
)

REDUCTION_B = Inception(
    "reduction_b",  # figure 8
    (
        branch3x3(192, 192, halve="valid"),
        branch7x7(256, 256, 320, Conv("conv3x3", 320, (3, 3), 2, "valid")),
        branch_down(),
    ),
)

INCEPTION_C = Inception(
    "inception_c",  # 8x8, figure 6
    (
        branch1x1(256),
        Branch("branch3x3", (Conv("reduce", 384), fork(256))),
        Branch(
            "branch3x3dbl",
            (Conv("reduce", 384), Conv("conv3x1", 448, (3, 1)), Conv("conv1x3", 512, (1, 3)), fork(256)),
        ),
        branch_pool(256, include_pad=False),
    ),
)

_SLIM = "TF-slim, nets/inception_v4.py"

V4_STEM_NAMES = tuple(
    (name, "Stem")
    for name in ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Mixed_3a", "Mixed_4a", "Mixed_5a")
)

inception_v4 = Arch(
    key="inception_v4",
    about=About(
        title="Inception v4",
        year=2016,
        paper=INCEPTION_V4,
        authors=INCEPTION_V4_AUTHORS,
        url=INCEPTION_V4_URL,
        story=(
            paper(
                "A uniform rebuild: the stem itself branches, and three block types, one for each grid size, repeat 4,"
                " 7 and 3 times with two grid reductions between them.",
                "section 3.1, figures 3 to 9",
            ),
            paper(
                "It shows how far Inception goes without residual connections: about as far as Inception-ResNet v2, but"
                " it trains more slowly.",
                "section 5",
            ),
        ),
        differences=(
            code(
                "The order of the 1x7 and 7x1 filters follows TF-slim; the paper's figures 3 and 5 draw it"
                " differently.",
                "tensorflow/models issues 3313 (2018) and 7041 (2019)",
            ),
            paper("Figure 3 marks no stride at the stem's last convolution; it is 2.", "figure 3"),
            code(
                "The auxiliary head is TF-slim's; timm and Cadene have none, so their count is the one without heads."
                " Dropout is 0.2 in the paper and TF-slim; timm's default is none.",
                f"{_SLIM}; timm 1.0, models/inception_v4.py",
            ),
            measured(
                "TF-slim has no trained BatchNorm scale: 42,648,232 parameters without the auxiliary head.",
                "the TensorFlow graph, built and counted",
            ),
        ),
        top1_percent=80.144,
        top1_source=f"{TIMM_RESULTS}, inception_v4.tf_in1k (80.156 in the file of 2023-05-24)",
        paper_errors=(20.0, 5.0),
        paper_errors_source=SINGLE_CROP,
        group="v4 and residual",
        aliases=("Inception-v4", "timm", "Cadene"),
        part_names=(
            *V4_STEM_NAMES,
            ("inception_a", "Inception-A"),
            ("reduction_a", "Reduction-A"),
            ("inception_b", "Inception-B"),
            ("reduction_b", "Reduction-B"),
            ("inception_c", "Inception-C"),
        ),
    ),
    unit=Unit(),
    stages=(
        Conv("Conv2d_1a_3x3", 32, (3, 3), 2, "valid"),
        Conv("Conv2d_2a_3x3", 32, (3, 3), 1, "valid"),
        Conv("Conv2d_2b_3x3", 64, (3, 3)),
        stem_pool_conv("Mixed_3a"),
        stem_factorised("Mixed_4a"),
        stem_conv_pool("Mixed_5a"),
        Repeat(INCEPTION_A, 4),
        REDUCTION_A,
        Repeat(INCEPTION_B, 7),
        REDUCTION_B,
        Repeat(INCEPTION_C, 3),
        *classifier_head(dropout=0.2),
    ),
    aux=(aux_head("inception_b"),),
    input_size=299,
)

VARIANTS = (inception_v4,)
