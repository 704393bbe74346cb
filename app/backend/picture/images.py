"""Pictures: the ones that ship, and the ones that a person hands in.

Imports no torch: the page shows pictures before torch is there. How a picture is prepared for a network is
in `inception_models.checkpoints.preprocessing`.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from inception_models.shipped import ASSETS

from ..common.limits import MAX_ASPECT, MAX_PIXELS, MAX_UPLOAD_BYTES

PICTURE_FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF")
"""Allowed formats. Pillow knows some forty more, which are rarely used and less tested, so they are refused."""
EXTENSIONS = ("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff")
"""Their file name extensions, for a file chooser. `open_image` looks only at the bytes."""

_ALLOWED = f"allowed are {', '.join(PICTURE_FORMATS[:-1])} and {PICTURE_FORMATS[-1]}"
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

    1000 outputs are taken to be ImageNet's classes, in torchvision's order; any other number gives "class 7".
    Raises IndexError outside 0 <= index < classes.
    """
    if not 0 <= index < classes:
        raise IndexError(f"class {index} is not in 0 to {classes - 1}")
    return _imagenet_classes()[index] if classes == 1000 else f"class {index}"


# ---- pictures that a person hands in


def open_image(data: bytes, name: str = "") -> Image.Image:
    """The picture in `data`, a file's bytes: 8-bit RGB, upright, without metadata.

    The EXIF orientation is applied, transparency put on white, 16-bit values cut to their high byte as Pillow does;
    of an animation, the first frame. Colour profiles are ignored, as torchvision and timm do. `name` is for messages.

    Raises ImageError if the file is not an allowed picture, is damaged, or exceeds `limits`: size and shape are read
    from the header, before any pixel is decoded.
    """
    label = _label(name)
    if not data:
        raise ImageError(f"{label} is empty: {_ALLOWED}.")
    if len(data) > MAX_UPLOAD_BYTES:
        size = math.ceil(len(data) / 2**20)
        raise ImageError(f"{label} has {size} MB: at most {MAX_UPLOAD_BYTES // 2**20} MB are allowed.")
    try:
        image = Image.open(BytesIO(data), formats=PICTURE_FORMATS)
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
    except Exception as error:  # decoding too raises anything
        raise ImageError(f"{label} is cut off or damaged: only complete pictures are allowed.") from error


def _label(name: str) -> str:
    """`name` as messages quote it: no folders, control characters or text direction marks, at most 60 long."""
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
