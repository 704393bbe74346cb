"""The network with its weights for other programs, or the weights alone."""

from __future__ import annotations

from functools import partial

import streamlit as st

from inception_models import Arch
from inception_models.checkpoints.key_names import OURS
from inception_models.weights import Source, loaded
from inception_models.weights.saving import libraries_of

from ...backend.common.jobs import Progress
from ...backend.picture.forward import check_affordable
from ...backend.takeaway.exchange import WEIGHTS, weights_or_network
from ...backend.takeaway.naming import saved_name
from ..kit.controls import choice_stays_among
from ..kit.notice import plain
from ..kit.page_links import page_link
from ..kit.weights_in_use import title_of, weights_in_use
from ..state import State
from .made_file import FileTask, made_file

EXPORT: FileTask = FileTask("export", "Exporting", "Stop after this step", steady=False)
USES = {
    ".onnx": "ONNX: the network with its weights, for ONNX Runtime, Netron and many others",
    ".pt2": "torch.export: the network with its weights, for PyTorch without this program",
    ".safetensors": "safetensors: the weights, with a card that says what they are; opens here again",
    ".pth": "state_dict: the weights, for torch.load",
}
LIBRARY_TITLES = {
    OURS: "this program and the code of the first tab",
    "torchvision": "torchvision",
    "timm": "timm",
    "cadene": "Cadene's pretrained-models",
    "facenet-pytorch": "facenet-pytorch",
}


def show(state: State) -> None:
    """Render the tab."""
    arch, weights = state.arch, weights_in_use(state)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Weights:** {plain(title_of(weights))}")
        page_link("Picture", "Choose others on Picture")
    ending = st.radio(
        "File", list(USES), format_func=lambda ending: f"`{ending}` {USES[ending]}", key="exchange-ending"
    )
    library = _library(arch) if ending in WEIGHTS else OURS
    name = saved_name(arch, ending, "" if library == OURS else library)
    question = (arch, weights, ending, library)
    made_file(EXPORT, name, f"Make {name}", partial(_exported, *question), question)
    st.caption("Whole networks take pictures [N, 3, H, W] of any batch size N and return logits.")


def _library(arch: Arch) -> str:
    """Whose names the weights get; asked for only where there is a choice."""
    libraries = libraries_of(arch)
    if len(libraries) == 1:
        return OURS
    choice_stays_among("exchange-library", libraries, OURS)
    return st.selectbox("Named for", libraries, format_func=LIBRARY_TITLES.__getitem__, key="exchange-library")


def _exported(arch: Arch, weights: Source, ending: str, library: str, progress: Progress) -> bytes:
    check_affordable(arch)
    progress.report(0.1, "the weights")
    network = loaded(arch, weights)
    progress.report(0.4, f"the {ending} file")
    return weights_or_network(network, ending, library)
