"""Which picture goes in: one of those that ship, or the person's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ...backend.common.limits import MAX_UPLOAD_BYTES
from ...backend.picture.images import EXTENSIONS, PICTURE_FORMATS, SAMPLES, ImageError, notes_of, open_image
from ..shell.notice import refused

DEFAULT_SAMPLE = "cat"


@dataclass(frozen=True)
class Picture:
    """A picture that was opened and checked. ``digest`` tells two pictures apart; ``title`` names it, in few words."""

    image: Image.Image
    digest: str
    title: str
    credit: str


def choose_picture() -> Picture:
    """Render the choice; instead of a file that cannot be used, the chosen sample is taken."""
    own = st.file_uploader(
        "Your picture",
        type=list(EXTENSIONS),
        key="upload",
        max_upload_size=MAX_UPLOAD_BYTES // 2**20,
        help=f"{', '.join(PICTURE_FORMATS)}, up to {MAX_UPLOAD_BYTES // 2**20} MB."
        " It stays on the machine that runs this app.",
    )
    taken = _camera()
    sample = _sample("or one of these", DEFAULT_SAMPLE, "sample", disabled=own is not None or taken is not None)
    return _own_picture("upload", own) or _own_picture("camera", taken, "Your camera") or _shipped(sample)


def choose_second_picture(first: Picture) -> Picture:
    """Render the choice of a picture to compare the ``first`` with."""
    own = st.file_uploader(
        "Second picture", type=list(EXTENSIONS), key="second_upload", max_upload_size=MAX_UPLOAD_BYTES // 2**20
    )
    others = [name for name in SAMPLES if SAMPLES[name].title != first.title]
    sample = _sample("or one of these", others[0], "second_sample", disabled=own is not None)
    return _own_picture("second_upload", own) or _shipped(sample)


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


@dataclass(frozen=True)
class _Opened:
    """What became of an upload: a picture, or the sentence why it is not one."""

    file_id: str
    picture: Picture | None
    problem: str = ""


def _own_picture(uploader: str, own: UploadedFile | None, title: str = "") -> Picture | None:
    """What was uploaded, by its file's name if it has no ``title``; None, with a sentence, where it cannot be used.

    A photograph of 12 megapixels takes a quarter of a second to open, so the last one of each uploader is remembered.
    """
    key = f"opened:{uploader}"
    opened = st.session_state.get(key) if own is not None else None
    if own is not None and not (isinstance(opened, _Opened) and opened.file_id == own.file_id):
        opened = _opened(own, title)
    st.session_state[key] = opened  # None once the upload was taken back: pictures are large
    if not isinstance(opened, _Opened):
        return None
    if opened.problem:
        refused(opened.problem)
    if opened.picture is not None:
        for note in notes_of(opened.picture.image):
            st.caption(note)
    return opened.picture


def _opened(own: UploadedFile, title: str) -> _Opened:
    data, name = own.getvalue(), title or own.name
    try:
        return _Opened(own.file_id, Picture(open_image(data, own.name), sha256(data).hexdigest(), name, name))
    except ImageError as error:
        return _Opened(own.file_id, None, str(error))


@cache
def _shipped(name: str) -> Picture:
    sample = SAMPLES[name]
    data = sample.path.read_bytes()
    credit = f"{sample.credit}. {sample.licence}"
    return Picture(open_image(data, sample.file), sha256(data).hexdigest(), sample.title, credit)
