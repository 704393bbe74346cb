"""The dialog of "Copy link": the link as a QR code, the network as a file, this browser's recent networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import segno
import streamlit as st

from inception_models import ARCHITECTURES, Arch
from inception_models.arch.refusal import Refusal
from inception_models.edits.diff import changes
from inception_models.edits.link import to_edits

from ...backend.common.limits import MAX_LINK_BYTES
from ...backend.common.links import linked_network
from ...backend.common.network_file import MAX_NETWORK_BYTES, network_json, saved_network
from ...backend.common.pins import files_to_send
from ..kit.file_field import empty_field, field_key
from ..kit.notice import WayOut, plain, refused
from ..kit.save_button import save_button
from ..kit.visitor import is_on_this_computer
from ..session import address_of, current
from ..state import State

MOST_RECENT = 10
FIELD = "network_file"
LONGEST_ADDRESS = MAX_LINK_BYTES + 1000


@dataclass(frozen=True)
class Shared:
    """What the browser said when the link was copied: the address, whether it could be, and its recent networks.

    ``arch``: what the page showed then.
    """

    address: str
    copied: bool
    recent: Sequence[tuple[Arch, str]]
    arch: Arch


def note(address: str, copied: bool, recent: Sequence[object]) -> None:
    """Open the dialog in the next run. What the browser said may be anything."""
    known = [entry for each in recent[:MOST_RECENT] if (entry := _recent(each))]
    address = address if urlsplit(address).scheme in ("http", "https") and len(address) < LONGEST_ADDRESS else ""
    st.session_state.shared = Shared(address, copied, known, current().arch)


def _recent(entry: object) -> tuple[Arch, str] | None:
    match entry:
        case {"network": dict() as network, "when": str() as when}:
            try:
                return linked_network(network), when[:40]
            except (ValueError, RecursionError):
                return None
        case _:
            return None


@st.dialog("Share", width="medium")
def show(state: State, shared: Shared) -> None:
    """Render the dialog."""
    if state.arch != shared.arch:  # a click has opened another network
        st.rerun()
    complete = address_of(state).complete
    if not complete:
        st.info("There are too many changes for a link, so it opens the published network. The file below has all.")
    elif shared.copied:
        st.success("Link copied. It opens what the page shows now.", icon=":material/check:")
    else:
        st.info("This browser did not let the link be copied: copy it here.")
    if sentence := files_to_send(state.pins):
        st.caption(plain(sentence))
    if shared.address and complete:
        st.code(shared.address, language=None, wrap_lines=True)
        _qr_code(shared.address)
    _file(state)
    _recent_networks(state, shared.recent)


def _qr_code(address: str) -> None:
    try:
        code = segno.make(address, micro=False)
    except segno.DataOverflowError:
        st.caption("The link is too long for a QR code.")
        return
    st.image(code.svg_inline(scale=8, light="#ffffff"), width=420, alt="The link as a QR code")
    if is_on_this_computer(address):
        st.caption(
            "This address works on this computer only. Open the page under the name of this computer to share it."
        )


def _file(state: State) -> None:
    name = f"{state.arch.key}{'-edited' if state.edited else ''}.json"
    save_button("Save as a file", network_json(state.arch), name)
    key = field_key(FIELD)
    file = st.file_uploader("Open a file", type=["json"], key=key, max_upload_size=MAX_NETWORK_BYTES >> 20)
    if file is not None:
        try:
            arch = saved_network(file.name, file.getvalue())
        except Refusal as problem:
            ways = [WayOut(way.label, partial(_open, state, way.edit(state.arch))) for way in problem.remedies]
            refused(str(problem), FIELD, *ways, WayOut("Take the file away", partial(empty_field, FIELD)))
            return
        _open(state, arch)
        st.rerun()


def _open(state: State, arch: Arch) -> None:
    """Show ``arch`` instead of the dialog; undo takes it back."""
    state.become(arch)
    empty_field(FIELD)


def _recent_networks(state: State, recent: Sequence[tuple[Arch, str]]) -> None:
    others = [(arch, when) for arch, when in recent if arch != state.arch]
    if not others:
        return
    st.markdown("**Recent networks in this browser**")
    for number, (arch, when) in enumerate(others):
        label = plain(f"{_name(arch)} · {when}")
        st.button(label, key=f"recent:{number}", on_click=_open, args=(state, arch), width="stretch", wrap=True)
    if st.button("Clear the list", key="recent-clear", icon=":material/delete:", on_click=_clear):
        st.rerun()


def _clear() -> None:
    st.session_state.forget = st.session_state.get("forget", 0) + 1


def _name(arch: Arch) -> str:
    """The variant, and what was changed, in few words."""
    original = ARCHITECTURES[arch.key]
    match to_edits(original, arch):
        case {"x": factor, **others}:
            return f"{arch.about.title}: widths × {factor}{' and more' if len(others) > 1 else ''}"
        case _:
            sentences = [change.sentence() for change in changes(original, arch)]
            more = f" and {len(sentences) - 1} more" if len(sentences) > 1 else ""
            return f"{arch.about.title}: {sentences[0]}{more}" if sentences else arch.about.title
