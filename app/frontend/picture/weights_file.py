"""A person's own file of weights: opened in one step as the network that it is of, and kept while the session lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from inception_models import Arch
from inception_models.edits.diff import changes
from inception_models.weights import OwnFile, WeightsError, loaded, read_own, recognised, with_card
from inception_models.weights.errors import SeveralEntriesError

from ...backend.common.limits import MAX_WEIGHTS_BYTES
from ...backend.common.text import visible
from ..kit.file_field import empty_field, field_key
from ..kit.notice import WayOut, plain, refusal, refused
from ..state import State
from . import weights_preprocessing

FIELD = "own_weights_field"
OWN_FILE = "weights"  # the name of the person's file among those that the browser remembers


@dataclass
class OpenedFile:
    """The last file that could be read, and the last one that was dropped where it has a question. Files are large."""

    own: OwnFile | None = None
    home: Arch | None = None  # the network that the file is of
    dropped: tuple[UploadedFile, str, SeveralEntriesError] | None = None  # of several sets; and the text of its card


def opened_file() -> OpenedFile:
    """This session's."""
    kept = st.session_state.setdefault("own_weights", OpenedFile())
    assert isinstance(kept, OpenedFile)
    return kept


def own_weights(state: State) -> OwnFile | None:
    """The file that was opened, if it is of the variant that is shown, with the preprocessing that was chosen."""
    kept = opened_file()
    if kept.own is None or kept.home is None or kept.home.key != state.arch.key:
        return None
    return replace(kept.own, preprocessing=weights_preprocessing.remembered_preprocessing(kept.own))


def show(state: State, demo_instead: WayOut) -> None:
    """Render the field that a file can be dropped on, and what became of the last one."""
    kept = opened_file()
    field = field_key(FIELD)
    st.file_uploader(
        "Open a file of weights",
        accept_multiple_files=True,
        key=field,
        max_upload_size=MAX_WEIGHTS_BYTES // 2**20,
        on_change=lambda: _dropped(state, st.session_state[field]),
        help="The network that the file is of is shown, with these weights. A checkpoint of PyTorch or safetensors,"
        " whatever its name ends in, from torchvision, timm, Cadene, this program or a training program of yours, up to"
        f" {MAX_WEIGHTS_BYTES // 2**20} MB; add the .json card if `train` wrote one. The file stays on the machine that"
        " runs this app.",
    )
    if kept.dropped is not None:
        _choose_entry(state, *kept.dropped)
    elif problem := state.refused_at(FIELD):
        refusal(state, FIELD, demo_instead, WayOut("Go on without the file", state.dismiss))
        list_mismatches(problem)
    elif kept.own is None and state.weights.get(state.arch.key) == "own" and OWN_FILE in state.files:
        refused(
            f"The server no longer has your file {state.files[OWN_FILE]}; add it again above. Until then the weights"
            " are random.",
            FIELD,
            random_instead(state),
            demo_instead,
        )


def show_chosen(state: State) -> None:
    """Render what is known of the file whose weights are in use, and how pictures are prepared for it."""
    kept = opened_file()
    if kept.own is None or kept.home is None:
        return
    home, edits = kept.home, len(changes(state.original, kept.home))
    edited = f", {edits} {'change' if edits == 1 else 'changes'} from the published network" if edits else ""
    st.caption(plain(f"Your file: {kept.own.name}, {home.about.title}, {home.classes:,} classes{edited}"))
    if state.arch != home:
        st.button(
            "Open it as it is, without your edits", on_click=open_own_network, args=(state, home), width="stretch"
        )
    weights_preprocessing.choose_preprocessing(kept.own, state.arch)


def open_own_network(state: State, arch: Arch) -> None:
    """Show the network that a person's file belongs to, with the file's weights; undo takes the network back."""
    opened_file().home = arch
    state.weights[arch.key] = "own"
    state.become(arch)


def random_instead(state: State) -> WayOut:
    """Give up trained weights for the network that is shown."""
    return WayOut("Use random weights", partial(state.weights.__setitem__, state.arch.key, "random"))


def list_mismatches(problem: ValueError) -> None:
    """Render all tensors that do not fit, where they are more than the sentence names."""
    if isinstance(problem, WeightsError) and len(places := problem.mismatches) > 1:
        with st.expander(f"All {len(places)} tensors that do not fit"):
            st.code("\n".join(map(visible, places[:1000])), language=None)


def _dropped(state: State, files: Sequence[UploadedFile]) -> None:
    """Open what was dropped; a card alone joins the file that was opened before it."""
    cards = [file for file in files if file.name.endswith(".json")]
    weights = [file for file in files if file not in cards]
    card = cards[-1].getvalue().decode("utf-8", "replace") if cards else ""
    empty_field(FIELD)  # so that what was read is let go
    if weights:
        _open_dropped(state, weights[-1], card)
    elif card and (own := opened_file().own) is not None:
        open_weights(state, lambda: with_card(own, card))


def _open_dropped(state: State, file: UploadedFile, card: str, entry: str | None = None) -> None:
    opened_file().dropped = None
    try:
        open_weights(state, lambda: read_own(file, file.name, entry, card))
    except SeveralEntriesError as question:
        opened_file().dropped = file, card, question


def open_weights(state: State, read: Callable[[], OwnFile]) -> None:
    """Show the file's network; a network of the same variant that was edited stays, and gets the weights.

    Raises:
        SeveralEntriesError: where one of several sets has to be chosen.
    """
    state.dismiss()
    try:
        own = read()
        home = _home(state.arch, own)
    except SeveralEntriesError:
        raise
    except WeightsError as problem:
        state.refusal = FIELD, problem
        return
    kept = opened_file()
    kept.own, kept.home = own, home
    state.files[OWN_FILE] = own.name
    state.weights[home.key] = "own"
    if not (state.edited and state.arch.key == home.key):
        state.become(home)


def _home(shown: Arch, own: OwnFile) -> Arch:
    """The network that the file is of: as it says itself, or the one that is shown, whose structure may be edited."""
    try:
        return recognised(own, preferred=shown.key)
    except WeightsError as unknown:
        try:
            loaded(shown, own)
        except ValueError:
            raise WeightsError(f"{own.name}: {unknown}", unknown.mismatches) from None
        return shown


def _choose_entry(state: State, file: UploadedFile, card: str, question: SeveralEntriesError) -> None:
    st.info(plain(f"{file.name} contains {len(question.entries)} sets of weights; choose one of them."))
    tensors = {entry.path: entry.tensors for entry in question.entries}
    key = f"own_weights_entry:{file.file_id}"
    st.selectbox(
        "Which weights",
        [None, *tensors],
        key=key,
        format_func=lambda path: f"{visible(path)} ({tensors[path]} tensors)" if path else "Choose one",
        on_change=lambda: _open_dropped(state, file, card, st.session_state[key]),
    )
