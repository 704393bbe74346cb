"""The steps from Inception v3 to v4, and from there to Inception-ResNet v2.

Paper: Szegedy et al. 2016, arXiv:1602.07261.
"""

from __future__ import annotations

from .mutations import Mutation, added_stage, copies, renamed, swapped_stages

V4_PAPER = "Szegedy et al. 2016, Inception-v4"

TO_INCEPTION_V4 = (
    Mutation(
        "The stem branches",
        "Three small blocks in which a pool and a convolution, or two rows of convolutions, work side by side.",
        "idea",
        f"{V4_PAPER}, figure 3",
        swapped_stages("maxpool1..maxpool2", "Mixed_3a..Mixed_5a"),
    ),
    Mutation(
        "One block for the 35×35 grid, four times",
        "All copies are equal: Inception-A. Its 5×5 is gone.",
        "idea",
        f"{V4_PAPER}, section 3 and figure 4",
        swapped_stages("Mixed_5b..Mixed_5d", "inception_a"),
    ),
    Mutation(
        "Reduction-A",
        "The same idea as in v3, with other counts.",
        "re-tabulation",
        f"{V4_PAPER}, figure 7",
        swapped_stages("Mixed_6a", "reduction_a"),
    ),
    Mutation(
        "One block for the 17×17 grid, seven times",
        "Inception-B, with its factorised 7×7 filters.",
        "idea",
        f"{V4_PAPER}, section 3 and figure 5",
        swapped_stages("Mixed_6b..Mixed_6e", "inception_b"),
    ),
    Mutation(
        "Reduction-B",
        "The same idea as in v3, with other counts.",
        "re-tabulation",
        f"{V4_PAPER}, figure 8",
        swapped_stages("Mixed_7a", "reduction_b"),
    ),
    Mutation(
        "One block for the 8×8 grid, three times",
        "Inception-C, with 1×3 beside 3×1.",
        "idea",
        f"{V4_PAPER}, section 3 and figure 6",
        swapped_stages("Mixed_7b..Mixed_7c", "inception_c"),
    ),
    Mutation(
        "Less dropout",
        "As in the paper: 80% of the values are kept.",
        "re-tabulation",
        f"{V4_PAPER}, figure 9",
        swapped_stages("dropout", "dropout"),
    ),
    Mutation("The name", "The same network, under its own name.", "rename", "", renamed),
)

TO_INCEPTION_RESNET_V2 = (
    Mutation(
        "The stem of v3 comes back",
        "So it is in the released code. The paper draws v4's stem.",
        "re-tabulation",
        "",
        swapped_stages("Conv2d_1a_3x3..Mixed_5a", "conv2d_1a..maxpool_5a"),
    ),
    Mutation(
        "One Inception module before the residual blocks",
        "It widens the 35×35 grid to 320 channels. The paper does not draw it.",
        "re-tabulation",
        "",
        added_stage("mixed_5b", "maxpool_5a"),
    ),
    Mutation(
        "Inception-A becomes residual",
        "The branches shrink, a 1×1 brings them back to the width of the input, and a small part of the result is"
        " added to that input.",
        "idea",
        f"{V4_PAPER}, section 3.2",
        swapped_stages("inception_a", "repeat", times=4),
    ),
    Mutation(
        "Reduction-A",
        "The same, with other counts.",
        "re-tabulation",
        f"{V4_PAPER}, table 1",
        swapped_stages("reduction_a", "mixed_6a"),
    ),
    Mutation(
        "Inception-B becomes residual",
        "Without the pool, and with one factorised 7×7 instead of two branches of them.",
        "idea",
        f"{V4_PAPER}, section 3.2",
        swapped_stages("inception_b", "repeat_1", times=7),
    ),
    Mutation(
        "Reduction-B",
        "One more branch, and other counts.",
        "re-tabulation",
        f"{V4_PAPER}, figure 18",
        swapped_stages("reduction_b", "mixed_7a"),
    ),
    Mutation(
        "Inception-C becomes residual",
        "Without the pool. The last of the three adds its branches unscaled and has no ReLU.",
        "idea",
        f"{V4_PAPER}, section 3.2",
        swapped_stages("inception_c", "repeat_2..block8", times=2),
    ),
    Mutation(
        "More copies: 10, 20 and 10",
        "A residual block costs less than the block it replaced, so there can be more of them.",
        "idea",
        f"{V4_PAPER}, section 3.2; the counts are the released code's",
        copies,
    ),
    Mutation(
        "A last 1×1 to 1,536 channels",
        "The released code has it in front of the classifier; the paper does not draw it.",
        "re-tabulation",
        "",
        added_stage("conv2d_7b", "block8"),
    ),
    Mutation("The name", "The same network, under its own name.", "rename", "", renamed),
)
