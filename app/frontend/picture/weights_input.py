"""Which weights the network has: random ones, published ones, the demo's, or a person's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from inception_models import Arch
from inception_models.checkpoints.card import parse_card
from inception_models.checkpoints.catalogue import CHECKPOINTS, published
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.download import bytes_arrived
from inception_models.checkpoints.trained_weights import TrainedWeights
from inception_models.weights import OwnFile, Source, fetch

from ...backend.common.jobs import Progress
from ..kit.background import BackgroundTask
from ..kit.controls import control_shows
from ..kit.notice import WayOut, refused
from ..kit.terms import caption
from ..kit.weights_in_use import weights_are_here
from ..state import State
from . import weights_file


def choose_weights(state: State, trained: OwnFile | None, files: DeltaGenerator) -> Source:
    """Render the choice; returns the weights to use now, which are random until the chosen ones are available.

    Args:
        trained: those of the last training run, if there was one.
        files: where the field for a file goes.
    """
    own = weights_file.own_weights(state)
    options = ["random", *(known.id for known in published(state.arch.key)), "demo", *(["own"] if own else [])]
    name = state.weights.get(state.arch.key, "random")
    home = None
    if trained is not None:
        options.insert(1, "trained")
        home = parse_card(trained.card, trained.name).arch
    stale = name == "trained" and (home is None or home.key != state.arch.key)  # there was another run since
    chosen = name if name in options and not stale else "random"
    control_shows("weights", chosen)
    st.selectbox(
        "Weights",
        options,
        key="weights",
        format_func=lambda name: trained.name if trained and name == "trained" else _title(name),
        on_change=lambda: use_weights(state, str(st.session_state.weights), home),
        help="Random, or trained. Published weights are downloaded once and kept on the machine that runs this app.",
    )
    if not published(state.arch.key):
        caption("No trained weights of this network are published; a file of your own works, and so does the demo.")
    with files:
        weights_file.show(state, _demo_instead(state))
    if chosen == "own" and own is not None:
        weights_file.show_chosen(state)
        return own
    if chosen == "trained" and trained is not None:
        return trained
    if chosen in ("random", "demo") or _is_here(state, CHECKPOINTS[chosen]):
        return chosen
    return "random"


def use_weights(state: State, name: str, trained: Arch | None = None) -> None:
    """Use these weights from now on. The demo's bring their own network, and those of the last training run the one
    that was ``trained``, which is then shown; undo reverts that.
    """
    state.dismiss()
    home = {"demo": demo().arch, "trained": trained}.get(name)
    if home is not None and (state.arch.key, state.arch.classes) != (home.key, home.classes):
        st.session_state.before_demo = state.arch, state.weights.get(state.arch.key, "random")
        state.become(home)
    state.weights[state.arch.key] = name


def before_demo() -> Arch | None:
    """The network that was open before the demo's, if it was opened here."""
    arch, _ = st.session_state.get("before_demo", (None, ""))
    return arch if isinstance(arch, Arch) else None


def back_from_demo(state: State) -> None:
    """Show what was open before the demo, with its weights."""
    arch, weights = st.session_state.pop("before_demo")
    state.become(arch)
    state.weights[arch.key] = weights


def _title(name: str) -> str:
    match name:
        case "random":
            return "Random"
        case "demo":
            return demo().title
        case "own":
            return f"Your file, {own.name}" if (own := weights_file.opened_file().own) else "Your file"
        case _:
            known = CHECKPOINTS[name]
            return f"{known.title}, {_size(known)}"


def _demo_instead(state: State) -> WayOut:
    return WayOut("Use the demo network instead", partial(use_weights, state, "demo"))


# --- published -------------------------------------------------------------------------------------------------------


def _is_here(state: State, known: TrainedWeights) -> bool:
    """Whether the file was downloaded; else render the offer to do it, or how far it is."""
    file, task, remote = known.file, _download_task(known), known.remote
    assert remote is not None  # it is published
    if task.running:
        task.watch(narrow=True)
        return False
    if weights_are_here(known.id):
        return True
    if file.exists():
        refused(f"{file} is damaged or cannot be read: download it again.", "damaged", _demo_instead(state))
    task.show_problem(None, _demo_instead(state))
    arrived = bytes_arrived(file.parent, file.name)
    label = f"Resume download ({arrived / 1e6:.0f} of {_size(known)})" if arrived else f"Download {_size(known)}"
    st.button(
        label, icon=":material/download:", type="primary", on_click=_start, args=(known,), width="stretch", wrap=True
    )
    caption(f"From {urlsplit(remote.url).hostname}. Licence: {known.licence}. Until then the weights are random.")
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
