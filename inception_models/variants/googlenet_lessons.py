"""GoogLeNet as people learn and teach it: two tutorials, the network for CIFAR, and the one of naive modules."""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import Arch, BatchNorm, Branch, Conv, GlobalPool, Inception, Linear, Pool, Unit
from .branches import classifier_head
from .googlenet import (
    AUX_POOL,
    GOOGLENET_MODULES,
    PLAIN,
    V1_NAMES,
    aux_heads,
    body,
    googlenet,
    googlenet_module,
    naive_module,
    padded_pool,
)
from .stories import code, measured, paper

_NO_NUMBERS = replace(googlenet.about, top1_percent=None, top5_percent=None, top1_source="", printed=())
_PADDED = (padded_pool("maxpool3"), padded_pool("maxpool4"))

googlenet_plain = Arch(
    key="googlenet_plain",
    about=replace(
        _NO_NUMBERS,
        title="GoogLeNet, plain (tutorial notebook)",
        story=(
            code(
                "A faithful tutorial version of Table 1: convolutions with biases and ReLU, no normalisation of any"
                " kind, and the stem's 1x1 reduction kept. It has the parameters and MACs of the original.",
                "the tutorial notebook, run as it is",
            ),
        ),
        differences=(
            code("No local response normalisation.", "the tutorial notebook"),
            code(
                "Pools pad by one pixel where Caffe rounds up: the same sizes, but windows shifted by one pixel, so"
                " trained Caffe weights would not fit.",
                "the tutorial notebook",
            ),
            code(
                "The notebook runs its auxiliary heads in evaluation too; here they run in training only.",
                "the tutorial notebook",
            ),
        ),
        aliases=("Inception v1", "tutorial", "notebook", "without BatchNorm"),
    ),
    unit=PLAIN,
    stages=(
        Conv("conv1", 64, (7, 7), 2),
        padded_pool("maxpool1"),
        Conv("reduce2", 64),
        Conv("conv2", 192, (3, 3)),
        padded_pool("maxpool2"),
        *body((googlenet_module(*row) for row in GOOGLENET_MODULES), _PADDED),
        *classifier_head(dropout=0.4),
    ),
    aux=aux_heads(AUX_POOL),
)

googlenet_bn = Arch(
    key="googlenet_bn",
    about=replace(
        googlenet_plain.about,
        title="GoogLeNet with BatchNorm (tutorial article)",
        story=(
            code(
                "The version most tutorials build today: every convolution is followed by BatchNorm, and the stem has"
                " no 1x1 reduction.",
                "the tutorial article, repaired so that it runs",
            ),
        ),
        differences=(
            code("The stem's 1x1 reduction is left out.", "the tutorial article"),
            code(
                "Convolutions keep a bias that the BatchNorm after them makes redundant.",
                "the tutorial article",
            ),
            code("Pools pad by one pixel where Caffe rounds up.", "the tutorial article"),
        ),
        aliases=("Inception v1", "tutorial", "article", "BatchNorm"),
    ),
    unit=Unit(bias=True, norm=BatchNorm(eps=1e-5, momentum=0.1)),
    stages=(
        Conv("conv1", 64, (7, 7), 2),
        padded_pool("maxpool1"),
        Conv("conv2", 192, (3, 3)),
        padded_pool("maxpool2"),
        *body((googlenet_module(*row) for row in GOOGLENET_MODULES), _PADDED),
        *classifier_head(dropout=0.4),
    ),
    aux=aux_heads(AUX_POOL),
)

googlenet_naive = Arch(
    key="googlenet_naive",
    about=replace(
        _NO_NUMBERS,
        title="GoogLeNet of naive modules",
        story=(
            measured(
                "What the 1x1 reductions are for: the same nine modules without them. Each pool passes all its channels"
                " on, so the network grows from 416 channels to 4,944, with 14 times the parameters and 8 times the"
                " MACs.",
            ),
        ),
        differences=(
            paper(
                "A thought experiment: the paper draws the naive module and never builds a network of it.",
                "figure 2a",
            ),
        ),
        standing="thought experiment",
        aliases=("naive Inception", "without reductions", "figure 2a"),
    ),
    unit=PLAIN,
    stages=(
        *googlenet_plain.stages[:5],
        *body((naive_module(*row) for row in GOOGLENET_MODULES), _PADDED),
        *classifier_head(dropout=0.4),
    ),
)


def _cifar_module(name: str, n1: int, r3: int, n3: int, r5: int, n5: int, proj: int) -> Inception:
    """Two 3x3 filters in a row take the 5x5's place, as later Inceptions have it."""
    double = (Conv("reduce", r5), Conv("conv1", n5, (3, 3)), Conv("conv2", n5, (3, 3)))
    module = googlenet_module(name, n1, r3, n3, r5, n5, proj)
    branches = (Branch(b.name, double) if b.name == "branch5x5" else b for b in module.branches)
    return Inception(name, tuple(branches))


# The nine modules by the names of the repository.
_CIFAR_NAMES = {name: f"{name[-1]}{name[-2]}" for name, *_ in GOOGLENET_MODULES}
_CIFAR_MODULES = [_cifar_module(_CIFAR_NAMES[name], *row) for name, *row in GOOGLENET_MODULES]

googlenet_cifar = Arch(
    key="googlenet_cifar",
    about=replace(
        _NO_NUMBERS,
        title="GoogLeNet for CIFAR-10 (kuangliu)",
        story=(
            code(
                "What students train: the nine modules of Table 1 on pictures of 32 x 32 pixels. One 3x3 convolution"
                " replaces the stem, so the modules see grids of 32, 16 and 8 instead of 28, 14 and 7 cells, and the"
                " network costs as much as at 224 pixels.",
                "kuangliu/pytorch-cifar, models/googlenet.py",
            ),
        ),
        differences=(
            code(
                "Two 3x3 convolutions in a row replace each 5x5; every convolution has a bias and BatchNorm.",
                "kuangliu/pytorch-cifar, models/googlenet.py",
            ),
            code("No auxiliary heads and no dropout.", "kuangliu/pytorch-cifar, models/googlenet.py"),
        ),
        aliases=("CIFAR", "CIFAR-10", "pytorch-cifar", "kuangliu", "32 x 32", "Inception v1"),
        part_names=tuple((_CIFAR_NAMES[name], words) for name, words in V1_NAMES),
    ),
    unit=Unit(bias=True, norm=BatchNorm(eps=1e-5, momentum=0.1)),
    stages=(
        Conv("pre_layers", 192, (3, 3)),
        *_CIFAR_MODULES[:2],
        Pool("maxpool", "max", 3, 2, "same"),
        *_CIFAR_MODULES[2:7],
        Pool("maxpool2", "max", 3, 2, "same"),
        *_CIFAR_MODULES[7:],
        GlobalPool("avgpool"),
        Linear("linear"),
    ),
    input_size=32,
    classes=10,
)

VARIANTS = (googlenet_plain, googlenet_bn, googlenet_naive, googlenet_cifar)
