"""A person's own file of weights, read, with the card beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from torch import Tensor

from ..checkpoints import card
from ..checkpoints.preprocessing import Preprocessing
from .contents import FileTensors
from .errors import WeightsError
from .file import metadata, read_open
from .fitting import fit_state


@dataclass(frozen=True)
class OwnFile:
    """A person's own weights, read already.

    ``digest``: the SHA-256 of the file's content; ``card``: what ``train`` or ``export`` wrote about them; ``entry``:
    where in the file they are, for a file that contains several sets; ``preprocessing``: as the person says that
    pictures were prepared, which otherwise is what the card says, or what the published weights of the variant expect.
    """

    name: str
    digest: str
    tensors: Mapping[str, Tensor] = field(repr=False, compare=False)
    card: str = ""
    entry: str = ""
    preprocessing: Preprocessing | None = field(default=None, kw_only=True)


def read(path: Path, entry: str | None = None) -> OwnFile:
    """A person's own file, and the card beside it.

    Args:
        entry: which of several sets of tensors, by its path in the file (``state_dict_ema``).

    Raises:
        SeveralEntriesError: where the file contains several and none was named.
        WeightsError: where it is not a file of tensors.
        OSError: where it cannot be read.
    """
    with path.open("rb") as file:
        return read_own(file, path.name, entry, _card_beside(path))


def read_own(file: BinaryIO, name: str, entry: str | None = None, card_beside: str = "") -> OwnFile:
    """The same of an open file, which may lie in memory. Without a card beside it, its own counts, if it has one."""
    tensors = read_open(file, name, entry)
    own = OwnFile(name, _digest(file), tensors, entry=tensors.entry)
    text = card_beside or metadata(file).get(card.WITHIN, "")
    return with_card(own, text) if text else own


def with_card(own: OwnFile, text: str) -> OwnFile:
    """``own`` with a card; where that cannot be used or is another file's, without one, and a note says so."""
    try:
        fit_state(card.parse_card(text, own.name).arch, own.tensors)
    except WeightsError:
        note = f"{own.name} is used without its card, which is another file's."
    except ValueError as problem:
        note = f"{problem} {own.name} is used without it."
    else:
        return replace(own, card=text)
    notes = (*(own.tensors.notes if isinstance(own.tensors, FileTensors) else ()), note)
    return replace(own, card="", tensors=FileTensors(own.tensors, own.entry, notes))


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _card_beside(path: Path) -> str:
    """The card of a file, if there is one; another program's .json may have the same name."""
    try:
        text = card.beside(path).read_text(encoding="utf-8")
        card.parse_card(text, path.name)
    except (OSError, ValueError):
        return ""
    return text
