"""Pictures: the ones that ship, and the ones that a person hands in.

Imports no torch: the page shows pictures before torch is there. How a picture is prepared for a network is
in `inception_models.checkpoints.preprocessing`.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, features
from pillow_heif import register_heif_opener

from inception_models.shipped import ASSETS

from ..common.freed import give_memory_back
from ..common.limits import MAX_ASPECT, MAX_DECODED_AT_ONCE, MAX_PIXELS, MAX_UPLOAD_BYTES
from ..common.text import visible

register_heif_opener()  # what phones of Apple take

_AVIF = ("AVIF",) if features.check("avif") else ()  # Pillow's own wheels have it
PICTURE_FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "HEIF", *_AVIF)
"""Allowed formats. Pillow knows some forty more, rarely used and tested less, which therefore stay unread."""
EXTENSIONS = (
    *("jpg", "jpeg", "jfif", "jpe", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif"),
    *(name.lower() for name in _AVIF),
)
"""Of files in these formats, for a file chooser. `open_image` looks at the bytes alone."""

_ALLOWED = f"allowed are {', '.join(PICTURE_FORMATS[:-1])} and {PICTURE_FORMATS[-1]}"
_MEGAPIXELS = f"at most {MAX_PIXELS / 1e6:.0f} megapixels are allowed"
_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"}  # 8 bits a channel or fewer
_MODES_16_BIT = {"I;16", "I;16L", "I;16B"}
KEPT_PX = 1536
"""The short side to which a large picture is reduced: the largest input of a published network needs 342. What such a
network gets then differs by less than one level of 255 on average. A 12-megapixel photograph, with a short side below
twice this, stays as it is."""
_DECODING = threading.BoundedSemaphore(MAX_DECODED_AT_ONCE)


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

    The EXIF orientation is applied, transparency put on white, 16-bit values scaled to 8 bits; of an animation, the
    first frame. A large picture is reduced (`KEPT_PX`). Colour profiles are ignored, as torchvision and timm do.
    `name` is for messages. What a person should know about the picture is in :func:`notes_of`.

    Raises ImageError if the file is not an allowed picture, is damaged, or exceeds `limits`: size and shape are read
    from the header, before any pixel is decoded. Where `MAX_DECODED_AT_ONCE` others are being decoded, it waits.
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
    notes: list[str] = []
    try:
        with _DECODING:
            pixels = _decoded(image, data, notes)
        pixels.info = {"notes": tuple(notes)} if notes else {}  # a place in EXIF or a colour profile must not travel on
        return pixels
    except Exception as error:  # decoding too raises anything
        raise ImageError(f"{label} is cut off or damaged: only complete pictures are allowed.") from error


def _label(name: str) -> str:
    """`name` as messages quote it: without folders, at most 60 characters long."""
    return f'"{visible(Path(name).name, 60)}"' if name else "The file"


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


def notes_of(image: Image.Image) -> tuple[str, ...]:
    """What had to be assumed to open a picture, one sentence each; none for most pictures."""
    notes: tuple[str, ...] = image.info.get("notes", ())
    return notes


END_OF_JPEG = b"\xff\xd9"


def _decoded(image: Image.Image, data: bytes, notes: list[str]) -> Image.Image:
    """8-bit RGB, upright, and not larger than needed."""
    whole = image.size
    loaded = _loaded(image, data, notes)
    factor = round(whole[0] / loaded.width) if loaded.format in ("JPEG", "MPO") else 1
    extent = (whole[0] / factor, whole[1] / factor) if factor > 1 else loaded.size  # the last pixels are partly outside
    orientation = 1
    with contextlib.suppress(Exception):  # a broken EXIF block says nothing about the pixels
        orientation = loaded.getexif().get(ExifTags.Base.Orientation, 1)
    pixels = _rgb(loaded, notes)
    if _kept(whole) != whole:
        kept = _kept(whole if factor > 1 else loaded.size)
        pixels = pixels.resize(kept, Image.Resampling.HAMMING, box=(0, 0, *extent))
        loaded.close()
        give_memory_back()  # else every thread would keep what decoding took
    pixels.getexif()[ExifTags.Base.Orientation] = orientation
    with contextlib.suppress(Exception):
        ImageOps.exif_transpose(pixels, in_place=True)
    return pixels


def _kept(size: tuple[int, int]) -> tuple[int, int]:
    """To what a picture of this size is reduced: of nearly the same shape, so that it is cropped at the same place."""
    short, long = sorted(size)
    if short < 2 * KEPT_PX:
        return size
    side = min(range(KEPT_PX, KEPT_PX + 64), key=lambda side: abs(side * long / short - round(side * long / short)))
    other = round(side * long / short)
    return (side, other) if size[0] == short else (other, side)


def _loaded(image: Image.Image, data: bytes, notes: list[str]) -> Image.Image:
    """The picture with its pixels. A JPEG that lacks only its end mark is complete, and many programs write such."""
    _draft(image)
    try:
        image.load()
        return _with_key(image, data)
    except OSError:
        if image.format != "JPEG":
            raise
    # What is missing shows when more is appended: a decoder that has all of the picture ignores it.
    ended, padded = (_decoded_jpeg(data + more + END_OF_JPEG) for more in (b"", b"\xa5" * 256))
    if ended.tobytes() != padded.tobytes():
        raise OSError("The picture is cut off.")
    notes.append("The file lacks its end mark; the picture is complete.")
    return ended


def _decoded_jpeg(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=("JPEG",))
    _draft(image)
    image.load()
    return image


def _draft(image: Image.Image) -> None:
    """Let a JPEG's decoder reduce a large picture, by 2, 4 or 8."""
    if _kept(image.size) != image.size:
        image.draft(image.mode, _kept(image.size))


def _with_key(image: Image.Image, data: bytes) -> Image.Image:
    """With the transparent colour of a PNG as its pixels have it: Pillow scales those to 8 bits, and not the colour."""
    key, depth = image.info.get("transparency"), data[24] if image.format == "PNG" else 8
    if isinstance(key, int) and image.mode == "L" and depth < 8:
        image.info["transparency"] = key * 255 // ((1 << depth) - 1)
    elif isinstance(key, tuple) and depth == 16:  # to the nearest: the low 8 bits of the pixels are gone
        image.info["transparency"] = tuple(value >> 8 for value in key)
    return image


def _eight_bits(image: Image.Image, notes: list[str]) -> Image.Image:
    """A 16-bit picture, which Pillow would clip at 255: grey, and transparent where it has the transparent value."""
    values, key = np.asarray(image), image.info.get("transparency")
    depth = next((bits for bits in (8, 10, 12) if 0 < values.max() < 1 << bits), 16)
    if depth < 16:
        notes.append(f"Its 16-bit values use {depth} bits, so they were stretched from {depth} bits to 8.")
    grey = Image.fromarray((values >> (depth - 8)).astype(np.uint8))
    if key is not None:
        grey.putalpha(Image.fromarray((values != key).astype(np.uint8) * np.uint8(255)))
    return grey


def _rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """On white where it is transparent."""
    if image.mode in _MODES_16_BIT:
        image = _eight_bits(image, notes)
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    if image.mode != "RGBA":
        image = image.convert("RGBA")
    rgb = Image.new("RGB", image.size, "white")
    rgb.paste(image, mask=image)
    return rgb
