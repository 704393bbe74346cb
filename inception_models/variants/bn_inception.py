"""Inception v2: BN-Inception in its three published forms. Filter counts: Ioffe & Szegedy 2015, arXiv:1502.03167,
figure 5; as released in Caffe (Cadene's port) and in TF-slim's inception_v2.py.
"""

from __future__ import annotations

from dataclasses import replace

from ..arch.about import About, Printed
from ..arch.spec import Arch, BatchNorm, Conv, GlobalPool, Inception, Linear, Padding, Pool, SepConv, Unit
from .branches import branch1x1, branch3x3, branch3x3dbl, branch_down, branch_pool, classifier_head
from .stories import SINGLE_CROP, SLIM_RESULTS, THREE_V2, code, paper

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


_CAFFE, _SLIM = "yjxiong/caffe and Cadene/pretrained-models.pytorch, bninception", "tf_slim/nets/inception_v2.py"
_TABLE = "figure 5, the table of the network"
_CAFFE_NAMES = tuple((row[0], f"inception ({row[0].removeprefix('inception_')})") for row in BN_INCEPTION_MODULES)
_SLIM_NAMES = tuple((row[1], f"inception ({row[0].removeprefix('inception_')})") for row in BN_INCEPTION_MODULES)

bn_inception = Arch(
    key="bn_inception",
    about=About(
        title="BN-Inception (Inception v2)",
        year=2015,
        paper="Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
        authors="Ioffe, Szegedy",
        url="https://arxiv.org/abs/1502.03167",
        story=(
            paper(
                "The network that introduced batch normalisation. Without it, this network needs 31.0 million training"
                " steps to reach 72.2%; with it 13.3 million; and with it, five times the learning rate and a few"
                " other changes (BN-x5) 2.1 million, a fourteenth.",
                "section 4.2, figures 2 and 3",
            ),
            paper(
                "Most modules pool by average, and two modules halve the grid themselves instead of leaving it to a"
                " pool between them.",
                _TABLE,
            ),
            paper(
                "Each 5x5 becomes two 3x3 in a row. Here that is not a saving: it raises the parameters by 25% and the"
                " cost by about 30%, for a deeper network.",
                "appendix",
            ),
            THREE_V2,
        ),
        differences=(
            paper(
                "The table asks for a pool projection of 128 in 4c and 4d yet prints 576 output channels.",
                f"{_TABLE}; apache/mxnet issue 1643, chainer issue 4120",
            ),
            code(
                "Caffe, MXNet and this version keep 128 and get 608, 608 and then 1,056 channels; TF-slim and Caffe2"
                " keep 576 and project to 96.",
                f"{_CAFFE}; {_SLIM}",
            ),
            paper(
                "The paper's stem is a depthwise 7x7 with 8 filters on each colour channel, followed by a 1x1; only"
                " TF-slim has it.",
                _TABLE,
            ),
            code("Convolutions keep a bias that the BatchNorm after them makes redundant.", _CAFFE),
            code("BatchNorm's eps is 0.00001 where TF-slim has 0.001, and average pools count the padding.", _CAFFE),
        ),
        top1_percent=73.524,
        top5_percent=91.562,
        top1_source="Cadene/pretrained-models.pytorch, bninception, 2018",
        paper_errors=(25.2, 7.8),
        paper_errors_source=SINGLE_CROP,
        printed=(Printed("parameters", "13.6 million", "11.3 million"),),
        group="v2",
        aliases=("Inception v2", "BN-Inception", "batch normalisation", "bninception", "Caffe", "TSN"),
        part_names=_CAFFE_NAMES,
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
        story=(
            code(
                "BN-Inception as Google released it. The stem is the separable 7x7 whose cost the papers print: a"
                " depthwise 7x7 with 8 filters on each of the three colour channels, then a 1x1 to 64 channels, for 34M"
                " MACs instead of 118M.",
                _SLIM,
            ),
            THREE_V2,
        ),
        differences=(
            code(
                "Pool projections of 96 in 4c and 4d (here Mixed_4d and Mixed_4e) make the 576, 576 and 1,024 output"
                " channels that the paper prints.",
                _SLIM,
            ),
            code("The stem has a bias and ReLU but no BatchNorm, unlike every other convolution.", _SLIM),
            code(
                "TensorFlow's SAME padding: at even sizes a stride of two pads nothing before and one pixel after,"
                " where Caffe and PyTorch pad both sides. Average pools do not count the padding.",
                _SLIM,
            ),
            code(
                "BatchNorm adds a trained offset and has no trained scale; eps is 0.001 and momentum 0.0003"
                " (TensorFlow's decay 0.9997).",
                _SLIM,
            ),
        ),
        top1_percent=73.9,
        top5_percent=91.8,
        top1_source=f"{SLIM_RESULTS}, inception_v2_2016_08_28",
        printed=(Printed("parameters", "13.6 million", "11.2 million"),),
        aliases=("Inception v2", "BN-Inception", "TF-slim", "TensorFlow", "separable stem"),
        part_names=_SLIM_NAMES,
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


def _caffe2_module(row: _Row) -> Inception:
    """Caffe's padding and names, TF-slim's projections; average pools do not count the padding."""
    name, _, n1, r3, n3, rd, nd, _, proj = row
    if n1 == 0:
        return bn_inception_module(row, slim=False)
    pool = branch_pool(proj, "max" if row is BN_INCEPTION_MODULES[-1] else "avg", include_pad=False)
    return Inception(name, (branch1x1(n1), branch3x3(r3, n3), branch3x3dbl(rd, nd, nd), pool))


_ONNX = "onnx 1.23, light_inception_v2.onnx"

bn_inception_caffe2 = Arch(
    key="bn_inception_caffe2",
    about=replace(
        bn_inception.about,
        title="BN-Inception (Caffe2, ONNX model zoo)",
        story=(
            code(
                "BN-Inception as Caffe2 had it and the ONNX model zoo still has: the plain 7x7 stem of Caffe with the"
                " widths of TF-slim.",
                _ONNX,
            ),
            THREE_V2,
        ),
        differences=(
            code("Pool projections of 96 in 4c and 4d make the 576, 576 and 1,024 channels of the paper.", _ONNX),
            code(
                "Convolutions have no bias. After each BatchNorm the file multiplies and adds once more per channel;"
                " that is redundant, and neither built nor counted here.",
                _ONNX,
            ),
            code("Average pools do not count the padding.", _ONNX),
        ),
        top1_percent=None,
        top5_percent=None,
        top1_source="",
        printed=(),
        aliases=("Inception v2", "BN-Inception", "Caffe2", "ONNX", "inception-v2-9.onnx"),
    ),
    unit=Unit(norm=BatchNorm(eps=1e-5, momentum=0.1)),
    stages=(
        Conv("conv1", 64, (7, 7), 2),
        down_pool("pool1", slim=False),
        Conv("conv2_reduce", 64),
        Conv("conv2", 192, (3, 3)),
        down_pool("pool2", slim=False),
        *(_caffe2_module(row) for row in BN_INCEPTION_MODULES),
        GlobalPool("avgpool"),
        Linear("fc"),
    ),
)

VARIANTS = (bn_inception, inception_v2_slim, bn_inception_caffe2)
