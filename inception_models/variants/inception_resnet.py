"""Inception-ResNet v1, and what v2 shares with it. Filter counts: Szegedy et al. 2016, arXiv:1602.07261, figures 10 to
19; as released for faces in facenet-pytorch's inception_resnet_v1.py.
"""

from __future__ import annotations

from dataclasses import replace

from ..arch.about import About
from ..arch.spec import (
    Arch,
    BatchNorm,
    Branch,
    Conv,
    Dropout,
    GlobalPool,
    Inception,
    Linear,
    Normalize,
    Pool,
    Repeat,
    Residual,
    Unit,
)
from .branches import (
    branch1x1,
    branch3x3,
    branch3x3dbl,
    branch7x7,
    branch_down,
    classifier_head,
)
from .stories import (
    INCEPTION_V4,
    INCEPTION_V4_AUTHORS,
    INCEPTION_V4_URL,
    SINGLE_CROP,
    code,
    measured,
    paper,
)

# What the branches add is scaled down before it is added, or training becomes unstable (section 3.3).
SCALE_A, SCALE_B, SCALE_C = 0.17, 0.10, 0.20

# Filters of each block; a bar in the header separates branches.
#                 1x1 | 1x1 3x3 | 1x1 3x3 3x3
V1_BLOCK35     = ( 32,   32, 32,   32, 32, 32)
#                 1x1 | 1x1 1x7 7x1
V1_BLOCK17     = (128,  128, 128, 128)
#                 1x1 | 1x1 1x3 3x1
V1_BLOCK8      = (192,  192, 192, 192)
#                 3x3 | 1x1 3x3 3x3 | pool
V1_REDUCTION_A = (384,  192, 192, 256)
#                 1x1 3x3 | 1x1 3x3 | 1x1 3x3 3x3 | pool
V1_REDUCTION_B = (256, 384, 256, 256, 256, 256, 256)


def block35(name: str, n1: int, r3: int, n3: int, rd: int, nd1: int, nd2: int) -> Residual:
    """Inception-ResNet-A, on the 35x35 grid."""
    return Residual(name, (branch1x1(n1), branch3x3(r3, n3), branch3x3dbl(rd, nd1, nd2)), SCALE_A)


def block17(name: str, n1: int, r7: int, n1x7: int, n7x1: int) -> Residual:
    """Inception-ResNet-B, on the 17x17 grid."""
    return Residual(name, (branch1x1(n1), branch7x7(r7, n1x7, n7x1)), SCALE_B)


def block8(name: str, n1: int, r3: int, n1x3: int, n3x1: int, last: bool = False) -> Residual:
    """Inception-ResNet-C, on the 8x8 grid. The ``last`` one of the released code is not scaled and has no ReLU."""
    pair = (Conv("reduce", r3), Conv("conv1x3", n1x3, (1, 3)), Conv("conv3x1", n3x1, (3, 1)))
    block = Residual(name, (branch1x1(n1), Branch("branch3x3", pair)), SCALE_C)
    return replace(block, scale=1.0, activation="none") if last else block


def resnet_reduction_a(name: str, n3: int, rd: int, nd1: int, nd2: int) -> Inception:
    """35x35 to 17x17; the paper's k, l, m, n are rd, nd1, nd2, n3 (figure 7 and table 1)."""
    return Inception(name, (branch3x3(n3, halve="valid"), branch3x3dbl(rd, nd1, nd2, halve="valid"), branch_down()))


def resnet_reduction_b(name: str, ra: int, na: int, rb: int, nb: int, rd: int, nd1: int, nd2: int) -> Inception:
    """17x17 to 8x8 (figures 12 and 18)."""
    return Inception(
        name,
        (
            branch3x3(ra, na, halve="valid"),
            branch3x3(rb, nb, halve="valid", name="branch3x3b"),
            branch3x3dbl(rd, nd1, nd2, halve="valid"),
            branch_down(),
        ),
    )


# The first layers of Inception v3, which both released networks share.
STEM = (
    Conv("conv2d_1a", 32, (3, 3), 2, "valid"),
    Conv("conv2d_2a", 32, (3, 3), 1, "valid"),
    Conv("conv2d_2b", 64, (3, 3)),
    Pool("maxpool_3a", "max", 3, 2),
    Conv("conv2d_3b", 80),
    Conv("conv2d_4a", 192, (3, 3), 1, "valid"),
)
V1_STEM = (*STEM, Conv("conv2d_4b", 256, (3, 3), 2, "valid"))



SLIM = "TF-slim, nets/inception_resnet_v2.py"
FIGURES = "section 3.2, figures 10 to 19"


def part_names_of(stem: tuple[str, ...], *rest: str) -> tuple[tuple[str, str], ...]:
    """The paper's names of the stages: the ``stem``, then A, Reduction-A, B, Reduction-B and C in order."""
    words = ("Inception-ResNet-A", "Reduction-A", "Inception-ResNet-B", "Reduction-B", "Inception-ResNet-C")
    return (*((name, "Stem") for name in stem), *zip(rest, (*words, words[-1]), strict=False))


_V1_STEM_NAMES = tuple(stage.name for stage in V1_STEM)

inception_resnet_v1 = Arch(
    key="inception_resnet_v1",
    about=About(
        title="Inception-ResNet v1",
        year=2016,
        paper=INCEPTION_V4,
        authors=INCEPTION_V4_AUTHORS,
        url=INCEPTION_V4_URL,
        story=(
            paper(
                "Inception blocks with residual connections, at about the cost of Inception v3. A block's branches are"
                " joined by a 1x1 convolution without activation, scaled to a tenth or a fifth, and added to the"
                " block's own input.",
                FIGURES,
            ),
            paper("It trains much faster than v3 and ends up about as accurate.", "section 5"),
            paper(
                'With more than 1,000 filters such networks "died" early in training: after a few tens of thousands of'
                " steps the last layer before the average pool gave only zeros. Scaling what is added by 0.1 to 0.3"
                " prevents that.",
                "section 3.3",
            ),
        ),
        differences=(
            measured(
                "A reconstruction: counts follow from the paper's figures. The paper prints none and Google released no"
                " code. As in v2's code, convolutions have BatchNorm and no bias, the 1x1 that joins the branches a"
                " bias and no BatchNorm.",
            ),
            code("The scales 0.17, 0.10 and 0.20 are those of all released code.", SLIM),
        ),
        paper_errors=(21.3, 5.5),
        paper_errors_source=SINGLE_CROP,
        group="v4 and residual",
        standing="reconstruction",
        aliases=("Inception-ResNet-v1", "residual Inception"),
        part_names=part_names_of(_V1_STEM_NAMES, "block35", "mixed_6a", "block17", "mixed_7a", "block8"),
    ),
    unit=Unit(),
    stages=(
        *V1_STEM,
        Repeat(block35("block35", *V1_BLOCK35), 5),
        resnet_reduction_a("mixed_6a", *V1_REDUCTION_A),
        Repeat(block17("block17", *V1_BLOCK17), 10),
        resnet_reduction_b("mixed_7a", *V1_REDUCTION_B),
        Repeat(block8("block8", *V1_BLOCK8), 5),
        *classifier_head(dropout=0.2),
    ),
    input_size=299,
)

inception_resnet_v1_facenet = Arch(
    key="inception_resnet_v1_facenet",
    about=replace(
        inception_resnet_v1.about,
        title="Inception-ResNet v1 for faces (facenet-pytorch)",
        story=(
            code(
                "The network behind many face recognition programs: it turns a face of 160 x 160 pixels into 512"
                " numbers of length one, so that pictures of one person lie close together.",
                "timesler/facenet-pytorch, models/inception_resnet_v1.py",
            ),
            measured(
                "Trained on VGGFace2 it is right about 99.65% of the LFW face pairs, trained on CASIA-WebFace about"
                " 99.05%.",
                "facenet-pytorch's README, 2020",
            ),
            paper(
                "The idea of such an embedding, and the name FaceNet, are from an older paper, whose own networks (NN1"
                " to NN4) were different.",
                "Schroff, Kalenichenko, Philbin 2015, arXiv:1503.03832",
            ),
        ),
        differences=(
            code("A sixth block of type C is at the end, with scale 1 and no ReLU.", "facenet-pytorch"),
            code(
                "The classes are the embedding's 512 numbers: fully connected without bias, BatchNorm, then divided by"
                " their length. While training, a classifier for each identity is put on top (8,631 for VGGFace2,"
                " 10,575 for CASIA-WebFace).",
                "facenet-pytorch",
            ),
            code("Dropout is 0.6.", "facenet-pytorch"),
        ),
        paper_errors=None,
        paper_errors_source="",
        standing="published",
        aliases=("FaceNet", "facenet-pytorch", "faces", "face recognition", "VGGFace2", "CASIA-WebFace", "embedding"),
        part_names=part_names_of(_V1_STEM_NAMES, "repeat_1", "mixed_6a", "repeat_2", "mixed_7a", "repeat_3", "block8"),
    ),
    unit=Unit(),
    stages=(
        *V1_STEM,
        Repeat(block35("repeat_1", *V1_BLOCK35), 5),
        resnet_reduction_a("mixed_6a", *V1_REDUCTION_A),
        Repeat(block17("repeat_2", *V1_BLOCK17), 10),
        resnet_reduction_b("mixed_7a", *V1_REDUCTION_B),
        Repeat(block8("repeat_3", *V1_BLOCK8), 5),
        block8("block8", *V1_BLOCK8, last=True),
        GlobalPool("avgpool"),
        Dropout("dropout", 0.6),
        Linear("fc", bias=False, norm=BatchNorm()),
        Normalize("normalize"),
    ),
    input_size=160,
    classes=512,
)

VARIANTS = (inception_resnet_v1, inception_resnet_v1_facenet)
