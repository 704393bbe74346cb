"""Which weights the network has: random ones, published ones, the demo's, or a person's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from inception_models import Arch
from inception_models.checkpoints.card import parse_card
from inception_models.checkpoints.catalogue import CHECKPOINTS, TrainedWeights, published
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.download import bytes_arrived, is_intact
from inception_models.weights import OwnFile, Source, WeightsError, fetch
from inception_models.weights.errors import SeveralEntriesError
from inception_models.weights.file import read_open

from ...backend.common.jobs import Progress
from ...backend.common.limits import MAX_WEIGHTS_BYTES
from ..shell.background import BackgroundTask
from ..shell.controls import control_shows
from ..shell.notice import plain, refused
from ..state import State


def choose_weights(state: State, trained: OwnFile | None) -> Source:
    """Render the choice; returns the weights to use now, which are random until the chosen ones are available.

    Args:
        trained: those of the last training run, if there was one.
    """
    options = ["random", *(known.id for known in published(state.arch.key)), "demo", "own"]
    if trained is not None:
        options.insert(1, "trained")
    name = state.weights.get(state.arch.key, "random")
    chosen = name if name in options else "random"
    control_shows("weights", chosen)
    st.selectbox(
        "Weights",
        options,
        key="weights",
        format_func=lambda name: trained.name if trained and name == "trained" else _title(name),
        on_change=lambda: use_weights(state, str(st.session_state.weights), trained),
        help="Random, or trained. Published weights are downloaded once and kept on the machine that runs this app.",
    )
    match chosen:
        case "random" | "demo":
            return chosen
        case "trained":
            return trained or "random"
        case "own":
            return _own_file(state) or "random"
        case _:
            return chosen if _is_here(state, CHECKPOINTS[chosen]) else "random"


def use_weights(state: State, name: str, trained: OwnFile | None = None) -> None:
    """Use these weights from now on. The demo's, and those of a training run, are for one network, which is then
    shown; undo reverts that.
    """
    home = demo().arch if name == "demo" else state.arch
    if name == "trained" and trained is not None:
        home = parse_card(trained.card, trained.name).arch
    if (state.arch.key, state.arch.classes) != (home.key, home.classes):
        state.become(home)
    state.weights[state.arch.key] = name


def _title(name: str) -> str:
    match name:
        case "random":
            return "Random"
        case "demo":
            return demo().title
        case "own":
            return "A file of your own"
        case _:
            known = CHECKPOINTS[name]
            return f"{known.title}, {_size(known)}"


# --- published -------------------------------------------------------------------------------------------------------


def _is_here(state: State, known: TrainedWeights) -> bool:
    """Whether the file was downloaded; else render the offer to do it, or how far it is."""
    file, task, remote = known.file, _download_task(known), known.remote
    assert remote is not None  # it is published
    if is_intact(file, remote.size, remote.sha256):
        return True
    if task.running:
        task.watch(narrow=True)
        return False
    if file.exists():
        refused(f"{file} is damaged or cannot be read: download it again.")
    if problem := task.problem():
        refused(problem)
        st.button("Use the demo network instead", on_click=use_weights, args=(state, "demo"), width="stretch")
    arrived = bytes_arrived(file.parent, file.name)
    label = f"Resume download ({arrived / 1e6:.0f} of {_size(known)})" if arrived else f"Download {_size(known)}"
    st.button(
        label, icon=":material/download:", type="primary", on_click=_start, args=(known,), width="stretch", wrap=True
    )
    st.caption(
        plain(f"From {urlsplit(remote.url).hostname}. Licence: {known.licence}. Until then the weights are random.")
    )
    return False


def _download_task(known: TrainedWeights) -> BackgroundTask[Path]:
    return BackgroundTask(f"download:{known.id}", "Downloading", "What has arrived is kept", "transfer")


def _start(known: TrainedWeights) -> None:
    _download_task(known).start(partial(_download, known))


def _download(known: TrainedWeights, progress: Progress) -> Path:
    def report(done: int, total: int | None) -> None:
        progress.report(min(1.0, done / (total or done or 1)), f"{done / 1e6:.1f} of {_size(known)}")

    return fetch(known, report)


def _size(known: TrainedWeights) -> str:
    assert known.remote is not None
    return f"{known.remote.about / 1e6:.0f} MB"


# --- a person's own --------------------------------------------------------------------------------------------------


def _own_file(state: State) -> OwnFile | None:
    """The last file that could be read. It stays while another page is open, though the browser's field is emptied."""
    uploader = f"own_weights:{state.arch.key}"
    files = st.file_uploader(
        "Your weights",
        accept_multiple_files=True,
        key=uploader,
        max_upload_size=MAX_WEIGHTS_BYTES // 2**20,
        help="A checkpoint of PyTorch or safetensors, whatever its name ends in, from torchvision, timm, Cadene, this"
        f" program or a training program of yours, up to {MAX_WEIGHTS_BYTES // 2**20} MB; add the .json card if `train`"
        " wrote one. The file stays on the machine that runs this app.",
    )
    kept: dict[str, OwnFile] = st.session_state.setdefault("own_weights", {})  # at most one: files are large
    cards = [file for file in files if file.name.endswith(".json")]
    for file in files:
        if file not in cards:
            try:
                own = _read(file, cards[:1], kept.get(state.arch.key))
                kept = st.session_state.own_weights = {state.arch.key: own}
            except SeveralEntriesError as problem:
                refused(f"{file.name} contains {len(problem.entries)} sets of weights; choose one of them.")
                _choose_entry(file, problem)
            except WeightsError as problem:
                refused(str(problem))
    last = kept.get(state.arch.key)
    if last is not None:
        state.files[uploader] = last.name
        st.caption(plain(f"Your file: {last.name}"))
    elif uploader in state.files:
        refused(
            f"The server no longer has your file {state.files[uploader]}; add it again above."
            " Until then the weights are random."
        )
    return last


def open_own_network(state: State, arch: Arch) -> None:
    """Show the network that a person's file belongs to, with the file's weights; undo takes the network back."""
    kept: dict[str, OwnFile] = st.session_state.get("own_weights", {})
    if kept:  # one file at most
        st.session_state.own_weights = {arch.key: next(iter(kept.values()))}
    state.weights[arch.key] = "own"
    state.become(arch)


def _choose_entry(file: UploadedFile, problem: SeveralEntriesError) -> None:
    st.selectbox(
        "Which weights",
        [None, *(entry.path for entry in problem.entries)],
        key=f"entry:{file.file_id}:choice",
        format_func=lambda path: path or "Choose one",
        on_change=lambda: st.session_state.update(
            {f"entry:{file.file_id}": st.session_state[f"entry:{file.file_id}:choice"]}
        ),
    )


def _read(file: UploadedFile, cards: list[UploadedFile], kept: OwnFile | None) -> OwnFile:
    entry: str | None = st.session_state.get(f"entry:{file.file_id}")
    digest = "+".join((file.file_id, entry or "", *(card.file_id for card in cards)))
    if kept is not None and kept.digest == digest:
        return kept
    tensors = read_open(file, file.name, entry)
    card = cards[0].getvalue().decode("utf-8", "replace") if cards else ""
    return OwnFile(file.name, digest, tensors, card, tensors.entry)
