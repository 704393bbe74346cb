"""Which picture goes in: one of those that ship, or the person's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ...backend.common.limits import MAX_UPLOAD_BYTES
from ...backend.picture.images import EXTENSIONS, PICTURE_FORMATS, SAMPLES, ImageError, notes_of, open_image
from ..kit.file_field import empty_field, field_key
from ..kit.notice import WayOut, plain, refused
from ..kit.pictures import DEFAULT_SAMPLE, SAMPLE_KEY, Picture, choose_sample, shipped, take_back


def choose_picture(files: dict[str, str]) -> Picture:
    """Render the choice; instead of a file that cannot be used, the chosen sample is taken.

    The person's own picture stays while another page is open, though the browser's field is emptied. ``files`` has its
    name, which outlives the server that has the picture.
    """
    another = partial(take_back, "upload", files)
    samples, own_files = st.container(), st.container(key="own-picture")
    with own_files:
        own = st.file_uploader(
            "Your picture",
            type=list(EXTENSIONS),
            key=field_key("upload"),
            max_upload_size=MAX_UPLOAD_BYTES // 2**20,
            on_change=another,
            help=f"{', '.join(PICTURE_FORMATS)}, up to {MAX_UPLOAD_BYTES // 2**20} MB."
            " It stays on the machine that runs this app.",
        )
        taken = _camera(another)
        opened = _own_picture("upload", own, files=files) or _own_picture("camera", taken, "Your camera")
    with samples:
        own_is_used = opened is not None and (own is not None or taken is not None)
        instead = partial(_take_away, "upload", files)
        sample = choose_sample("Picture", DEFAULT_SAMPLE, SAMPLE_KEY, disabled=own_is_used, on_change=instead)
    return opened or shipped(sample)


def choose_second_picture(first: Picture) -> Picture:
    """Render the choice of a picture to compare the ``first`` with."""
    key = field_key("second_upload")
    own = st.file_uploader("Second picture", type=list(EXTENSIONS), key=key, max_upload_size=MAX_UPLOAD_BYTES // 2**20)
    others = [name for name in SAMPLES if SAMPLES[name].title != first.title]
    opened = _own_picture("second_upload", own)
    sample = choose_sample("or one of these", others[0], "second_sample", disabled=opened is not None)
    return opened or shipped(sample)


def _camera(on_change: Callable[[], None]) -> UploadedFile | None:
    """A picture taken here. The browser asks for the camera only once this is switched on."""
    if not st.toggle("Use the camera", key="use_camera", help="Your browser asks before it shows the camera."):
        return None
    return st.camera_input("Camera", key=field_key("camera"), label_visibility="collapsed", on_change=on_change)


@dataclass(frozen=True)
class _Opened:
    """What became of an upload: a picture, or the sentence why it is not one."""

    file_id: str
    picture: Picture | None
    problem: str = ""


def _own_picture(
    uploader: str, own: UploadedFile | None, title: str = "", files: dict[str, str] | None = None
) -> Picture | None:
    """What was uploaded, by its file's name if it has no ``title``; None, with a sentence, where it cannot be used.

    A photograph of 12 megapixels takes a quarter of a second to open, so the last one of each uploader is remembered.
    With ``files`` it is used until it is taken back.
    """
    key = f"opened:{uploader}"
    opened = st.session_state.get(key)
    if own is None:
        stays = files is not None and isinstance(opened, _Opened) and opened.picture is not None
        opened = opened if stays else None  # pictures are large
    elif not (isinstance(opened, _Opened) and opened.file_id == own.file_id):
        opened = _opened(own, title)
    st.session_state[key] = opened
    instead = WayOut("Go on without it", partial(_take_away, uploader, files))
    if not isinstance(opened, _Opened):
        if files and uploader in files:
            refused(f"The server no longer has your picture {files[uploader]}; add it again above.", uploader, instead)
        return None
    if opened.problem:
        refused(opened.problem, uploader, instead)
    if opened.picture is not None:
        if files is not None:
            files[uploader] = opened.picture.title
            st.caption(plain(f"Your picture: {opened.picture.title}"))
        for note in notes_of(opened.picture.image):
            st.caption(note)
    return opened.picture


def _take_away(uploader: str, files: dict[str, str] | None) -> None:
    empty_field(uploader)
    take_back(uploader, {} if files is None else files)


def _opened(own: UploadedFile, title: str) -> _Opened:
    data, name = own.getvalue(), title or own.name
    try:
        return _Opened(own.file_id, Picture(open_image(data, own.name), sha256(data).hexdigest(), name, name))
    except ImageError as error:
        return _Opened(own.file_id, None, str(error))
