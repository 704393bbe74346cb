"""Networks in one word that say more than a variant: a link to the page, or a file that it or ``fit`` saved."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from inception_models import ARCHITECTURES, Arch

from ..backend.common.links import edited_by
from ..backend.common.network_file import MAX_NETWORK_BYTES, saved_network


def is_link(text: str) -> bool:
    """Whether ``text`` is a link, or the query of one."""
    return "?" in text or text.startswith("variant=")


def linked_or_saved(text: str) -> Arch | None:
    """The network of a link or of a ``.json`` file; None where ``text`` is neither.

    Raises:
        ValueError: with one sentence, where there is no network in it.
        OSError: where the file cannot be read.
    """
    if is_link(text):
        return _linked(text)
    return _saved(Path(text)) if text.endswith(".json") else None


def _linked(text: str) -> Arch:
    query = dict(parse_qsl(urlsplit(text).query or text, keep_blank_values=True))
    key = query.get("variant", "")
    if key not in ARCHITECTURES:
        raise ValueError(f"The link names no known variant ({key[:40]!r}); known are {', '.join(ARCHITECTURES)}.")
    return edited_by(ARCHITECTURES[key], query["edits"]) if "edits" in query else ARCHITECTURES[key]


def _saved(file: Path) -> Arch:
    with file.open("rb") as stream:
        return saved_network(file.name, stream.read(MAX_NETWORK_BYTES + 1))
