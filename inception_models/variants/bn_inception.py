"""Inception v2: BN-Inception in its two published forms. Filter counts: Ioffe & Szegedy 2015, arXiv:1502.03167,
figure 5; as released in Caffe (Cadene's port) and in TF-slim's inception_v2.py.
"""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import (
    About,
    Arch,
    BatchNorm,
    Conv,
    GlobalPool,
    Inception,
    Linear,
    Padding,
    Pool,
    SepConv,
    Unit,
)
from .branches import branch1x1, branch3x3, branch3x3dbl, branch_down, branch_pool, classifier_head

_Row = tuple[str, str, int, int, int, int, int, int, int]

# The ten modules. Those without 1x1 filters halve the grid, and their pool passes all its channels on.
#   Caffe           TF-slim     1x1  3x3r  3x3  dblr  dbl  proj  slim's
BN_INCEPTION_MODULES: tuple[_Row, ...] = (
    ("inception_3a", "Mixed_3b",  64,   64,  64,   64,  96,   32,   32),
    ("inception_3b", "Mixed_3c",  64,   64,  96,   64,  96,   64,   64),
    ("inception_3c", "Mixed_4a",   0,  128, 160,   64,  96,    0,    0),
    ("inception_4a", "Mixed_4b", 224,   64,  96,   96, 128,  128,  128),
    ("inception_4b", "Mixed_4c", 192,   96, 128,   96, 128,  128,  128),
    ("inception_4c", "Mixed_4d", 160,  128, 160,  128, 160,  128,   96),
    ("inception_4d", "Mixed_4e",  96,  128, 192,  160, 192,  128,   96),
    ("inception_4e", "Mixed_5a",   0,  128, 192,  192, 256,    0,    0),
    ("inception_5a", "Mixed_5b", 352,  192, 320,  160, 224,  128,  128),
    ("inception_5b", "Mixed_5c", 352,  192, 320,  192, 224,  128,  128),
)


def bn_inception_module(row: _Row, slim: bool) -> Inception:
    """Two 3x3 convolutions in a row replace GoogLeNet's 5x5. The last module pools by maximum."""
    caffe_name, slim_name, n1, r3, n3, rd, nd, caffe_proj, slim_proj = row
    name, proj = (slim_name, slim_proj) if slim else (caffe_name, caffe_proj)
    if n1 == 0:
        padding: Padding = "tf" if slim else "same"
        return Inception(
            name,
            (
                branch3x3(r3, n3, halve=padding),
                branch3x3dbl(rd, nd, nd, halve=padding),
                branch_down(down_pool("pool", slim)),
            ),
        )
    pool = branch_pool(proj, "max" if row is BN_INCEPTION_MODULES[-1] else "avg", include_pad=not slim)
    return Inception(name, (branch1x1(n1), branch3x3(r3, n3), branch3x3dbl(rd, nd, nd), pool))


def down_pool(name: str, slim: bool) -> Pool:
    """Halves the grid: Caffe rounds up, TensorFlow pads the far side. At 224 pixels both see the same windows."""
    return Pool(name, "max", 3, 2, "tf") if slim else Pool(name, "max", 3, 2, ceil=True)


bn_inception = Arch(
    key="bn_inception",
    about=About(
        title="BN-Inception (Inception v2)",
        year=2015,
        paper="Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
        authors="Ioffe, Szegedy",
        url="https://arxiv.org/abs/1502.03167",
        summary=(
            "The network that introduced batch normalisation: it reached GoogLeNet's accuracy in a fourteenth of the"
            " training steps. Each 5x5 becomes two 3x3 in a row, most modules pool by average, and two modules halve"
            " the grid themselves instead of leaving it to a pool between them."
        ),
        differences=(
            "The paper's table asks for a pool projection of 128 in 4c and 4d yet prints 576 output channels. Caffe,"
            " MXNet and this version keep 128 and get 608, 608 and then 1,056 channels; TF-slim keeps 576 and projects"
            " to 96 (apache/mxnet issue 1643, chainer issue 4120).",
            "The paper's stem is a separable convolution with depth multiplier 8; only TF-slim has it.",
            "Convolutions keep a bias that the BatchNorm after them makes redundant, as in the Caffe release.",
            "BatchNorm's eps is 0.00001 where TF-slim has 0.001, and average pools count the padding.",
        ),
        top1_percent=73.524,
        top1_source="Cadene/pretrained-models.pytorch, bninception",
    ),
    unit=Unit(bias=True, norm=BatchNorm(eps=1e-5, momentum=0.1)),
    stages=(
        Conv("conv1_7x7_s2", 64, (7, 7), 2),
        down_pool("pool1_3x3_s2", slim=False),
        Conv("conv2_3x3_reduce", 64),
        Conv("conv2_3x3", 192, (3, 3)),
        down_pool("pool2_3x3_s2", slim=False),
        *(bn_inception_module(row, slim=False) for row in BN_INCEPTION_MODULES),
        GlobalPool("avgpool"),
        Linear("fc"),
    ),
)

inception_v2_slim = Arch(
    key="inception_v2_slim",
    about=replace(
        bn_inception.about,
        title="Inception v2 (TF-slim)",
        summary=(
            "BN-Inception as Google released it. The stem is the separable 7x7 whose cost the papers print: 8 depthwise"
            " filters on each colour channel, then a 1x1 to 64 channels, for 34M MACs instead of 118M."
        ),
        differences=(
            "Pool projections of 96 in 4c and 4d (here Mixed_4d and Mixed_4e) make the 576, 576 and 1,024 output"
            " channels that the paper prints.",
            "The stem has a bias and ReLU but no BatchNorm, unlike every other convolution.",
            "TensorFlow's SAME padding: at even sizes a stride of two pads nothing before and one pixel after, where"
            " Caffe and PyTorch pad both sides. Average pools do not count the padding.",
            "BatchNorm trains its offset only; eps is 0.001 and momentum 0.0003 (TensorFlow's decay 0.9997).",
        ),
        top1_percent=73.9,
        top1_source="TF-slim model table, inception_v2_2016_08_28",
    ),
    unit=Unit(norm=BatchNorm(eps=1e-3, momentum=0.0003, gamma=False)),
    stages=(
        SepConv("Conv2d_1a_7x7", 64, (7, 7), 2, "tf", multiplier=8, unit=Unit(bias=True, norm=None)),
        down_pool("MaxPool_2a_3x3", slim=True),
        Conv("Conv2d_2b_1x1", 64),
        Conv("Conv2d_2c_3x3", 192, (3, 3)),
        down_pool("MaxPool_3a_3x3", slim=True),
        *(bn_inception_module(row, slim=True) for row in BN_INCEPTION_MODULES),
        *classifier_head(dropout=0.2),
    ),
)

VARIANTS = (bn_inception, inception_v2_slim)
