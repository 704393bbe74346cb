"""Random edits of every kind, for hypothesis. Each draws its numbers from the network that it is about to change."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import strategies as st

from inception_models import Arch, widths, with_widths
from inception_models.arch.spec import (
    BatchNorm,
    Branch,
    Conv,
    Dropout,
    Fork,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
    Norm,
    Op,
    Pool,
    SepConv,
    SplitConv,
    Unit,
)
from inception_models.arch.tree import blocks, walk
from inception_models.edits.depth import repeats, scales, with_repeats, with_scales
from inception_models.edits.input_output import with_aux, with_classes, with_input_size, without_aux
from inception_models.edits.structure import duplicated_branch, with_branch, with_op, without_branch, without_op
from inception_models.edits.toggles import ACTIVATIONS, with_activation, with_batch_norm, with_dropout
from inception_models.edits.whatif import factorised, naive, swapped_pool, unfactorised
from inception_models.edits.widths import scaled

NAMES = st.sampled_from(
    ("a", "b", "c", "conv", "reduce", "branch1x1", "branch9", "forward", "proj", "_x", "class", "ä")
)
UNITS = st.sampled_from((None, Unit(), Unit(True, None, "silu"), Unit(False, BatchNorm(1e-5, 0.1, False), "none")))
PADDINGS = st.sampled_from((*["same"] * 5, *["tf"] * 3, "valid"))  # mostly what keeps the grid
STRIDES = st.sampled_from((1, 1, 1, 1, 1, 2))
KERNELS = st.sampled_from(((1, 1), (3, 3), (1, 3), (5, 1), (5, 5), (2, 2)))
WIDTHS = st.one_of(st.none(), st.integers(1, 32))

CONVS = st.builds(Conv, NAMES, WIDTHS, KERNELS, STRIDES, PADDINGS, UNITS)
OPS: st.SearchStrategy[Op] = st.one_of(
    CONVS,
    st.builds(
        SepConv,
        NAMES,
        WIDTHS,
        KERNELS,
        STRIDES,
        PADDINGS,
        st.integers(1, 3),
        st.sampled_from(("before", "after", "never")),
        UNITS,
        st.sampled_from(("nothing", "norm", "unit")),
    ),
    st.builds(
        Pool,
        NAMES,
        st.sampled_from(("max", "avg")),
        st.integers(1, 3),
        STRIDES,
        PADDINGS,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(Fork, NAMES, st.lists(CONVS, min_size=1, max_size=2).map(tuple)),
    st.builds(Dropout, NAMES, st.sampled_from((0.0, 0.5))),
    st.builds(LocalResponseNorm, NAMES),
    st.builds(Norm, NAMES),
    st.builds(LayerNorm, NAMES),
    st.builds(LayerScale, NAMES, st.sampled_from((1e-6, 0.5))),
    st.builds(SplitConv, NAMES, st.sampled_from((3, 5, 4)), st.sampled_from((7, 11)), st.sampled_from((0.1, 0.3))),
)
BRANCHES = st.builds(Branch, NAMES, st.lists(OPS, max_size=3).map(tuple))

Edit = Callable[[st.DrawFn, Arch, Arch], Arch]  # draw, the network, the published one


def one(draw: st.DrawFn, items: Iterable[str]) -> str:
    """One of the paths; ``nowhere`` where there is none, which every edit must refuse."""
    return draw(st.sampled_from(sorted(items) or ["nowhere"]))


def branch_paths(arch: Arch) -> list[str]:
    return [f"{name}.{b.name}" for name, block in blocks(arch).items() for b in block.branches]


def in_branches(arch: Arch) -> list[str]:
    branches = {f"{name}.{b.name}": b for name, block in blocks(arch).items() for b in block.branches}
    return [f"{path}.{op.name}" for path, branch in branches.items() for op in branch.ops]


def op_paths(arch: Arch, kind: type) -> list[str]:
    return [path for path, op in walk(arch) if isinstance(op, kind)]


def large(arch: Arch) -> list[str]:
    return [path for path, op in walk(arch) if isinstance(op, Conv) and max(op.kernel) > 1]


def _widths(draw: st.DrawFn, arch: Arch, _: Arch) -> Arch:
    paths = draw(st.lists(st.sampled_from(list(widths(arch))), min_size=1, max_size=5, unique=True))
    return with_widths(arch, {path: draw(st.integers(1, 64)) for path in paths})


def _op(draw: st.DrawFn, arch: Arch, _: Arch) -> Arch:
    return with_op(arch, one(draw, branch_paths(arch)), draw(OPS), draw(st.sampled_from((None, 0, 1, 2))))


def _branch(draw: st.DrawFn, arch: Arch, _: Arch) -> Arch:
    return with_branch(arch, one(draw, blocks(arch)), draw(BRANCHES), draw(st.sampled_from((None, 0, 1))))


EDITS: dict[str, Edit] = {
    "widths": _widths,
    "scaled": lambda draw, arch, _: scaled(
        arch, draw(st.sampled_from((0.1, 0.25, 0.5))), draw(st.sampled_from((1, 8)))
    ),
    "input_size": lambda draw, arch, _: with_input_size(arch, draw(st.integers(1, 320))),
    "classes": lambda draw, arch, _: with_classes(arch, draw(st.integers(0, 50))),
    "no_aux": lambda draw, arch, _: without_aux(arch),
    "aux": lambda draw, arch, original: with_aux(arch, True, original),
    "repeats": lambda draw, arch, _: with_repeats(arch, {one(draw, repeats(arch)): draw(st.integers(0, 3))}),
    "scales": lambda draw, arch, _: with_scales(arch, {one(draw, scales(arch)): draw(st.sampled_from((0, 0.5, 1.0)))}),
    "dropout": lambda draw, arch, _: with_dropout(arch, draw(st.sampled_from((0.0, 0.3, 1.0)))),
    "activation": lambda draw, arch, _: with_activation(arch, draw(st.sampled_from(ACTIVATIONS))),
    "batch_norm": lambda draw, arch, original: with_batch_norm(arch, draw(st.booleans()), original),
    "factorised": lambda draw, arch, _: factorised(
        arch, one(draw, large(arch)), draw(st.sampled_from(("3x3s", "1xk_kx1")))
    ),
    "unfactorised": lambda draw, arch, _: unfactorised(arch, one(draw, large(arch))),
    "naive": lambda draw, arch, _: naive(arch, one(draw, blocks(arch))),
    "swapped_pool": lambda draw, arch, _: swapped_pool(arch, one(draw, op_paths(arch, Pool))),
    "with_op": _op,
    "without_op": lambda draw, arch, _: without_op(arch, one(draw, in_branches(arch))),
    "with_branch": _branch,
    "without_branch": lambda draw, arch, _: without_branch(arch, one(draw, branch_paths(arch))),
    "duplicated_branch": lambda draw, arch, _: duplicated_branch(arch, one(draw, branch_paths(arch))),
}


@st.composite
def edited(draw: st.DrawFn, original: Arch, most: int = 6) -> tuple[Arch, list[str]]:
    """``original`` after one to ``most`` edits, and which of them were made; those that were refused are left out."""
    arch, made = original, []
    useless = {"repeats": not repeats(original), "scales": not scales(original), "aux": not original.aux}
    kinds = [name for name in EDITS if not useless.get(name)]
    for name in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most)):
        try:
            arch = EDITS[name](draw, arch, original)
            made.append(name)
        except ValueError as refusal:
            assert_one_sentence(str(refusal))
    return arch, made


def assert_one_sentence(text: str) -> None:
    """Ends with a full stop or question mark, has no other, and is short enough to read."""
    assert text, "an error without words"
    assert text[-1] in ".?", text
    assert ". " not in text, text
    assert "\n" not in text, text
    assert len(text) < 400, text
