"""Small pictures: of one output of a network, for the box that computes it; and any as PNG, as a file or a URI."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


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
        return png_uri(self.png)


def png_file(image: Image) -> bytes:
    """A picture as a PNG file."""
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def png_uri(png: bytes) -> str:
    """A PNG file as a data URI."""
    return f"data:image/png;base64,{b64encode(png).decode()}"
