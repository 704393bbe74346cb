"""Inception v1 / GoogLeNet in its published forms. Filter counts: Szegedy et al. 2014, arXiv:1409.4842, Table 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..arch.spec import (
    About,
    Arch,
    AuxHead,
    BatchNorm,
    Branch,
    Conv,
    Dropout,
    GlobalPool,
    Inception,
    Linear,
    LocalResponseNorm,
    Pool,
    Stage,
    Unit,
)
from .branches import classifier_head

# The nine modules, as Table 1 prints them.
#                 #1x1 #3x3r #3x3 #5x5r #5x5 pool
GOOGLENET_MODULES = (
    ("inception3a", 64, 96, 128, 16, 32, 32),
    ("inception3b", 128, 128, 192, 32, 96, 64),
    ("inception4a", 192, 96, 208, 16, 48, 64),
    ("inception4b", 160, 112, 224, 24, 64, 64),
    ("inception4c", 128, 128, 256, 24, 64, 64),
    ("inception4d", 112, 144, 288, 32, 64, 64),
    ("inception4e", 256, 160, 320, 32, 128, 128),
    ("inception5a", 256, 160, 320, 32, 128, 128),
    ("inception5b", 384, 192, 384, 48, 128, 128),
)
POOL_AFTER = {"inception3b": "maxpool3", "inception4e": "maxpool4"}

PLAIN = Unit(bias=True, norm=None)


def googlenet_module(name: str, n1: int, r3: int, n3: int, r5: int, n5: int, proj: int, five: int = 5) -> Inception:
    """An Inception module with 1x1 reductions (figure 2b of the paper)."""
    return Inception(
        name,
        (
            Branch("branch1x1", (Conv("conv", n1),)),
            Branch("branch3x3", (Conv("reduce", r3), Conv("conv", n3, (3, 3)))),
            Branch("branch5x5", (Conv("reduce", r5), Conv("conv", n5, (five, five)))),
            Branch("branch_pool", (Pool("pool", "max", 3, 1, "same"), Conv("proj", proj))),
        ),
    )


def naive_module(name: str, n1: int, _r3: int, n3: int, _r5: int, n5: int, _proj: int) -> Inception:
    """The module without reductions (figure 2a): the pool passes all its input channels on."""
    return Inception(
        name,
        (
            Branch("branch1x1", (Conv("conv", n1),)),
            Branch("branch3x3", (Conv("conv", n3, (3, 3)),)),
            Branch("branch5x5", (Conv("conv", n5, (5, 5)),)),
            Branch("branch_pool", (Pool("pool", "max", 3, 1, "same"),)),
        ),
    )


def body(modules: Iterable[Inception], pools: Sequence[Pool]) -> tuple[Stage, ...]:
    """The modules with the stride-2 pools between them."""
    after = dict(zip(POOL_AFTER, pools, strict=True))
    return tuple(part for m in modules for part in (m, after.get(m.name)) if part is not None)


def aux_heads(pool: Pool | GlobalPool, weight: float = 0.3) -> tuple[AuxHead, ...]:
    """The two auxiliary classifiers, on 4a and 4d (section 5 of the paper)."""
    ops = (pool, Conv("conv", 128), Linear("fc1", 1024, activation="relu"), Dropout("dropout", 0.7), Linear("fc2"))
    return AuxHead("aux1", "inception4a", ops, weight), AuxHead("aux2", "inception4d", ops, weight)


def _ceil_pool(name: str, size: int = 3) -> Pool:
    return Pool(name, "max", size, 2, ceil=True)


def _padded_pool(name: str) -> Pool:
    """Both tutorials pad by one pixel instead of rounding up: same sizes, windows one pixel off."""
    return Pool(name, "max", 3, 2, "same")


AUX_POOL = Pool("pool", "avg", 5, 3)
GOING_DEEPER = "Going deeper with convolutions"
GOING_DEEPER_AUTHORS = "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich"
GOING_DEEPER_URL = "https://arxiv.org/abs/1409.4842"

googlenet = Arch(
    key="googlenet",
    about=About(
        title="GoogLeNet (Inception v1)",
        year=2014,
        paper=GOING_DEEPER,
        authors=GOING_DEEPER_AUTHORS,
        url=GOING_DEEPER_URL,
        summary=(
            "The network that won ImageNet 2014. Each module looks at its input through 1x1, 3x3 and 5x5 filters and a"
            " pool at the same time; 1x1 convolutions in front of the large filters keep that affordable. Two auxiliary"
            " classifiers help the gradient on its way down while training."
        ),
        differences=(
            "Geometry of the Caffe release: local response normalisation, no BatchNorm, pools that round up.",
            "Table 1 prints 2.7K parameters and 34M operations for the stem's 7x7: the cost of a separable convolution"
            " with depth multiplier 8. The plain 7x7 of every implementation has 9,408 weights and 118.0M MACs, so the"
            " network costs 1.583 G MACs where the paper says 1.5 billion.",
            "Table 1 prints 54M operations for 5a; exact arithmetic gives 51.1M.",
        ),
        top1_percent=68.7,
        top1_source="BVLC Caffe model zoo, bvlc_googlenet",
    ),
    unit=PLAIN,
    stages=(
        Conv("conv1_7x7_s2", 64, (7, 7), 2),
        _ceil_pool("pool1_3x3_s2"),
        LocalResponseNorm("pool1_norm1"),
        Conv("conv2_3x3_reduce", 64),
        Conv("conv2_3x3", 192, (3, 3)),
        LocalResponseNorm("conv2_norm2"),
        _ceil_pool("pool2_3x3_s2"),
        *body((googlenet_module(*row) for row in GOOGLENET_MODULES), (_ceil_pool("maxpool3"), _ceil_pool("maxpool4"))),
        *classifier_head(dropout=0.4),
    ),
    aux=aux_heads(AUX_POOL),
)

googlenet_plain = Arch(
    key="googlenet_plain",
    about=replace(
        googlenet.about,
        title="GoogLeNet, plain (tutorial notebook)",
        summary=(
            "A faithful tutorial version of Table 1: convolutions with biases and ReLU, no normalisation of any kind,"
            " and the stem's 1x1 reduction kept. Same parameters and MACs as the original."
        ),
        differences=(
            "No local response normalisation.",
            "Pools pad by one pixel where Caffe rounds up: the same sizes, but windows shifted by one pixel, so trained"
            " Caffe weights would not fit.",
            "The notebook runs its auxiliary heads in evaluation too; here they run in training only.",
        ),
        top1_percent=None,
        top1_source="",
    ),
    unit=PLAIN,
    stages=(
        Conv("conv1", 64, (7, 7), 2),
        _padded_pool("maxpool1"),
        Conv("reduce2", 64),
        Conv("conv2", 192, (3, 3)),
        _padded_pool("maxpool2"),
        *body(
            (googlenet_module(*row) for row in GOOGLENET_MODULES),
            (_padded_pool("maxpool3"), _padded_pool("maxpool4")),
        ),
        *classifier_head(dropout=0.4),
    ),
    aux=aux_heads(AUX_POOL),
)

googlenet_bn = Arch(
    key="googlenet_bn",
    about=replace(
        googlenet_plain.about,
        title="GoogLeNet with BatchNorm (tutorial article)",
        summary=(
            "The version most tutorials build today: every convolution is followed by BatchNorm, which trains far"
            " faster, and the stem has no 1x1 reduction."
        ),
        differences=(
            "The stem's 1x1 reduction is left out.",
            "Convolutions keep a bias that the BatchNorm after them makes redundant.",
            "Pools pad by one pixel where Caffe rounds up.",
        ),
    ),
    unit=Unit(bias=True, norm=BatchNorm(eps=1e-5, momentum=0.1)),
    stages=(
        Conv("conv1", 64, (7, 7), 2),
        _padded_pool("maxpool1"),
        Conv("conv2", 192, (3, 3)),
        _padded_pool("maxpool2"),
        *body(
            (googlenet_module(*row) for row in GOOGLENET_MODULES),
            (_padded_pool("maxpool3"), _padded_pool("maxpool4")),
        ),
        *classifier_head(dropout=0.4),
    ),
    aux=aux_heads(AUX_POOL),
)

googlenet_torchvision = Arch(
    key="googlenet_torchvision",
    about=replace(
        googlenet.about,
        title="GoogLeNet (torchvision)",
        summary=(
            "The GoogLeNet that PyTorch users load. It follows TF-slim: BatchNorm throughout, 3x3 filters in the branch"
            " that the paper gives 5x5 filters, and a 2x2 last pool. Its weights come from the TF-slim checkpoint."
        ),
        differences=(
            "The 5x5 branch has 3x3 filters, kept to stay compatible with TF-slim's checkpoint"
            " (tensorflow issue 8295, pytorch/vision issue 906).",
            "The pool in front of 5a is 2x2 with stride 2; the paper's is 3x3.",
            "BatchNorm (eps 0.001) instead of local response normalisation; no convolution biases.",
            "Auxiliary heads pool adaptively to 4x4 with overlapping windows, not 5x5 with stride 3;"
            " dropout is 0.2 and 0.7.",
        ),
        top1_percent=69.778,
        top1_source="torchvision model weights table, IMAGENET1K_V1",
    ),
    unit=Unit(norm=BatchNorm(eps=1e-3, momentum=0.1)),
    stages=(
        Conv("conv1", 64, (7, 7), 2),
        _ceil_pool("maxpool1"),
        Conv("conv2", 64),
        Conv("conv3", 192, (3, 3)),
        _ceil_pool("maxpool2"),
        *body(
            (googlenet_module(*row, five=3) for row in GOOGLENET_MODULES),
            (_ceil_pool("maxpool3"), _ceil_pool("maxpool4", 2)),
        ),
        *classifier_head(dropout=0.2),
    ),
    aux=aux_heads(GlobalPool("pool", 4)),
)

googlenet_naive = Arch(
    key="googlenet_naive",
    about=replace(
        googlenet.about,
        title="GoogLeNet of naive modules",
        summary=(
            "What the 1x1 reductions are for: the same nine modules without them. Each pool passes all its channels on,"
            " so the network grows from 416 channels to 4,944, with 14 times the parameters and 8 times the MACs."
        ),
        differences=(
            "A thought experiment: the paper draws the naive module (figure 2a) but never builds this network.",
        ),
        top1_percent=None,
        top1_source="",
    ),
    unit=PLAIN,
    stages=(
        *(stage for stage in googlenet_plain.stages[:5]),
        *body((naive_module(*row) for row in GOOGLENET_MODULES), (_padded_pool("maxpool3"), _padded_pool("maxpool4"))),
        *classifier_head(dropout=0.4),
    ),
)

VARIANTS = (googlenet, googlenet_plain, googlenet_bn, googlenet_torchvision, googlenet_naive)
