"""Pictures: the ones that ship, the ones a person hands in, and what is done to each before the network sees it.

Imports no torch: the page shows pictures before torch is there. Only `Preprocessing.apply` needs it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image, ImageOps

from .limits import MAX_ASPECT, MAX_PIXELS, MAX_UPLOAD_BYTES

if TYPE_CHECKING:
    import torch

ASSETS = Path(__file__).resolve().parents[2] / "assets"

FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF")
"""Allowed formats. Pillow knows some forty more, rarely used and tested less, which therefore stay unread."""
EXTENSIONS = ("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff")
"""Of files in these formats, for a file chooser. `open_image` looks at the bytes alone."""

_ALLOWED = f"allowed are {', '.join(FORMATS[:-1])} and {FORMATS[-1]}"
_MEGAPIXELS = f"at most {MAX_PIXELS / 1e6:.0f} megapixels are allowed"
_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"}  # 8 bits a channel or fewer
_MODES_16_BIT = {"I;16", "I;16L", "I;16B"}


class ImageError(ValueError):
    """A picture that cannot be used. The message is one sentence: what is wrong, what is allowed."""


# ---- pictures and class names that ship


@dataclass(frozen=True)
class Sample:
    """A picture in assets/samples. `assets/README.md` gives its source."""

    name: str
    file: str
    title: str
    licence: str
    credit: str

    @property
    def path(self) -> Path:
        return ASSETS / "samples" / self.file


SAMPLES: Mapping[str, Sample] = {
    sample.name: sample
    for sample in (
        Sample("cat", "chelsea.jpg", "Chelsea the cat", "CC0", "Stéfan van der Walt"),
        Sample("coffee", "coffee.jpg", "A cup of coffee", "CC0", "Rachel Michetti, Pikolo Espresso Bar"),
        Sample("astronaut", "astronaut.jpg", "Eileen Collins, astronaut", "public domain", "NASA"),
        Sample("rocket", "rocket.jpg", "Falcon 9 on the launch pad", "public domain", "SpaceX"),
    )
}


@cache
def _imagenet_classes() -> tuple[str, ...]:
    return tuple((ASSETS / "imagenet_classes.txt").read_text(encoding="utf-8").splitlines())


def class_name(index: int, classes: int) -> str:
    """The name of output `index` (from 0) of a classifier with `classes` outputs.

    1000 outputs are taken for ImageNet's classes, in torchvision's order; any other number gives "class 7".
    Raises IndexError outside 0 <= index < classes.
    """
    if not 0 <= index < classes:
        raise IndexError(f"class {index} is not in 0 to {classes - 1}")
    return _imagenet_classes()[index] if classes == 1000 else f"class {index}"


# ---- pictures that a person hands in


def open_image(data: bytes, name: str = "") -> Image.Image:
    """The picture in `data`, a file's bytes: 8-bit RGB, upright, without metadata.

    The EXIF orientation is applied, transparency laid over white, 16-bit values cut to their high byte as Pillow does;
    of an animation, the first frame. Colour profiles are ignored, as torchvision and timm do. `name` is for messages.

    Raises ImageError if the file is no allowed picture, is damaged, or exceeds `limits`: size and shape are checked in
    the header, before any pixel is decoded.
    """
    label = _label(name)
    if not data:
        raise ImageError(f"{label} is empty: {_ALLOWED}.")
    if len(data) > MAX_UPLOAD_BYTES:
        size = math.ceil(len(data) / 2**20)
        raise ImageError(f"{label} has {size} MB: at most {MAX_UPLOAD_BYTES // 2**20} MB are allowed.")
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:  # Pillow's own, higher limit
        raise ImageError(f"{label} has too many pixels: {_MEGAPIXELS}.") from error
    except Exception as error:  # Pillow's readers raise anything on broken input, struct.error and KeyError included
        raise ImageError(f"{label} is not a picture that can be read: {_ALLOWED}.") from error
    _check_header(image, label)
    try:
        image.load()
        with contextlib.suppress(Exception):  # a broken EXIF block says nothing about the pixels
            ImageOps.exif_transpose(image, in_place=True)
        return _rgb(image)
    except Exception as error:
        raise ImageError(f"{label} is cut off or damaged: only complete pictures are allowed.") from error


def _label(name: str) -> str:
    """`name` as it can stand in a sentence: no folders, control characters or text direction marks, at most 60 long."""
    shown = "".join(char for char in Path(name).name if char.isprintable())[:60]
    return f'"{shown}"' if shown else "The file"


def _check_header(image: Image.Image, label: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageError(f"{label} is {width:,} x {height:,} pixels: {_MEGAPIXELS}.")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise ImageError(
            f"{label} is {width:,} x {height:,} pixels: the long side may be at most {MAX_ASPECT} times the short one."
        )
    if image.mode not in _MODES | _MODES_16_BIT:
        raise ImageError(
            f'{label} stores its pixels as "{image.mode}": allowed are greyscale, palette, RGB and CMYK, up to 16 bits.'
        )


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in _MODES_16_BIT:  # Pillow would clip these at 255
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        rgb = Image.new("RGB", image.size, "white")
        rgb.paste(image, mask=image.getchannel("A"))
    else:
        rgb = image.convert("RGB")
    rgb.info.clear()  # a place in EXIF or a colour profile must not travel into the pictures made from this one
    return rgb


# ---- from picture to tensor

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Preprocessing:
    """The steps from a picture to a network's input, in order: resize, crop, scale, reorder, normalise.

    Equals torchvision's Resize(resize_px), CenterCrop(crop_px), ToTensor, Normalize(mean, std) bit by bit: the same
    Pillow resampling, the same roundings, the same float32 operations in the same order.
    """

    resize_px: int
    """The short side after resizing; the long side follows, rounded down."""
    crop_px: int
    """Side of the centre square that is kept. Above `resize_px`, the rest is black."""
    interpolation: Literal["bilinear", "bicubic"] = "bilinear"
    value_max: Literal[1, 255] = 1
    """Values are scaled to 0..value_max; `mean` and `std` are in this unit."""
    channels: Literal["RGB", "BGR"] = "RGB"
    """The order that the network gets; `mean` and `std` are in this order."""
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (1.0, 1.0, 1.0)

    def unnormalised(self) -> Preprocessing:
        """The same without the last step: values stay in 0..value_max."""
        return replace(self, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))

    def preview(self, image: Image.Image) -> Image.Image:
        """What the network sees of an RGB picture, as a picture: crop_px x crop_px, RGB."""
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
        steps = [
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


def _crop_start(side: int, crop: int) -> int:
    """Where a centred crop starts. Odd rests go the way torchvision sends them: to the nearest even, or outwards."""
    return round((side - crop) / 2) if side >= crop else -((crop - side) // 2)


def _numbers(values: Triple) -> str:
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
