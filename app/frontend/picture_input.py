"""Which picture goes in: one of those shipped, or the person's own."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import streamlit as st
from PIL import Image

from ..backend.images import EXTENSIONS, FORMATS, SAMPLES, ImageError, open_image
from ..backend.limits import MAX_UPLOAD_BYTES
from .notice import refused

DEFAULT = "cat"


@dataclass(frozen=True)
class Picture:
    """A picture that was opened and checked. ``digest`` tells two pictures apart."""

    image: Image.Image
    digest: str
    credit: str


def chosen() -> Picture:
    """Render the choice; a file that cannot be used leaves the chosen sample in place."""
    own = st.file_uploader(
        "Your picture",
        type=list(EXTENSIONS),
        key="upload",
        help=f"{', '.join(FORMATS)}, up to {MAX_UPLOAD_BYTES // 2**20} MB. It stays on the machine that runs this app.",
    )
    sample = st.pills(
        "or one of these",
        list(SAMPLES),
        default=DEFAULT,
        format_func=lambda name: SAMPLES[name].title,
        key="sample",
        required=True,
        disabled=own is not None,
    )
    if own is not None:
        data = own.getvalue()
        try:
            return Picture(open_image(data, own.name), sha256(data).hexdigest(), own.name)
        except ImageError as error:
            refused(str(error))
    shipped = SAMPLES[sample or DEFAULT]
    data = shipped.path.read_bytes()
    return Picture(open_image(data, shipped.file), sha256(data).hexdigest(), f"{shipped.credit}. {shipped.licence}")
