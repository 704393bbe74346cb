"""The picture that goes through the network, on every page: one that ships, or the person's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import streamlit as st
from PIL import Image, ImageOps

from ...backend.common.thumbnail import png_file, png_uri
from ...backend.picture.images import SAMPLES, open_image
from .controls import remembered
from .notice import plain

DEFAULT_SAMPLE = "cat"
SAMPLE_KEY = "sample"  # of the choice of a sample, which two pages show
THUMBNAIL_PX = 96


@dataclass(frozen=True)
class Picture:
    """A picture that was opened and checked. ``digest`` tells two pictures apart; ``title`` names it, in few words."""

    image: Image.Image
    digest: str
    title: str
    credit: str


def use_picture(picture: Picture) -> None:
    """Take down which picture is used from now on."""
    st.session_state.picture_in_use = picture


def picture_in_use() -> Picture:
    """The picture that the Picture page showed last; before that, the sample that it will show."""
    picture = st.session_state.get("picture_in_use")
    return picture if isinstance(picture, Picture) else shipped(remembered(SAMPLE_KEY, SAMPLES, DEFAULT_SAMPLE))


@cache
def shipped(name: str) -> Picture:
    """The sample called ``name``."""
    sample = SAMPLES[name]
    data = sample.path.read_bytes()
    credit = f"{sample.credit}. {sample.licence}"
    return Picture(open_image(data, sample.file), sha256(data).hexdigest(), sample.title, credit)


def choose_sample(
    label: str, default: str, key: str, disabled: bool = False, on_change: Callable[[], None] | None = None
) -> str:
    """Render the choice of a sample; returns its name."""
    picked = st.pills(
        label,
        list(SAMPLES),
        default=remembered(key, SAMPLES, default),
        format_func=_sample_label,
        key=key,
        required=True,
        disabled=disabled,
        on_change=on_change,
        persist_state="session",
    )
    return picked or default


@cache
def _sample_label(name: str) -> str:
    return thumbnail_label(shipped(name).image, SAMPLES[name].title)


def thumbnail_label(image: Image.Image, name: str) -> str:
    """A label of a choice: the picture above its name, as app.css shows it."""
    small = ImageOps.fit(image, (THUMBNAIL_PX, THUMBNAIL_PX))
    return f"![]({png_uri(png_file(small))}) {plain(name)}"


def take_back(uploader: str, files: dict[str, str]) -> None:
    """Another picture was chosen, or none."""
    st.session_state.pop(f"opened:{uploader}", None)
    files.pop(uploader, None)
