"""From a picture to a network's input: the steps that a checkpoint was trained and measured with.

Imports no torch: only :meth:`Preprocessing.apply` needs it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from PIL import Image

from ..arch.rules import MAX_INPUT_SIZE, shown
from ..arch.spec import PerChannel

if TYPE_CHECKING:
    import torch

Interpolation = Literal["bilinear", "bicubic"]
ChannelOrder = Literal["RGB", "BGR", "grey"]
ValueMax = Literal[1, 255]

MAX_CROP_FACTOR = 4  # between the resized side and the one that is kept, either way
MAX_MEAN = 1000.0  # four times the largest value of a picture
STD_RANGE = (1e-4, 1e4)


@dataclass(frozen=True)
class Preprocessing:
    """The steps from a picture to a network's input, in order: resize, crop, scale, reorder, normalise.

    Equals torchvision's Resize(resize_px), CenterCrop(crop_px), ToTensor, Normalize(mean, std) bit by bit: the same
    Pillow resampling, the same roundings, the same float32 operations in the same order.

    Raises:
        ValueError: with one sentence, where no picture can be prepared like that. The values may come from a file.
    """

    resize_px: int
    """The short side after resizing; the long side follows, rounded down."""
    crop_px: int
    """Side of the centre square that is kept. Above `resize_px`, the rest is black."""
    interpolation: Interpolation = "bilinear"
    value_max: ValueMax = 1
    """Values are scaled to 0..value_max; `mean` and `std` are in this unit."""
    channels: ChannelOrder = "RGB"
    """The order that the network gets; `mean` and `std` are in this order. Grey is the same in all three channels."""
    mean: PerChannel = (0.0, 0.0, 0.0)
    std: PerChannel = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        _check_size("crop_px", self.crop_px, 1, MAX_INPUT_SIZE)
        _check_size("resize_px", self.resize_px, 1, MAX_CROP_FACTOR * MAX_INPUT_SIZE)
        for name, value, allowed in (
            ("interpolation", self.interpolation, get_args(Interpolation)),
            ("value_max", self.value_max, get_args(ValueMax)),
            ("channels", self.channels, get_args(ChannelOrder)),
        ):
            if value not in allowed or type(value) is not type(allowed[0]):
                raise ValueError(f"{name} must be {' or '.join(map(str, allowed))}, not {shown(value)}.")
        _check_channels("mean", self.mean, -MAX_MEAN, MAX_MEAN)
        _check_channels("std", self.std, *STD_RANGE)

    def sized(self, size_px: int) -> Preprocessing:
        """The same for another input size: the same share of the picture is kept."""
        if size_px == self.crop_px:
            return self
        return replace(self, resize_px=round(size_px * self.resize_px / self.crop_px), crop_px=size_px)

    def unnormalised(self) -> Preprocessing:
        """The same without the last step: values stay in 0..value_max."""
        return replace(self, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))

    def preview(self, image: Image.Image) -> Image.Image:
        """What the network sees of an RGB picture, as a picture: crop_px x crop_px, RGB."""
        if self.channels == "grey":
            image = image.convert("L").convert("RGB")
        short, long = sorted(image.size)
        long_px = int(self.resize_px * long / short)
        size = (self.resize_px, long_px) if image.width <= image.height else (long_px, self.resize_px)
        resized = image.resize(size, Image.Resampling[self.interpolation.upper()])
        left, top = (_crop_start(side, self.crop_px) for side in size)
        return resized.crop((left, top, left + self.crop_px, top + self.crop_px))  # outside the picture: black

    def apply(self, image: Image.Image) -> torch.Tensor:
        """An RGB picture as the network's input: float32 [1, 3, crop_px, crop_px]."""
        import torch

        pixels = np.array(self.preview(image), dtype=np.float32)  # [S, S, 3], 0..255
        if self.value_max == 1:
            pixels /= 255
        if self.channels == "BGR":
            pixels = pixels[..., ::-1]
        pixels -= np.array(self.mean, dtype=np.float32)
        pixels /= np.array(self.std, dtype=np.float32)
        return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]  # [1, 3, S, S]

    def describe(self) -> tuple[str, ...]:
        """One sentence a step, in order, for the page."""
        size = f"{self.crop_px} x {self.crop_px}"
        padding = ", with black around it" if self.crop_px > self.resize_px else ""
        steps = ["Take the colours away."] if self.channels == "grey" else []
        steps += [
            f"Resize the short side to {self.resize_px} px, {self.interpolation}.",
            f"Keep the centre, {size} px{padding}.",
            "Scale the values to 0 to 1." if self.value_max == 1 else "Keep the values at 0 to 255.",
        ]
        if self.channels == "BGR":
            steps.append("Order the channels blue, green, red.")
        if self != self.unnormalised():
            divide = "" if self.std == (1.0, 1.0, 1.0) else f" and divide by {_numbers(self.std)}"
            steps.append(f"Subtract {_numbers(self.mean)}{divide}.")
        return tuple(steps)


def _check_size(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low:,} to {high:,}, not {shown(value)}.")


def _check_channels(name: str, values: object, low: float, high: float) -> None:
    good = isinstance(values, tuple) and len(values) == 3
    if not good or not all(type(value) in (int, float) and low <= value <= high for value in values):  # type: ignore[attr-defined]  # it is a tuple
        raise ValueError(f"{name} must be three numbers from {low:g} to {high:g}, not {shown(values)}.")


def preprocessing_from_json(values: object) -> Preprocessing:
    """The steps whose fields a JSON object holds, as ``dataclasses.asdict`` gives them.

    Raises:
        ValueError: with one sentence, where it holds anything else.
    """
    names = {field.name for field in fields(Preprocessing)}
    if not isinstance(values, dict) or set(values) != names:
        raise ValueError(f"The preprocessing must have the values {', '.join(sorted(names))}.")
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    steps = Preprocessing(**given)  # type: ignore[arg-type]  # the values are checked as it is made
    factor = steps.resize_px / steps.crop_px
    if not 1 / MAX_CROP_FACTOR <= factor <= MAX_CROP_FACTOR:
        raise ValueError(
            f"The side that is kept, {steps.crop_px} px, must be from a quarter to {MAX_CROP_FACTOR} times the resized"
            f" side, {steps.resize_px} px."
        )
    return steps


def three_numbers(text: str, name: str) -> list[float]:
    """Three numbers, or one for all channels, as a person types them.

    Raises:
        ValueError: with one sentence that calls them ``name``, where it is anything else.
    """
    try:
        values = [float(number) for number in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in (1, 3):
        raise ValueError(f"{name} takes one number or three, such as 0.485,0.456,0.406, not {text[:60]!r}.")
    return values * (3 // len(values))


def resize_px_for(crop_px: int, share: float) -> int:
    """The short side after resizing, of which ``share`` is kept.

    Raises:
        ValueError: with one sentence, where the share is too small or too large.
    """
    if not 1 / MAX_CROP_FACTOR <= share <= MAX_CROP_FACTOR:
        raise ValueError(f"The share that is kept must be from 0.25 to {MAX_CROP_FACTOR}, not {share:g}.")
    return int(crop_px / share)


def _crop_start(side: int, crop: int) -> int:
    """Where a centred crop starts. Odd rests go the way torchvision sends them: to the nearest even, or outwards."""
    return round((side - crop) / 2) if side >= crop else -((crop - side) // 2)


def _numbers(values: PerChannel) -> str:
    return f"{values[0]:g}" if len(set(values)) == 1 else ", ".join(f"{value:g}" for value in values)


def imagenet(size_px: int) -> Preprocessing:
    """ImageNet's mean and standard deviation, bilinear, 7/8 of the short side (224 of 256, 299 of 342).

    Source: `torchvision.models.GoogLeNet_Weights` and `Inception_V3_Weights`.
    """
    return Preprocessing(round(size_px * 8 / 7), size_px, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def unit_range(size_px: int) -> Preprocessing:
    """-1 to 1, bicubic, 7/8 of the short side rounded down (299 of 341).

    Source: timm's inception_v3.tf and inception_v4.tf. Its inception_resnet_v2 and xception keep 0.8975:
    `replace(unit_range(299), resize_px=333)`.
    """
    return Preprocessing(size_px * 8 // 7, size_px, "bicubic", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))


def caffe_bgr(size_px: int, red_mean: float = 123) -> Preprocessing:
    """Blue, green, red in 0 to 255 with only the mean subtracted, bilinear, 7/8 of the short side.

    Source: BVLC's bvlc_googlenet (means 104, 117, 123). Cadene's BN-Inception takes `red_mean=128`.
    """
    return Preprocessing(round(size_px * 8 / 7), size_px, value_max=255, channels="BGR", mean=(104, 117, red_mean))
