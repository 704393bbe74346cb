"""GoogLeNet, and what its other forms share. Filter counts: Szegedy et al. 2014, arXiv:1409.4842, Table 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..arch.about import About, Printed
from ..arch.spec import (
    Arch,
    AuxHead,
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
from .stories import (
    GOING_DEEPER,
    GOING_DEEPER_AUTHORS,
    GOING_DEEPER_URL,
    code,
    measured,
    paper,
)

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


def ceil_pool(name: str, size: int = 3) -> Pool:
    """Caffe's: the last window may hang over the edge."""
    return Pool(name, "max", size, 2, ceil=True)


def padded_pool(name: str) -> Pool:
    """Both tutorials pad by one pixel instead of rounding up: same sizes, windows one pixel off."""
    return Pool(name, "max", 3, 2, "same")


AUX_POOL = Pool("pool", "avg", 5, 3)

# How Table 1 names the modules.
V1_NAMES = tuple((name, f"inception ({name.removeprefix('inception')})") for name, *_ in GOOGLENET_MODULES)

googlenet = Arch(
    key="googlenet",
    about=About(
        title="GoogLeNet (Inception v1)",
        year=2014,
        paper=GOING_DEEPER,
        authors=GOING_DEEPER_AUTHORS,
        url=GOING_DEEPER_URL,
        story=(
            paper(
                "The network that won the ImageNet classification challenge of 2014. Each module looks at its input"
                " through 1x1, 3x3 and 5x5 filters and a pool at the same time, and stacks the outputs as channels;"
                " 1x1 convolutions before the large filters keep that affordable.",
                "sections 4 and 5, figure 2b",
            ),
            paper(
                "Two auxiliary classifiers, which run in training only, were meant to carry the gradient to the lower"
                " layers.",
                "section 5",
            ),
            paper(
                "The same group found in 2015 that such heads do not speed up the beginning of training, that the lower"
                " of two can be removed without loss, and that they act as regularisers.",
                "Rethinking (2015), section 4",
            ),
        ),
        differences=(
            code(
                "Geometry of the Caffe release: local response normalisation, no BatchNorm, pools that round up.",
                "BVLC/caffe, bvlc_googlenet/train_val.prototxt",
            ),
            measured(
                "Table 1 prints 2.7K parameters and 34M operations for the stem's 7x7: those of a depthwise 7x7 with 8"
                " filters on each colour channel, followed by a 1x1 to 64 channels (2,712 weights, 34.0M MACs). The"
                " plain 7x7 of every implementation of GoogLeNet has 9,408 weights and 118.0M MACs, so the network"
                " costs 1.583 G MACs where the paper says 1.5 billion.",
            ),
            measured(
                "Table 1 prints 54M operations for 5a, and exact arithmetic gives 51.1M. With the 48 filters that the"
                " DeepDream network has in place of 32 before the 5x5 of 5a it would be 54.2M.",
            ),
        ),
        top1_percent=68.7,
        top5_percent=88.9,
        top1_source="BVLC Caffe model zoo, bvlc_googlenet, 2014",
        printed=(
            Printed("weights of 4c (K is 1,024)", "463K", "497.5K"),
            Printed("weights of 4d (K is 1,024)", "580K", "590.5K"),
            Printed("weights of 5a (K is 1,024)", "1072K", "1018.0K"),
            Printed("weights of 5b (K is 1,024)", "1388K", "1409.0K"),
            Printed("operations of 5a", "54M", "51.1M"),
            Printed("operations in all", "1.5 billion", "1.583 billion"),
        ),
        group="v1",
        aliases=("Inception v1", "GoogleNet", "Going deeper with convolutions", "bvlc_googlenet", "Caffe", "2014"),
        part_names=V1_NAMES,
    ),
    unit=PLAIN,
    stages=(
        Conv("conv1_7x7_s2", 64, (7, 7), 2),
        ceil_pool("pool1_3x3_s2"),
        LocalResponseNorm("pool1_norm1"),
        Conv("conv2_3x3_reduce", 64),
        Conv("conv2_3x3", 192, (3, 3)),
        LocalResponseNorm("conv2_norm2"),
        ceil_pool("pool2_3x3_s2"),
        *body((googlenet_module(*row) for row in GOOGLENET_MODULES), (ceil_pool("maxpool3"), ceil_pool("maxpool4"))),
        *classifier_head(dropout=0.4),
    ),
    aux=aux_heads(AUX_POOL),
)

VARIANTS = (googlenet,)
