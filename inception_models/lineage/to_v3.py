"""The steps from GoogLeNet to BN-Inception, and from there to Inception v3.

Papers: Szegedy et al. 2014, arXiv:1409.4842; Ioffe & Szegedy 2015, arXiv:1502.03167; Szegedy et al. 2015,
arXiv:1512.00567.
"""

from __future__ import annotations

from dataclasses import replace

from ..arch.spec import Arch, Block, Branch, Conv, Inception, Pool
from ..arch.tree import map_blocks
from ..variants.branches import branch3x3dbl
from .mutations import Mutation, added_stage, all_stages, renamed, swapped_stages, without_stages

BN_PAPER = "Ioffe & Szegedy 2015"
RETHINKING = "Szegedy et al. 2015, Rethinking the Inception Architecture"


def _unit(arch: Arch, end: Arch) -> Arch:
    return replace(arch, unit=end.unit)


def _input_size(arch: Arch, end: Arch) -> Arch:
    return replace(arch, input_size=end.input_size)


def _heads(arch: Arch, end: Arch) -> Arch:
    return replace(arch, aux=end.aux)


def _two_3x3(arch: Arch, _: Arch) -> Arch:
    """Each 5x5 of a module as two 3x3 of the same width."""

    def branch(old: Branch) -> Branch:
        match old.ops:
            case (Conv(width=int() as reduce), Conv(kernel=(5, 5), width=int() as width)):
                return branch3x3dbl(reduce, width, width)
            case _:
                return old

    return map_blocks(arch, lambda old: replace(old, branches=tuple(map(branch, old.branches))))


def _average_pools(arch: Arch, _: Arch) -> Arch:
    """Modules pool by average, except for the last one."""
    last = [stage for stage in arch.stages if isinstance(stage, Inception)][-1]

    def block(old: Block) -> Block:
        return old if old is last else replace(old, branches=tuple(map(_averaging, old.branches)))

    return map_blocks(arch, block)


def _averaging(branch: Branch) -> Branch:
    match branch.ops:
        case (Pool(stride=1) as pool, *others):
            return replace(branch, ops=(replace(pool, kind="avg"), *others))
        case _:
            return branch


TO_BN_INCEPTION = (
    Mutation(
        "BatchNorm after every convolution",
        "Each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted by two trained"
        " values. The network costs the same and trains in far fewer steps.",
        "idea",
        f"{BN_PAPER}, section 3",
        _unit,
    ),
    Mutation(
        "Local response normalisation and dropout go",
        "With BatchNorm neither is needed any more.",
        "idea",
        f"{BN_PAPER}, section 4.2.1",
        without_stages("pool1_norm1", "conv2_norm2", "dropout"),
    ),
    Mutation("The auxiliary heads go", "The released network has none.", "re-tabulation", "", _heads),
    Mutation(
        "Each 5×5 becomes two 3×3",
        "Two 3×3 in a row see the same 5×5 window with one more activation between them. At equal widths this is no"
        " saving here: the second 3×3 reads as many channels as the 5×5 made, not as few as the 1×1 left.",
        "idea",
        f"{BN_PAPER}, appendix",
        _two_3x3,
    ),
    Mutation(
        "Modules pool by average",
        "All but the last module take the average of their pool's window instead of its largest value.",
        "idea",
        f"{BN_PAPER}, figure 5",
        _average_pools,
    ),
    Mutation(
        "A third module on the 28×28 grid halves it",
        "The pool between the modules gives way to a module whose convolutions and pool have stride 2.",
        "idea",
        f"{BN_PAPER}, appendix and figure 5",
        swapped_stages("maxpool3", "inception_3c"),
    ),
    Mutation(
        "Module 4e halves the 14×14 grid",
        "It loses its 1×1 branch and takes over the work of the pool after it.",
        "idea",
        f"{BN_PAPER}, appendix and figure 5",
        swapped_stages("inception4e..maxpool4", "inception_4e"),
    ),
    Mutation(
        "Other filter counts",
        "The modules get the counts of the new table. The paper gives no reason for each.",
        "re-tabulation",
        f"{BN_PAPER}, figure 5",
        all_stages,
    ),
    Mutation("The released names", "The same network, under the names of the Caffe release.", "rename", "", renamed),
)

TO_INCEPTION_V3 = (
    Mutation(
        "The second grid reduction: no padding, other filters",
        "As in BN-Inception, convolutions and a pool halve the grid side by side. This paper gives the reason: to pool"
        " first loses information, to convolve first costs too much.",
        "re-tabulation",
        f"{RETHINKING}, section 5",
        swapped_stages("inception_4e", "Mixed_7a"),
    ),
    Mutation(
        "The first grid reduction: no padding, other filters",
        "The same for module 3c.",
        "re-tabulation",
        f"{RETHINKING}, section 5",
        swapped_stages("inception_3c", "Mixed_6a"),
    ),
    Mutation(
        "Pictures of 299 pixels",
        "Nothing but the input grows, so every grid and its cost grow with it.",
        "idea",
        f"{RETHINKING}, section 6",
        _input_size,
    ),
    Mutation(
        "The stem's 7×7 becomes three 3×3",
        "The 7×7 is taken apart as the 5×5 was.",
        "idea",
        f"{RETHINKING}, section 3.1 and table 1",
        swapped_stages("conv1_7x7_s2", "Conv2d_1a_3x3..Conv2d_2b_3x3"),
    ),
    Mutation(
        "The rest of the stem",
        "80 and 192 filters, and no padding at the 3×3. The paper's table has other layers here; this is the code's.",
        "re-tabulation",
        "",
        swapped_stages("pool1_3x3_s2..pool2_3x3_s2", "maxpool1..maxpool2"),
    ),
    Mutation(
        "Three modules on the 35×35 grid",
        "Wider, and one more. The released code has a real 5×5 here again, where the paper draws two 3×3.",
        "re-tabulation",
        "",
        swapped_stages("inception_3a..inception_3b", "Mixed_5b..Mixed_5d"),
    ),
    Mutation(
        "7×7 filters as 1×7 and 7×1",
        "On the middle grid a module sees 7×7 cells with 14 weights for a pair of channels instead of 49.",
        "idea",
        f"{RETHINKING}, section 3.2 and figure 6",
        swapped_stages("inception_4a..inception_4d", "Mixed_6b..Mixed_6e"),
    ),
    Mutation(
        "1×3 beside 3×1 on the 8×8 grid",
        "On the coarsest grid the modules grow wider instead of deeper, to 2,048 channels.",
        "idea",
        f"{RETHINKING}, figure 7",
        swapped_stages("inception_5a..inception_5b", "Mixed_7b..Mixed_7c"),
    ),
    Mutation(
        "No bias in front of BatchNorm",
        "BatchNorm subtracts the mean, so a bias before it changes nothing.",
        "re-tabulation",
        "",
        _unit,
    ),
    Mutation(
        "One auxiliary head, with BatchNorm",
        "It reads the last 17×17 module and acts as a regulariser.",
        "idea",
        f"{RETHINKING}, section 4",
        _heads,
    ),
    Mutation(
        "Dropout comes back",
        "In front of the classifier, as in the released code.",
        "re-tabulation",
        "",
        added_stage("dropout", "avgpool"),
    ),
    Mutation("The name", "The same network, under its own name.", "rename", "", renamed),
)
