"""A refusal carries what can be done instead: the button and the command line's option make the same network."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser
from collections.abc import Callable

import pytest

from app.commands.network_options import add_network, network_from
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.arch.refusal import Refusal
from inception_models.edits.depth import with_repeats, with_scales
from inception_models.edits.input_output import (
    with_aux,
    with_classes,
    with_input_size,
    with_size_and_fitting_heads,
    without_aux,
)
from inception_models.edits.structure import without_branch, without_op
from inception_models.edits.toggles import with_dropout
from inception_models.edits.whatif import factorised
from inception_models.edits.widths import scaled

CONV = "inception3a.branch1x1.conv"

# The variant, what is done to it, the labels of the remedies, and the options that make the refused network's stand-in.
ROWS: tuple[tuple[str, Callable[[Arch], Arch], tuple[str, ...]], ...] = (
    ("googlenet", lambda a: with_size_and_fitting_heads(a, 3), ("Use 31 pixels",)),
    ("inception_v3", lambda a: with_size_and_fitting_heads(a, 12), ("Use 75 pixels",)),
    ("inception_resnet_v2", lambda a: with_input_size(a, 0), ("Use 75 pixels",)),
    ("bn_inception", lambda a: with_input_size(a, 222), ("Use 223 pixels",)),
    ("googlenet", lambda a: with_input_size(a, 70), ("Leave the auxiliary heads out", "Use 79 pixels")),
    ("googlenet", lambda a: with_input_size(a, 10**400), ("Use 1024 pixels",)),
    ("googlenet", lambda a: with_classes(a, 0), ("Use 1 class",)),
    ("googlenet", lambda a: with_classes(a, 200_000), ("Use 100,000 classes",)),
    ("googlenet", lambda a: with_widths(a, {CONV: 0}), ("Use 1 filter",)),
    ("googlenet", lambda a: with_widths(a, {CONV: 10**5000}), ("Use 8,192 filters",)),
    ("xception", lambda a: scaled(a, 8), ("Use × 4",)),
    ("xception", lambda a: scaled(a, 9), ("Use × 4",)),
    ("googlenet", lambda a: scaled(a, 0), ("Use × 0.05",)),
    ("inception_v4", lambda a: with_repeats(a, {"inception_b": 900}), ("Use 64 copies",)),
    ("inception_resnet_v2", lambda a: with_scales(a, 0), ("Use 0.01",)),
    ("googlenet", lambda a: with_dropout(a, 2), ("Use 0.99",)),
    ("xception", lambda a: without_branch(a, "block1.branch3x3"), ()),
    ("inception_resnet_v2", lambda a: without_op(a, "mixed_6a.branch3x3.conv"), ("Remove all of mixed_6a.branch3x3",)),
    ("googlenet", lambda a: factorised(a, "inception3a.branch3x3.conv"), ("Factorise into 1×k and k×1",)),
)


@pytest.mark.parametrize("variant, edit, labels", ROWS, ids=[f"{row[0]}: {', '.join(row[2])}" for row in ROWS])
def test_every_remedy_works_and_its_option_makes_the_same_network(
    variant: str, edit: Callable[[Arch], Arch], labels: tuple[str, ...]
) -> None:
    arch = ARCHITECTURES[variant]
    with pytest.raises(Refusal) as refused:
        edit(arch)
    remedies = refused.value.remedies
    assert tuple(remedy.label for remedy in remedies) == labels
    for remedy in remedies:
        remedied = remedy.edit(arch)
        assert remedied != arch
        if remedy.option != "--aux off":  # which leaves the size to the option that was refused
            assert by_option(variant, remedy.option) == remedied


def test_heads_that_do_not_fit_at_the_present_size_come_with_one_at_which_they_do() -> None:
    published = ARCHITECTURES["inception_v3"]
    small = with_input_size(without_aux(published), 150)
    with pytest.raises(Refusal) as refused:
        with_aux(small, True, published)
    [remedy] = refused.value.remedies
    assert remedy.edit(small) == published == by_option("inception_v3", remedy.option)


def test_the_only_branch_can_be_emptied_instead() -> None:
    googlenet = ARCHITECTURES["googlenet"]
    lone = googlenet
    for branch in ("branch3x3", "branch5x5", "branch_pool"):
        lone = without_branch(lone, f"inception3a.{branch}")
    with pytest.raises(Refusal) as refused:
        without_branch(lone, "inception3a.branch1x1")
    [remedy] = refused.value.remedies
    assert remedy.label == "Remove all layers of inception3a.branch1x1"
    assert remedy.edit(lone) == without_op(lone, CONV)


def by_option(variant: str, option: str) -> Arch:
    parser = ArgumentParser()
    add_network(parser)
    return network_from(parser.parse_args([variant, *shlex.split(option)]))
