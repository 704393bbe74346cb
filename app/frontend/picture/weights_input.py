"""Which weights the network has: random ones, published ones, the demo's, or a person's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from inception_models.checkpoints.catalogue import CHECKPOINTS, TrainedWeights, published
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.download import bytes_arrived
from inception_models.weights import OwnFile, Source, fetch
from inception_models.weights.file import SUFFIXES, WeightsError, read_open

from ...backend.common.jobs import Job, Progress
from ...backend.common.limits import MAX_WEIGHTS_BYTES
from ..shell.notice import plain, refused
from ..state import State

POLL_SECONDS = 0.5


def chosen(state: State) -> Source:
    """Render the choice; returns the weights to use now, which are random until the chosen ones are here."""
    options = ["random", *(known.id for known in published(state.arch.key)), "demo", "own"]
    name = state.weights.get(state.arch.key, "random")
    st.session_state.weights = name if name in options else "random"
    st.selectbox(
        "Weights",
        options,
        key="weights",
        format_func=_title,
        on_change=lambda: choose(state, str(st.session_state.weights)),
        help="What the network has learned. Published weights are fetched once and kept on the machine of this app.",
    )
    match st.session_state.weights:
        case "random" | "demo" as known:
            return str(known)
        case "own":
            return _own_file(state) or "random"
        case known:
            return known if _is_here(state, CHECKPOINTS[known]) else "random"


def choose(state: State, name: str) -> None:
    """Use these weights from now on. The demo's bring their own network, which then is shown; undo takes it back."""
    if name == "demo":
        home = demo().arch
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


@dataclass(frozen=True)
class _Fetching:
    """A transfer under way in this session, or just ended."""

    id: str
    job: Job[Path]


def _is_here(state: State, known: TrainedWeights) -> bool:
    """Whether the file was fetched; else the offer to do it, or how far it is."""
    file = known.file
    if file.exists():
        return True
    if (job := _job(known)) is not None:
        if job.running:
            _watch(job)
            return False
        st.session_state[f"fetching:{known.id}"] = job.problem
        st.session_state.fetching = None
    remote = known.remote
    assert remote is not None  # it is published
    if problem := st.session_state.get(f"fetching:{known.id}", ""):
        refused(problem)
        st.button("Use the demo network instead", on_click=choose, args=(state, "demo"), width="stretch")
    there = bytes_arrived(file.parent, file.name)
    label = f"Go on fetching, {there / 1e6:.0f} of {_size(known)} are here" if there else f"Fetch {_size(known)}"
    st.button(label, icon=":material/download:", type="primary", on_click=_start, args=(known,), width="stretch")
    st.caption(
        plain(f"From {urlsplit(remote.url).hostname}. Licence: {known.licence}. Until then the weights are random.")
    )
    return False


def _start(known: TrainedWeights) -> None:
    def work(progress: Progress) -> Path:
        def tell(done: int, total: int | None) -> None:
            progress.report(min(1.0, done / (total or done or 1)), f"{done / 1e6:.1f} of {_size(known)}")

        return fetch(known, tell)

    st.session_state[f"fetching:{known.id}"] = ""
    st.session_state.fetching = _Fetching(known.id, Job(work, alone=False))


def _job(known: TrainedWeights) -> Job[Path] | None:
    found = st.session_state.get("fetching")
    return found.job if isinstance(found, _Fetching) and found.id == known.id else None


@st.fragment(run_every=POLL_SECONDS)
def _watch(job: Job[Path]) -> None:
    """The progress bar; it looks after the transfer without drawing the page again."""
    if not job.running:
        st.rerun()
    st.progress(job.progress.fraction, f"Fetching: {job.progress.doing}")
    st.button("Cancel", icon=":material/close:", on_click=job.progress.cancel, help="What has arrived is kept")


def _size(known: TrainedWeights) -> str:
    assert known.remote is not None
    return f"{known.remote.about / 1e6:.0f} MB"


# --- a person's own --------------------------------------------------------------------------------------------------


def _own_file(state: State) -> OwnFile | None:
    """The last file that could be read; it stays when another page is looked at, where the browser's field does not."""
    files = st.file_uploader(
        "Your weights",
        type=[suffix[1:] for suffix in (*SUFFIXES, ".json")],
        accept_multiple_files=True,
        key=f"own_weights:{state.arch.key}",
        max_upload_size=MAX_WEIGHTS_BYTES // 2**20,
        help="A .safetensors, .pt or .pth file of torchvision, timm, Cadene or this program, up to"
        f" {MAX_WEIGHTS_BYTES // 2**20} MB; with the .json card if `train` has written one. It stays on the machine"
        " that runs this app.",
    )
    kept: dict[str, OwnFile] = st.session_state.setdefault("own_weights", {})  # at most one: files are large
    cards = [file for file in files if file.name.endswith(".json")]
    for file in files:
        if file not in cards:
            try:
                own = _read(file, cards[:1], kept.get(state.arch.key))
                kept = st.session_state.own_weights = {state.arch.key: own}
            except WeightsError as problem:
                refused(str(problem))
    found = kept.get(state.arch.key)
    if found is not None:
        st.caption(plain(f"Your file: {found.name}"))
    return found


def _read(file: UploadedFile, cards: list[UploadedFile], kept: OwnFile | None) -> OwnFile:
    digest = "+".join(part.file_id for part in (file, *cards))
    if kept is not None and kept.digest == digest:
        return kept
    return OwnFile(
        file.name, digest, read_open(file, file.name), *(c.getvalue().decode("utf-8", "replace") for c in cards)
    )
