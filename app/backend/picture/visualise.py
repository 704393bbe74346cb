"""The picture that excites a channel, found by gradient ascent.

The picture is a sum of waves, so that every scale is equally easy to change, in three uncorrelated colours; it is
shifted and scaled a little at random before each step, so that no single pixel counts (Olah, Mordvintsev, Schubert
2017, "Feature Visualization", distill.pub/2017/feature-visualization).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from inception_models.arch.shapes import stage_shapes
from inception_models.arch.spec import Arch
from inception_models.checkpoints.preprocessing import Preprocessing
from inception_models.net.builder import Network
from inception_models.net.layers import LayerUnit

from .calls import Calls
from .private_copy import private_copy

# Brightness, orange-blue, green-magenta: the axes in which the colours of natural pictures vary independently (Ohta,
# Kanade, Sakai 1980, "Color information for region segmentation"), each times its spread.
COLOURS = ((0.27, 0.09, -0.02), (0.27, 0.0, 0.04), (0.27, -0.09, -0.02))
RATE = 0.1
JITTER_PX = 8
SCALES = (0.94, 0.97, 1.0, 1.03, 1.06)

OnAscent = Callable[[int, Image.Image | None], None]
"""Called with the number of steps done, and every few steps with the picture so far. What it raises ends the search."""


@dataclass(frozen=True, eq=False, slots=True)
class Visualisation:
    """A channel's picture. ``before`` and ``after``: the channel's mean value at the start and at the end.

    A search starts from faint noise, so ``before`` is the channel's response to a grey picture.
    """

    image: Image.Image
    before: float
    after: float


def visualise(
    net: Network,
    path: str,
    channel: int,
    preprocessing: Preprocessing,
    *,
    size_px: int = 128,
    steps: int = 96,
    seed: int = 0,
    on_step: OnAscent | None = None,
) -> Visualisation:
    """The picture of ``size_px`` that raises the mean of ``channel`` of the output at ``path``.

    Raises:
        ValueError: where the network does not take a picture of that size, or has no such channel.
    """
    check_size(net.arch, path, size_px)
    calls = Calls(private_copy(net))
    driven = _before_activation(net, calls, path)
    draw = torch.Generator().manual_seed(seed)
    waves = (0.01 * torch.randn(3, size_px, size_px // 2 + 1, 2, generator=draw)).requires_grad_()
    weights, grey = _weights(size_px), preprocessing.channels == "grey"
    ascent = _Ascent(waves)

    def output(picture: Tensor, at: str) -> Tensor:
        return calls.run(_normalised(picture, preprocessing), [at])[at]

    before = _mean(output(_picture(waves, weights, grey), path), channel)
    for step in range(steps):
        seen = _shaken(_picture(waves, weights, grey), draw)
        value = _of(output(seen, driven), channel)
        (gradient,) = torch.autograd.grad(-value, waves)
        ascent.step(gradient)
        if on_step:
            on_step(step + 1, _image(_picture(waves, weights, grey)) if step % 4 == 3 else None)
    last = _picture(waves, weights, grey)
    return Visualisation(_image(last), before, _mean(output(last, path), channel))


def _before_activation(net: Network, calls: Calls, path: str) -> str:
    """What to drive for the output at ``path``: where that ends in a unit's activation, the value that goes into it.

    A channel that is zero everywhere after its activation has no gradient, so it could never become active.
    """
    end = calls.graph.output_of(path)
    unit = net.get_submodule(end.rpartition(".")[0])
    activated = calls.graph.nodes[end].layer.kind == "activation" and isinstance(unit, LayerUnit)
    return calls.graph.input_of(end) if activated and end.startswith(f"{path}.") else path


class _Ascent:
    """Adam (Kingma, Ba 2015). PyTorch's own loads its compiler first, which takes two seconds."""

    def __init__(self, waves: Tensor) -> None:
        self.waves = waves
        self.steps = 0
        self.mean, self.square = torch.zeros_like(waves), torch.zeros_like(waves)

    @torch.no_grad()
    def step(self, gradient: Tensor) -> None:
        """Move ``waves`` against ``gradient``."""
        self.steps += 1
        self.mean.lerp_(gradient, 0.1)
        self.square.lerp_(gradient.square(), 0.001)
        mean, square = self.mean / (1 - 0.9**self.steps), self.square / (1 - 0.999**self.steps)
        self.waves -= RATE * mean / (square.sqrt() + 1e-8)


def check_size(arch: Arch, path: str, size_px: int) -> None:
    """Refuse, with a sentence, a size that is too small for the stages up to ``path``."""
    for part, _, _ in stage_shapes(replace(arch, input_size=size_px, aux=())):
        if part.name == path.partition(".")[0]:
            break


def _weights(size_px: int) -> Tensor:
    """The weight of each wave, ``[S, S/2 + 1]``: as in natural pictures, one over its frequency."""
    down, right = torch.fft.fftfreq(size_px), torch.fft.rfftfreq(size_px)
    return size_px / torch.hypot(down[:, None], right[None, :]).clamp(min=1 / size_px)


def _picture(waves: Tensor, weights: Tensor, grey: bool) -> Tensor:
    """RGB, ``[1, 3, S, S]``, or with ``grey`` one plane, ``[1, 1, S, S]``; 0 to 1."""
    spectrum = torch.view_as_complex(waves) * weights
    size_px = spectrum.shape[1]
    planes = torch.fft.irfft2(spectrum, s=(size_px, size_px), norm="backward") / 4
    colours = torch.tensor(COLOURS) / torch.tensor(COLOURS).norm(dim=0).max()
    if grey:
        return torch.sigmoid(planes[None, :1])
    return torch.sigmoid(torch.einsum("rc,chw->rhw", colours, planes))[None]


def _shaken(picture: Tensor, draw: torch.Generator) -> Tensor:
    """Shifted, wrapping around the edges, and scaled a little."""
    down, right, scale = (
        int(torch.randint(n, (), generator=draw)) for n in (2 * JITTER_PX, 2 * JITTER_PX, len(SCALES))
    )
    shifted = picture.roll((down - JITTER_PX, right - JITTER_PX), (2, 3))
    side = round(picture.shape[-1] * SCALES[scale])
    if side <= picture.shape[-1]:
        return shifted
    larger = F.interpolate(shifted, size=(side, side), mode="bilinear", align_corners=False)
    start = (side - picture.shape[-1]) // 2
    return larger[..., start : start + picture.shape[-1], start : start + picture.shape[-1]]


def _normalised(picture: Tensor, preprocessing: Preprocessing) -> Tensor:
    """The network's input, ``[1, 3, S, S]``, for RGB of 0 to 1."""
    match preprocessing.channels:
        case "RGB":
            ordered = picture
        case "BGR":
            ordered = picture.flip(1)
        case "grey":
            ordered = picture.expand(1, 3, -1, -1)  # the picture has one plane
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (preprocessing.mean, preprocessing.std))
    return (ordered * preprocessing.value_max - mean) / std


def _of(output: Tensor, channel: int) -> Tensor:
    if not 0 <= channel < output.shape[1]:
        raise ValueError(f"Channel {channel} is not in 0 to {output.shape[1] - 1}.")
    return output[0, channel].mean()


def _mean(output: Tensor, channel: int) -> float:
    return float(_of(output, channel).detach())


def _image(picture: Tensor) -> Image.Image:
    pixels = (picture[0].detach().expand(3, -1, -1).permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
    return Image.fromarray(pixels)
