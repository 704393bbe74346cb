"""Inception-ResNet v1 and v2. Filter counts: Szegedy et al. 2016, arXiv:1602.07261, figures 10 to 19; as released in
TF-slim's inception_resnet_v2.py (timm, Keras) and for faces in facenet-pytorch's inception_resnet_v1.py.
"""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import (
    About,
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
    branch5x5,
    branch7x7,
    branch_down,
    branch_pool,
    classifier_head,
)
from .inception_v3 import aux_head
from .inception_v4 import (
    INCEPTION_V4,
    INCEPTION_V4_AUTHORS,
    INCEPTION_V4_URL,
    stem_conv_pool,
    stem_factorised,
    stem_pool_conv,
)

# What the branches add is scaled down before it is added, or training becomes unstable (section 3.3).
SCALE_A, SCALE_B, SCALE_C = 0.17, 0.10, 0.20

# Filters of each block; a bar in the header separates branches.
#                 1x1 | 1x1 3x3 | 1x1 3x3 3x3
V1_BLOCK35     = ( 32,   32, 32,   32, 32, 32)
V2_BLOCK35     = ( 32,   32, 32,   32, 48, 64)
#                 1x1 | 1x1 1x7 7x1
V1_BLOCK17     = (128,  128, 128, 128)
V2_BLOCK17     = (192,  128, 160, 192)
#                 1x1 | 1x1 1x3 3x1
V1_BLOCK8      = (192,  192, 192, 192)
V2_BLOCK8      = (192,  192, 224, 256)
#                 3x3 | 1x1 3x3 3x3 | pool
V1_REDUCTION_A = (384,  192, 192, 256)
V2_REDUCTION_A = (384,  256, 256, 384)
#                 1x1 3x3 | 1x1 3x3 | 1x1 3x3 3x3 | pool
V1_REDUCTION_B = (256, 384, 256, 256, 256, 256, 256)
V2_REDUCTION_B = (256, 384, 256, 288, 256, 288, 320)


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

# Called Inception-A in drawings of the network.
MIXED_5B = Inception(
    "mixed_5b",
    (branch1x1(96), branch5x5(48, 64), branch3x3dbl(64, 96, 96), branch_pool(64, include_pad=False)),
)


inception_resnet_v1 = Arch(
    key="inception_resnet_v1",
    about=About(
        title="Inception-ResNet v1",
        year=2016,
        paper=INCEPTION_V4,
        authors=INCEPTION_V4_AUTHORS,
        url=INCEPTION_V4_URL,
        summary=(
            "Inception blocks with residual connections, at about the cost of Inception v3. A block's branches are"
            " joined by a 1x1 convolution without activation, scaled to a tenth or a fifth, and added to the block's"
            " own input. It trains much faster than v3 and ends up about as accurate."
        ),
        differences=(
            "Counts follow from the paper's figures; the paper prints none and Google released no code. As in v2's"
            " code, convolutions have BatchNorm and no bias, projections a bias and no BatchNorm.",
            "The paper asks for scales between 0.1 and 0.3; 0.17, 0.10 and 0.20 are those of all released code.",
        ),
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
        title="Inception-ResNet v1 for faces (FaceNet)",
        summary=(
            "The network behind many face recognition systems: it turns a face of 160 x 160 pixels into 512 numbers of"
            " length one, so that pictures of one person lie close together. Trained on VGGFace2 it reaches 99.65% on"
            " the LFW face pairs."
        ),
        differences=(
            "A sixth block of type C is at the end, with scale 1 and no ReLU.",
            "The classes are the embedding's 512 numbers: fully connected without bias, BatchNorm, then divided by"
            " their length. While training, a classifier for each identity is put on top (8,631 for VGGFace2).",
            "Dropout is 0.6.",
        ),
        top1_percent=None,
        top1_source="",
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

inception_resnet_v2 = Arch(
    key="inception_resnet_v2",
    about=replace(
        inception_resnet_v1.about,
        title="Inception-ResNet v2",
        summary=(
            "The residual network at the cost of Inception v4: the same block types as v1, wider and in greater number."
            " Many articles draw exactly this network, with its Stem, Inception-A, Inception-ResNet-A, B and C and two"
            " reductions, under the name Inception V2. That name belongs to BN-Inception."
        ),
        differences=(
            "The released code has 10, 20 and 10 blocks, v3's stem, the module mixed_5b and a last 1x1 convolution to"
            " 1,536 channels; the paper draws 5, 10 and 5 blocks after v4's stem and neither of the other two."
            " TF-slim's author calls the code the intended network (tensorflow/models issue 1553).",
            "The tenth block of type C has scale 1 and no ReLU.",
            "The auxiliary head is TF-slim's; timm, Keras and Cadene have none, so their count is the one without"
            " heads. Dropout is 0.2 in TF-slim, none in Keras and by default in timm.",
            "TF-slim and Keras train no BatchNorm scale: 55,813,192 parameters without the auxiliary head.",
        ),
        top1_percent=80.462,
        top1_source="timm, inception_resnet_v2.tf_in1k",
    ),
    unit=Unit(),
    stages=(
        *STEM,
        Pool("maxpool_5a", "max", 3, 2),
        MIXED_5B,
        Repeat(block35("repeat", *V2_BLOCK35), 10),
        resnet_reduction_a("mixed_6a", *V2_REDUCTION_A),
        Repeat(block17("repeat_1", *V2_BLOCK17), 20),
        resnet_reduction_b("mixed_7a", *V2_REDUCTION_B),
        Repeat(block8("repeat_2", *V2_BLOCK8), 9),
        block8("block8", *V2_BLOCK8, last=True),
        Conv("conv2d_7b", 1536),
        *classifier_head(dropout=0.2),
    ),
    aux=(aux_head("repeat_1"),),
    input_size=299,
)

inception_resnet_v2_paper = Arch(
    key="inception_resnet_v2_paper",
    about=replace(
        inception_resnet_v1.about,
        title="Inception-ResNet v2, as drawn in the paper",
        summary=(
            "The network of the paper's figures, which is not the one that was released: v4's stem, then 5, 10 and 5"
            " blocks. It has little more than half the parameters of the released network."
        ),
        differences=(
            "Two projections are printed with the wrong width: 1,154 in figure 17 must be 1,152 and 2,048 in figure 19"
            " must be 2,144, or the sums would not fit.",
            "Counts follow from the figures; the paper prints none.",
            "The stem has 7x1 before 1x7, where the code of v4 has them the other way round.",
        ),
        top1_percent=None,
        top1_source="",
    ),
    unit=Unit(),
    stages=(
        Conv("stem1", 32, (3, 3), 2, "valid"),
        Conv("stem2", 32, (3, 3), 1, "valid"),
        Conv("stem3", 64, (3, 3)),
        stem_pool_conv("stem4"),
        stem_factorised("stem5", tall_first=True),
        stem_conv_pool("stem6"),
        Repeat(block35("block35", *V2_BLOCK35), 5),
        resnet_reduction_a("reduction_a", *V2_REDUCTION_A),
        Repeat(block17("block17", *V2_BLOCK17), 10),
        resnet_reduction_b("reduction_b", *V2_REDUCTION_B),
        Repeat(block8("block8", *V2_BLOCK8), 5),
        *classifier_head(dropout=0.2),
    ),
    input_size=299,
)

VARIANTS = (inception_resnet_v1, inception_resnet_v1_facenet, inception_resnet_v2, inception_resnet_v2_paper)
