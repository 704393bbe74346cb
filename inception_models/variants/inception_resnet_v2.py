"""Inception-ResNet v2. Filter counts: Szegedy et al. 2016, arXiv:1602.07261, figures 15 to 19; as released in TF-slim's
inception_resnet_v2.py (timm, Keras).
"""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import Arch, BatchNorm, Conv, GlobalPool, Inception, Linear, Pool, Repeat, Stage, Unit
from .branches import branch1x1, branch3x3dbl, branch5x5, branch_pool, classifier_head
from .inception_resnet import (
    FIGURES,
    SLIM,
    STEM,
    block8,
    block17,
    block35,
    inception_resnet_v1,
    part_names_of,
    resnet_reduction_a,
    resnet_reduction_b,
)
from .inception_v3 import aux_head
from .inception_v4 import stem_conv_pool, stem_factorised, stem_pool_conv
from .stories import THREE_V2, TIMM_RESULTS, code, measured, paper

# Filters of each block, as in :mod:`.inception_resnet`.
V2_BLOCK35     = ( 32,   32, 32,   32, 48, 64)
V2_BLOCK17     = (192,  128, 160, 192)
V2_BLOCK8      = (192,  192, 224, 256)
V2_REDUCTION_A = (384,  256, 256, 384)
V2_REDUCTION_B = (256, 384, 256, 288, 256, 288, 320)

# Called Inception-A in drawings of the network.
MIXED_5B = Inception(
    "mixed_5b",
    (branch1x1(96), branch5x5(48, 64), branch3x3dbl(64, 96, 96), branch_pool(64, include_pad=False)),
)


_V2_STEM_NAMES = (*(stage.name for stage in STEM), "maxpool_5a")
_V2_BLOCKS = ("repeat", "mixed_6a", "repeat_1", "mixed_7a", "repeat_2", "block8")


def _released(a: str, reduction_a: str, b: str, reduction_b: str, c: str, last: str) -> tuple[Stage, ...]:
    """The released network up to its last block, whose parts each library calls otherwise."""
    return (
        *STEM,
        Pool("maxpool_5a", "max", 3, 2),
        MIXED_5B,
        Repeat(block35(a, *V2_BLOCK35), 10),
        resnet_reduction_a(reduction_a, *V2_REDUCTION_A),
        Repeat(block17(b, *V2_BLOCK17), 20),
        resnet_reduction_b(reduction_b, *V2_REDUCTION_B),
        Repeat(block8(c, *V2_BLOCK8), 9),
        block8(last, *V2_BLOCK8, last=True),
    )


inception_resnet_v2 = Arch(
    key="inception_resnet_v2",
    about=replace(
        inception_resnet_v1.about,
        title="Inception-ResNet v2",
        story=(
            paper(
                "The residual network at the cost of Inception v4: the same block types as v1, with more filters.",
                FIGURES,
            ),
            code(
                "Many articles draw exactly this network, with its Stem, Inception-A, Inception-ResNet-A, B and C and"
                " two grid reductions, under the name Inception V2.",
                "the illustrated article among this project's sources",
            ),
            THREE_V2,
        ),
        differences=(
            code(
                "The released code has 10, 20 and 10 blocks, v3's stem, the module mixed_5b and a last 1x1 convolution"
                " to 1,536 channels; the paper draws 5, 10 and 5 blocks after v4's stem and neither of the other two."
                " TF-slim's author calls the code the intended network.",
                "tensorflow/models issue 1553 (2017)",
            ),
            code("The tenth block of type C has scale 1 and no ReLU.", SLIM),
            code(
                "The auxiliary head is TF-slim's; timm, Keras and Cadene have none, so their count is the one without"
                " heads. Dropout is 0.2 in TF-slim, none in Keras and by default in timm.",
                f"{SLIM}; timm 1.0, models/inception_resnet_v2.py",
            ),
            measured(
                "TF-slim and Keras have no trained BatchNorm scale: 55,813,192 parameters without the auxiliary head.",
                "the TensorFlow and Keras graphs, built and counted",
            ),
        ),
        top1_percent=80.434,
        top1_source=f"{TIMM_RESULTS}, inception_resnet_v2.tf_in1k (80.462 in the file of 2023-05-24)",
        paper_errors=(19.9, 4.9),
        standing="published",
        aliases=("IR-v2", '"Inception V2" of drawings', "timm", "Cadene", "residual Inception"),
        part_names=(*part_names_of(_V2_STEM_NAMES, *_V2_BLOCKS), ("mixed_5b", "Inception-A")),
    ),
    unit=Unit(),
    stages=(
        *_released(*_V2_BLOCKS),
        Conv("conv2d_7b", 1536),
        *classifier_head(dropout=0.2),
    ),
    aux=(aux_head("repeat_1"),),
    input_size=299,
)

# Keras numbers the copies of a block from one, and calls the last one block8_10.
_KERAS = "keras 3.15, applications/inception_resnet_v2.py"
_KERAS_BLOCKS = ("block35", "mixed_6a", "block17", "mixed_7a", "block8", "block8_10")

inception_resnet_v2_keras = Arch(
    key="inception_resnet_v2_keras",
    about=replace(
        inception_resnet_v2.about,
        title="Inception-ResNet v2 (Keras)",
        story=(
            code(
                "The Inception-ResNet v2 that Keras users load: no auxiliary head, no dropout, and BatchNorm that adds"
                " a trained offset and has no trained scale.",
                _KERAS,
            ),
        ),
        differences=(
            measured(
                "55,813,192 trained parameters; Keras's total of 55,873,736 counts the running means and variances"
                " too.",
                "keras 3.15, built and counted",
            ),
            code("BatchNorm's momentum is 0.01 (Keras's 0.99).", _KERAS),
        ),
        top1_percent=80.3,
        top5_percent=95.3,
        top1_source="Keras Applications, table of models, 2025",
        paper_errors=None,
        paper_errors_source="",
        aliases=("Keras", "TensorFlow", "keras.applications", "InceptionResNetV2", "IR-v2"),
        part_names=(*part_names_of(_V2_STEM_NAMES, *_KERAS_BLOCKS), ("mixed_5b", "Inception-A")),
    ),
    unit=Unit(norm=BatchNorm(eps=1e-3, momentum=0.01, gamma=False)),
    stages=(
        *_released(*_KERAS_BLOCKS),
        Conv("conv_7b", 1536),
        GlobalPool("avg_pool"),
        Linear("predictions"),
    ),
    input_size=299,
)

inception_resnet_v2_paper = Arch(
    key="inception_resnet_v2_paper",
    about=replace(
        inception_resnet_v1.about,
        title="Inception-ResNet v2, as drawn in the paper",
        story=(
            paper(
                "The network of the paper's figures, which is not the one that was released: v4's stem, then 5, 10 and"
                " 5 blocks.",
                "figures 15 to 19",
            ),
            measured("It has little more than half the parameters of the released network."),
        ),
        differences=(
            paper(
                "A reconstruction: two widths are printed wrong. 1,154 in figure 17 must be 1,152 and 2,048 in figure"
                " 19 must be 2,144, or the sums would not fit.",
                "figures 17 and 19",
            ),
            measured("Counts follow from the figures; the paper prints none."),
            paper(
                "The stem has 7x1 before 1x7, where the code of v4 has them the other way round.", "figure 3"
            ),
        ),
        paper_errors=None,
        paper_errors_source="",
        aliases=("as drawn", "figure 15"),
        part_names=part_names_of(
            tuple(f"stem{number}" for number in range(1, 7)),
            "block35", "reduction_a", "block17", "reduction_b", "block8",
        ),
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

VARIANTS = (inception_resnet_v2, inception_resnet_v2_paper, inception_resnet_v2_keras)
