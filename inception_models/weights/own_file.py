"""A person's own file of weights, read, with the card beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor

from ..checkpoints import card
from ..checkpoints.preprocessing import Preprocessing
from .file import read_tensors


@dataclass(frozen=True)
class OwnFile:
    """A person's own weights, read already.

    ``digest`` tells two apart; ``card``: what ``train`` wrote about them; ``entry``: where in the file they are, for a
    file that contains several sets; ``preprocessing``: as the person says that pictures were prepared, which otherwise
    is what the card says, or what the published weights of the variant expect.
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
    stamp, tensors = path.stat(), read_tensors(path, entry)
    digest = f"{path.resolve()}:{stamp.st_mtime_ns}:{stamp.st_size}:{tensors.entry}"
    return OwnFile(path.name, digest, tensors, _card_beside(path), tensors.entry)


def _card_beside(path: Path) -> str:
    """The card of a file, if there is one; another program's .json may have the same name."""
    try:
        text = card.beside(path).read_text(encoding="utf-8")
        card.parse_card(text, path.name)
    except (OSError, ValueError):
        return ""
    return text
