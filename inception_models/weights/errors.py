"""Why weights cannot be used: one sentence, and as data what would help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..arch.spec import Arch


class WeightsError(ValueError):
    """A checkpoint cannot be used. The message is one sentence; ``mismatches`` are all places that do not fit.

    ``classes``: the number of classes that the network would need; ``arch``: the network that the file belongs to,
    which may be of another variant (``arch.key``) or have other widths. Both are None where nothing is known.
    """

    def __init__(
        self, message: str, mismatches: tuple[str, ...] = (), *, classes: int | None = None, arch: Arch | None = None
    ) -> None:
        super().__init__(message)
        self.mismatches, self.classes, self.arch = mismatches, classes, arch


@dataclass(frozen=True)
class Entry:
    """A set of tensors in a file: its path there, such as ``model`` or ``state.ema``, and how many tensors it has."""

    path: str
    tensors: int


class SeveralEntriesError(WeightsError):
    """A file contains several sets of tensors; one of ``entries`` has to be chosen."""

    def __init__(self, name: str, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        named = ", ".join(f"{entry.path} ({entry.tensors} tensors)" for entry in entries[:8])
        super().__init__(f"{name} contains several sets of weights: {named}; choose one (--entry {entries[0].path}).")
