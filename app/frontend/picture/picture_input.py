"""Which picture goes in: one of those shipped, or the person's own."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ...backend.common.limits import MAX_UPLOAD_BYTES
from ...backend.picture.images import EXTENSIONS, PICTURE_FORMATS, SAMPLES, ImageError, open_image
from ..shell.notice import refused

DEFAULT = "cat"


@dataclass(frozen=True)
class Picture:
    """A picture that was opened and checked. ``digest`` tells two pictures apart; ``title`` names it, in few words."""

    image: Image.Image
    digest: str
    title: str
    credit: str


def chosen() -> Picture:
    """Render the choice; a file that cannot be used leaves the chosen sample in place."""
    own = st.file_uploader(
        "Your picture",
        type=list(EXTENSIONS),
        key="upload",
        max_upload_size=MAX_UPLOAD_BYTES // 2**20,
        help=f"{', '.join(PICTURE_FORMATS)}, up to {MAX_UPLOAD_BYTES // 2**20} MB."
        " It stays on the machine that runs this app.",
    )
    taken = _camera()
    sample = _sample("or one of these", DEFAULT, "sample", disabled=own is not None or taken is not None)
    return _opened(own) or _opened(taken, "Your camera") or _shipped(sample)


def second(first: Picture) -> Picture:
    """Render the choice of a picture to compare the ``first`` with."""
    own = st.file_uploader(
        "Second picture", type=list(EXTENSIONS), key="second_upload", max_upload_size=MAX_UPLOAD_BYTES // 2**20
    )
    others = [name for name in SAMPLES if SAMPLES[name].title != first.title]
    return _opened(own) or _shipped(_sample("or one of these", others[0], "second_sample", disabled=own is not None))


def _camera() -> UploadedFile | None:
    """A picture taken here. The browser asks for the camera only once this is switched on."""
    if not st.toggle("Use the camera", key="use_camera", help="Your browser asks before it shows the camera."):
        return None
    return st.camera_input("Camera", key="camera", label_visibility="collapsed")


def _sample(label: str, default: str, key: str, disabled: bool) -> str:
    picked = st.pills(
        label,
        list(SAMPLES),
        default=default,
        format_func=lambda name: SAMPLES[name].title,
        key=key,
        required=True,
        disabled=disabled,
    )
    return picked or default


def _opened(own: UploadedFile | None, title: str = "") -> Picture | None:
    """What was handed in, by its file's name if it has no ``title``; None, with a sentence, where it cannot be used."""
    if own is None:
        return None
    data = own.getvalue()
    try:
        return Picture(open_image(data, own.name), sha256(data).hexdigest(), title or own.name, title or own.name)
    except ImageError as error:
        refused(str(error))
        return None


def _shipped(name: str) -> Picture:
    sample = SAMPLES[name]
    data = sample.path.read_bytes()
    credit = f"{sample.credit}. {sample.licence}"
    return Picture(open_image(data, sample.file), sha256(data).hexdigest(), sample.title, credit)
