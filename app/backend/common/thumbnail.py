"""A small picture of one output of a network, for the box that computes it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """``png`` has a pixel for each value; ``about`` says in words what it shows.

    ``peak``: channel, row and column of the largest value shown; None where it is no single channel.
    """

    png: bytes
    about: str
    peak: tuple[int, int, int] | None

    @cached_property
    def uri(self) -> str:
        """The picture as a data URI."""
        return f"data:image/png;base64,{b64encode(self.png).decode()}"
