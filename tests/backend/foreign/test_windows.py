"""Receptive fields against what gradients say: every pixel on which one output value really depends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from app.backend import analyze_module
from app.backend.analysis.graph import Field
from tests.backend.foreign.modules import Made

SIZE = 40


def conv(k: int = 3, **options: object) -> nn.Conv2d:
    return nn.Conv2d(2, 2, k, **options)  # type: ignore[arg-type]


def focus(m: Made, x: Tensor) -> Tensor:
    """As YOLOv5 begins."""
    corners = [x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]]
    return m.conv(torch.cat(corners, 1))


def shuffled(m: Made, x: Tensor) -> Tensor:
    batch, _, height, width = x.shape
    y = m.conv(x).view(batch, 2, 1, height - 2, width - 2).transpose(1, 2)
    return m.conv(y.reshape(batch, -1, height - 2, width - 2))


KNOWN: dict[str, Callable[[], nn.Module]] = {
    "conv": lambda: nn.Sequential(conv(), conv(5, stride=2), conv()),
    "dilated": lambda: nn.Sequential(conv(dilation=2), conv(stride=2, padding=1), conv(dilation=3)),
    "same": lambda: nn.Sequential(conv(4, padding="same"), conv(3, padding="same")),
    "pools": lambda: nn.Sequential(nn.AvgPool2d(3, 2, 1), conv(), nn.AvgPool2d(2)),
    "focus": lambda: Made(focus, conv=nn.Conv2d(8, 2, 3)),
    "sliced": lambda: Made(lambda m, x: m.conv(x[:, :, 3::2, -30:-2:3]), conv=conv()),
    "padded": lambda: Made(lambda m, x: m.conv(F.pad(x, (1, 4, 2, 0))), conv=conv(stride=2)),
    "apart": lambda: Made(lambda m, x: torch.cat([m.conv(x), F.pad(x, (-2, 0, -2, 0))], 1), conv=conv()),
    "residual": lambda: Made(lambda m, x: x + m.conv(m.conv(x)), conv=conv(padding=1)),
    "in place": lambda: Made(lambda m, x: (x * 1).add_(m.conv(x)), conv=conv(padding=1)),
    "channels last": lambda: Made(lambda m, x: m.conv(m.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)),
                                  conv=conv(), norm=nn.LayerNorm(2)),
    "shuffled": lambda: Made(shuffled, conv=conv()),
    "functional": lambda: Made(lambda m, x: F.conv2d(x, m.w, stride=2), w=nn.Parameter(torch.ones(2, 2, 3, 3))),
    "one row": lambda: Made(lambda m, x: m.conv(x).mean(1, keepdim=True), conv=conv((1, 7))),
}  # fmt: skip


def seen_by_gradients(module: nn.Module, row: int, column: int) -> tuple[range, range]:
    """The rows and the columns of the input that change one output value."""
    for parameter in module.parameters():
        nn.init.uniform_(parameter, 0.5, 1)
    x = torch.rand(1, 2, SIZE, SIZE, requires_grad=True)
    out = module.eval()(x)
    (slope,) = torch.autograd.grad(out[:, :, row, column].sum(), x)
    at = slope.abs().sum((0, 1)).nonzero()
    (top, left), (bottom, right) = at.amin(0).tolist(), at.amax(0).tolist()
    return range(top, bottom + 1), range(left, right + 1)


def pixels(field: Field, place: int) -> range:
    centre = field.start + place * field.jump
    return range(round(centre - field.size / 2), round(centre + field.size / 2))


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("row, column", [(3, 2), (2, 4)])
def test_known_fields_are_those_of_gradients(name: str, row: int, column: int) -> None:
    torch.manual_seed(0)
    module = KNOWN[name]()
    field = analyze_module(module, (2, SIZE, SIZE)).nodes[-1].field
    assert field is not None
    rows, columns = pixels(field[0], row), pixels(field[1], column)
    inside = [range(max(side.start, 0), min(side.stop, SIZE)) for side in (rows, columns)]
    assert tuple(inside) == seen_by_gradients(module, row, column)


def test_a_slice_with_steps_widens_what_follows() -> None:
    field = analyze_module(KNOWN["focus"](), (2, SIZE, SIZE)).nodes[-1].field
    assert field is not None
    assert [(side.size, side.jump) for side in field] == [(6, 2), (6, 2)]


def mixed_into(m: Made, x: Tensor) -> Tensor:
    y = x * 1
    y[:, :1].add_(m.conv(m.conv(x))[:, :1])  # changes y through a part of it
    return y * 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Sequential(conv(), nn.GroupNorm(1, 2)),
        lambda: nn.Sequential(nn.LayerNorm((2, SIZE, SIZE)), conv()),
        lambda: nn.Sequential(nn.InstanceNorm2d(2), conv()),
        lambda: nn.Sequential(nn.BatchNorm2d(2, track_running_stats=False), conv()),
        lambda: nn.Sequential(conv(), nn.Upsample(scale_factor=2)),
        lambda: nn.Sequential(nn.ConvTranspose2d(2, 2, 3, 2), conv()),
        lambda: nn.Sequential(conv(padding=1, padding_mode="circular")),
        lambda: Made(lambda m, x: m.conv(x) * m.conv(x).mean((2, 3), keepdim=True), conv=conv()),
        lambda: Made(lambda m, x: m.conv(x).softmax(-1), conv=conv()),
        lambda: Made(lambda m, x: m.conv(x.flip(2)), conv=conv()),
        lambda: Made(lambda m, x: m.conv(torch.roll(x, 1, 3)), conv=conv()),
        lambda: Made(lambda m, x: m.conv(x).view(1, 2, 19, 76), conv=conv()),
        lambda: Made(lambda m, x: x @ x, conv=conv()),
        lambda: Made(lambda m, x: torch.cat([m.conv(x), m.conv(x)], 2), conv=conv()),
        lambda: Made(mixed_into, conv=conv(padding=1)),
    ],
    ids=["group", "layer", "instance", "batch statistics", "upsampled", "transposed", "circular", "gate", "softmax",
         "flip", "roll", "view", "matmul", "cat", "mixed into"],
)  # fmt: skip
def test_a_field_that_is_the_whole_input_or_not_known_is_none(make: Callable[[], nn.Module]) -> None:
    assert analyze_module(make(), (2, SIZE, SIZE)).nodes[-1].field is None
