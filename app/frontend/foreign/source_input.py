"""Which network: the name of an installed one, or an ONNX file; and the shape of its input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial
from importlib.util import find_spec

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ...backend import ModuleAnalysis
from ...backend.common.brought import LIBRARIES, BroughtNetwork, brought_file
from ...backend.common.jobs import Progress
from ...backend.common.limits import MAX_ONNX_BYTES
from ...backend.foreign.apart import inspected_apart
from ...backend.foreign.inspection import is_onnx, parsed_shape
from ...backend.foreign.kept_files import KEPT_DAYS, forget_file, keep_file, kept_file
from ...backend.foreign.sources import installed_networks, refused_file
from ..kit.background import BackgroundTask
from ..kit.brought import file_arrived, library_analysis
from ..kit.file_field import field_key
from ..kit.notice import WayOut, refusal
from ..kit.presence import person
from ..session import current
from ..state import State

Work = Callable[[Progress], ModuleAnalysis]
EXAMPLES = ("torchvision:resnet50", "timm:efficientnet_b0", "torchvision:vit_b_16")
OWN_PLACE, FILE_FIELD = "own-source", "own_file"
OWN_NETWORK: BackgroundTask[ModuleAnalysis] = BackgroundTask(
    "own_network", doing="Analysing the network", stops="Stop now", steady=False
)
_NAMES_ONLY = (
    "{} is not the name of a network of torchvision or timm. A module of your own is code, which this page does not"
    " run: on the command line, python -m app inspect package.module:callable does."
)


def choose(state: State, running: bool) -> None:
    """Render the controls; a button or a file starts the analysis."""
    with st.container(key="own-source"):
        left, right = st.columns([3, 2], gap="medium")
    with left, st.form("own-name", border=False):
        _name_and_shape(running)
    with right:
        _file(running)
    if state.refused_at(OWN_PLACE):
        refusal(state, OWN_PLACE, *ways_out())


def examples() -> None:
    """A button for each example whose library is installed."""
    installed = [name for name in EXAMPLES if find_spec(name.partition(":")[0])]
    if installed:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("For example", width="content")
            for name in installed:
                st.button(
                    name.replace(":", " "),
                    key=f"example:{name}",
                    on_click=_start,
                    args=(name,),
                )


def _name_and_shape(running: bool) -> None:
    names = _names()
    search = f"Search the {len(names):,} of torchvision and timm"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Network",
            names,
            index=None,
            placeholder=search if names else "Neither torchvision nor timm is installed here",
            key="own_name",
            accept_new_options=True,
            help="Of torchvision or timm, where they are installed. Their own code builds it, without weights; nothing"
            " is downloaded.",
        )
        st.text_input(
            "Input",
            key="own_shape",
            placeholder="as published",
            width=140,
            help="Empty: what it was published with, or what a file names. 224 is a picture of 224 × 224 with three"
            " channels; otherwise channels, height and width, such as 1,28,28.",
        )
        st.form_submit_button("Inspect", type="primary", on_click=_submitted, disabled=running)


def _file(running: bool) -> None:
    st.file_uploader(
        "Or an .onnx file, which is read and never run",
        key=field_key(FILE_FIELD),
        max_upload_size=MAX_ONNX_BYTES // 2**20,
        on_change=_uploaded,
        disabled=running,
        help=f"Up to {MAX_ONNX_BYTES / 2**20:.0f} MB, its weights inside. torch.onnx.export writes one. Files of torch"
        " (.pt2, .pth) are not taken: their readers can run code, or they do not contain the network. The server keeps"
        f" the file for you, until {KEPT_DAYS} days after its last use or until its pin is removed.",
    )


@st.cache_data(show_spinner="Listing the installed networks")
def _names() -> tuple[str, ...]:
    return installed_networks()


def _submitted() -> None:
    _start(st.session_state.own_name or "", st.session_state.own_shape)


def _uploaded() -> None:
    if (file := st.session_state[field_key(FILE_FIELD)]) is not None:
        _start(file, st.session_state.get("own_shape", ""))


def _start(source: str | UploadedFile, shape: str = "") -> None:
    """Start what was asked for, or keep the sentence that says why not."""
    st.session_state.own_asked = source, shape
    current().dismiss()
    try:
        asked, work = _named(source, shape) if isinstance(source, str) else _from_file(source, shape)
    except ValueError as problem:
        current().refusal = OWN_PLACE, problem
        return
    OWN_NETWORK.start(work, question=asked, live=asked)


def ways_out() -> Iterator[WayOut]:
    """Instead of a network and a shape that cannot be inspected: another shape, and networks with similar names."""
    source, shape = st.session_state.get("own_asked", ("", ""))
    name = source if isinstance(source, str) else source.name
    names = _names()
    if name in names or is_onnx(name):
        with_another = WayOut("Take the input that it names", partial(_start, source))
        yield with_another if shape else WayOut("Take an input of 3 × 224 × 224", partial(_start, source, "224"))
    elif not isinstance(source, str):
        yield WayOut("Open weights on Picture", partial(setattr, current(), "wanted_page", "Picture"))
    similar = [known for known in get_close_matches(name.lower(), names, n=2) if known != name]
    for known in _meant(name) or similar or EXAMPLES[:1]:
        yield WayOut(f"Inspect {known.replace(':', ' ')}", partial(_start, known))


def _named(name: str, shape: str) -> tuple[BroughtNetwork, Work]:
    name = name.strip()
    if not name:
        raise ValueError("Choose a network first, or upload a file.")
    known = _meant(name)
    if len(known) > 1:
        libraries = " and ".join(each.partition(":")[0] for each in known)
        raise ValueError(f"{libraries} both have a network called {name}; choose one of them.")
    if not known and name.partition(":")[0] not in LIBRARIES:
        raise ValueError(refused_file(name) or _NAMES_ONLY.format(repr(name[:60])))
    asked = BroughtNetwork(known[0] if known else name, parsed_shape(shape))
    return asked, partial(library_analysis, asked)


def _meant(name: str) -> list[str]:
    """The networks that a name stands for, with or without its library, as the buttons write it or as a link does."""
    words = name.lower().replace(":", " ").split()
    return [known for known in _names() if words in (known.split(":"), known.split(":")[1:])]


def _from_file(file: UploadedFile, shape: str) -> tuple[BroughtNetwork, Work]:
    if not is_onnx(file.name):
        raise ValueError(f"{file.name}: {refused_file(file.name) or 'only .onnx files are taken.'}")
    content, owner = file.getvalue(), person()
    asked = brought_file(file.name, content, parsed_shape(shape))
    known = kept_file(owner, asked.digest) is not None
    try:
        kept = keep_file(owner, asked.digest, content)
    except OSError as problem:
        raise ValueError(
            f"The server cannot keep {file.name}: {(problem.strerror or 'no reason given').lower()}."
        ) from None
    file_arrived(asked.digest)

    def work(progress: Progress) -> ModuleAnalysis:
        try:
            return inspected_apart(str(kept), asked.shape, progress)
        except ValueError:
            if not known:
                forget_file(owner, asked.digest)
            raise

    return asked, work
