"""Every kind of op, built by itself, does to channels what the spec says of it."""

from __future__ import annotations

from typing import get_args

import pytest
import torch
from torch import Tensor

from inception_models.arch.shapes import op_shape
from inception_models.arch.spec import (
    Channelwise,
    Conv,
    Dropout,
    Fork,
    GlobalPool,
    LayerNorm,
    LayerScale,
    Linear,
    LocalResponseNorm,
    Norm,
    Normalize,
    Op,
    Pool,
    SepConv,
    SplitConv,
    Unit,
    Weighted,
)
from inception_models.net.builder import Maker

SHAPE = (4, 6, 6)
EXAMPLES: tuple[Op, ...] = (
    Conv("op", 8, (3, 3)),
    SepConv("op", 8),
    Pool("op", "avg", 3, 2),
    GlobalPool("op", 2),
    LocalResponseNorm("op", 3, alpha=1.0),
    Dropout("op", 0.5),
    Linear("op", 5),
    Normalize("op"),
    Norm("op"),
    LayerNorm("op"),
    LayerScale("op", 0.5),
    SplitConv("op", 3, 5, 0.25),
    Fork("op", (Conv("a", 2), Conv("b", 3))),
)


def outputs(op: Op) -> tuple[Tensor, list[Tensor]]:
    """The op's output, and what it is after each channel of the input in turn was changed."""
    torch.manual_seed(3)
    module = Maker(Unit(), 10, "cpu").op(op, SHAPE, SHAPE[0]).eval()
    x = torch.rand(1, *SHAPE) + 0.5
    with torch.inference_mode():
        changed = [module(x * (1 + torch.eye(SHAPE[0])[channel].view(1, -1, 1, 1))) for channel in range(SHAPE[0])]
        return module(x), changed


def test_there_is_an_example_of_every_kind() -> None:
    assert {type(op) for op in EXAMPLES} == set(get_args(Op))


@pytest.mark.parametrize("op", EXAMPLES, ids=lambda op: type(op).__name__)
def test_an_op_does_to_channels_what_it_says(op: Op) -> None:
    before, changed = outputs(op)
    assert before.shape[1:] == op_shape(op, SHAPE, 10, "op", SHAPE[0])
    touched = [[bool((after - before)[:, out].any()) for out in range(before.shape[1])] for after in changed]
    own = torch.eye(SHAPE[0], dtype=torch.bool).tolist()
    match op.channels:
        case "mixes":
            assert touched != own
        case "keeps":
            assert touched == own
        case "compares":
            assert before.shape[1] == SHAPE[0]
            assert touched != own
            assert all(touched[channel][channel] for channel in range(SHAPE[0]))


@pytest.mark.parametrize("op", EXAMPLES, ids=lambda op: type(op).__name__)
def test_an_op_with_weights_is_named_among_those(op: Op) -> None:
    module = Maker(Unit(), 10, "meta").op(op, SHAPE, SHAPE[0])
    assert bool(list(module.parameters())) == isinstance(op, Weighted | Channelwise | Fork)
    assert op.title.islower()
