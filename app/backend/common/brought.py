"""Networks that are not of the family, by what a person calls them: a name of torchvision or timm, or an .onnx file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from inception_models.arch.shapes import Shape

from .text import visible

LIBRARIES = ("torchvision", "timm")
"""Whose networks can be named without running a person's own code."""

LONGEST_AXIS = 65_535
_NAME = re.compile(r"\w{1,100}(\.\w{1,100})?", re.ASCII)  # with timm's tag; never a path or an address
_DIGEST = re.compile(r"[0-9a-f]{32}")
_LONGEST_FILE_NAME = 100


@dataclass(frozen=True, slots=True)
class BroughtNetwork:
    """A network that was asked for. ``source``: ``torchvision:resnet50``, or a file's name, of which ``digest`` tells
    what is in it. ``shape``: of its input without the batch; None for what it was published with, or the file says.
    """

    source: str
    shape: Shape | None = None
    digest: str = ""

    @property
    def title(self) -> str:
        """What the person calls it."""
        return self.source if self.digest else self.source.partition(":")[2] or self.source

    @property
    def link(self) -> Mapping[str, object]:
        """``{"torchvision": "resnet50"}``, and the shape where it has one. Of a file, its name and digest: whoever has
        that file has the network, and nobody else.
        """
        library, _, name = self.source.partition(":")
        link = {"file": self.source, "digest": self.digest} if self.digest else {library: name}
        return link | ({} if self.shape is None else {"shape": list(self.shape)})


def brought_file(name: str, content: bytes, shape: Shape | None) -> BroughtNetwork:
    """The network in a file of this name."""
    return BroughtNetwork(visible(name, _LONGEST_FILE_NAME), shape, sha256(content).hexdigest()[:32])


def linked_brought(link: Mapping[str, object]) -> BroughtNetwork | None:
    """The network whose :attr:`BroughtNetwork.link` this is, None where it names neither library nor file. Nothing is
    imported or opened: whether there is such a network is seen when it is analysed.

    Raises:
        ValueError: with the end of a sentence, where what it says is no name, digest or shape.
    """
    shape = _linked_shape(link.get("shape"))
    if "file" in link:
        match link:
            case {"file": str() as file, "digest": str() as digest} if file.strip() and _DIGEST.fullmatch(digest):
                return BroughtNetwork(visible(file, _LONGEST_FILE_NAME), shape, digest)
            case _:
                raise ValueError("it does not say which file.")
    library = next((library for library in LIBRARIES if library in link), None)
    if library is None:
        return None
    name = link[library]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"it does not name a network of {library} in letters, digits and underscores.")
    return BroughtNetwork(f"{library}:{name}", shape)


def _linked_shape(shape: object) -> Shape | None:
    if shape is None:
        return None
    sides = (
        [side for side in shape if type(side) is int and 0 < side <= LONGEST_AXIS] if isinstance(shape, list) else []
    )
    if not 0 < len(sides) <= 4 or sides != shape:
        raise ValueError(f"the shape of an input is one to four whole numbers from 1 to {LONGEST_AXIS:,}.")
    return tuple(sides)
