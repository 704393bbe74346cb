"""The second network of "Rethinking the Inception Architecture", which its authors call Inception-v2: a reconstruction.

Szegedy et al. 2015, arXiv:1512.00567, Table 1 and figures 5 to 7. The table prints the layers and the widths between
them. The filters inside the modules are not in the PDF, which points to a file, model.txt, in the paper's source;
nobody is known to have used it. Each assumption is listed in the variant's story.
"""

from __future__ import annotations

from ..arch.about import About, Claim, Printed
from ..arch.spec import Arch, Branch, Conv, Inception, Pool, Unit
from .branches import branch1x1, branch3x3dbl, branch_pool, classifier_head
from .inception_v3 import MODULES_C, module_c, module_e, reduction_b, reduction_d
from .stories import RETHINKING, RETHINKING_AUTHORS, RETHINKING_URL, THREE_V2, code, measured, paper


def _module_a(name: str) -> Inception:
    """Figure 5 as drawn: the 5x5 is two 3x3. 64 + 64 + 96 + 64 makes the 288 channels of Table 1."""
    five = Branch("branch5x5", (Conv("reduce", 48), Conv("conv1", 64, (3, 3)), Conv("conv2", 64, (3, 3))))
    return Inception(name, (branch1x1(64), five, branch3x3dbl(64, 96, 96), branch_pool(64)))


_TABLE = "Table 1"


def _assumed(text: str) -> Claim:
    return code(text, "an assumption of this reconstruction")


inception_v2_rethinking = Arch(
    key="inception_v2_rethinking",
    about=About(
        title='Inception v2 of "Rethinking"',
        year=2015,
        paper=RETHINKING,
        authors=RETHINKING_AUTHORS,
        url=RETHINKING_URL,
        story=(
            paper(
                "The network that the paper describes layer by layer and then improves into v3: three 3x3 convolutions"
                " in place of the 7x7, three more after the first pool, then modules of three kinds on grids of 35, 17"
                " and 8 cells.",
                f"section 6, {_TABLE}",
            ),
            THREE_V2,
        ),
        differences=(
            paper(
                "A reconstruction: the table prints no filters inside the modules. The paper points to a file,"
                " model.txt, in its source for them; nobody is known to have used it, and no exact count was"
                " published.",
                f"section 6, {_TABLE}",
            ),
            _assumed(
                "Assumed: the two grid reductions are among the 3 and the 5 modules that the table counts. Only so does"
                " the network keep the paper's less than 25 million parameters.",
            ),
            _assumed("Assumed: figure 5 with v3's widths and two 3x3 for its 5x5, which makes the 288 channels."),
            _assumed("Assumed: v3's grid reductions, which make the 768 and 1,280 channels; figure 7 as in v3."),
            _assumed("Assumed: the widths within the factorised 7x7 are v3's 128, 160, 160 and 192."),
            _assumed("Assumed: no auxiliary head, whose form the paper does not give for this network."),
            measured("No reading of the paper meets the 3.8 or 4.8 billion operations that it prints."),
        ),
        printed=(Printed("operations (Table 3)", "3.8 billion", "5.67 billion"),),
        group="v2",
        standing="reconstruction",
        aliases=("Inception v2", "Inception-v2", "Rethinking", "1512.00567 Table 1"),
        part_names=(
            *((name, "Inception, figure 5") for name in ("Mixed_5b", "Mixed_5c")),
            ("Mixed_6a", "grid reduction, figure 10"),
            *((name, "Inception, figure 6") for name, _ in MODULES_C),
            ("Mixed_7a", "grid reduction"),
            *((name, "Inception, figure 7") for name in ("Mixed_7b", "Mixed_7c")),
        ),
    ),
    unit=Unit(),
    stages=(
        Conv("conv1", 32, (3, 3), 2, "valid"),
        Conv("conv2", 32, (3, 3), 1, "valid"),
        Conv("conv3", 64, (3, 3)),
        Pool("maxpool1", "max", 3, 2),
        Conv("conv4", 80, (3, 3), 1, "valid"),
        Conv("conv5", 192, (3, 3), 2, "valid"),
        Conv("conv6", 288, (3, 3)),
        _module_a("Mixed_5b"),
        _module_a("Mixed_5c"),
        reduction_b("Mixed_6a"),
        *(module_c(*row) for row in MODULES_C),
        reduction_d("Mixed_7a"),
        module_e("Mixed_7b"),
        module_e("Mixed_7c"),
        *classifier_head(dropout=0.2),
    ),
    input_size=299,
)

VARIANTS = (inception_v2_rethinking,)
