"""Networks that are not of the family, by what a person calls them: a name of torchvision or timm, or an .onnx file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from inception_models.arch.shapes import Shape

LIBRARIES = ("torchvision", "timm")
"""Whose networks can be named without running a person's own code."""

LONGEST_AXIS = 65_535
_NAME = re.compile(r"\w{1,100}(\.\w{1,100})?", re.ASCII)  # with timm's tag; never a path or an address


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
        return self.source.partition(":")[2] or self.source

    @property
    def link(self) -> Mapping[str, object]:
        """``{"torchvision": "resnet50"}``, and the shape where it has one; nothing for a file, which no link holds."""
        if self.digest:
            return {}
        library, _, name = self.source.partition(":")
        return {library: name} | ({} if self.shape is None else {"shape": list(self.shape)})


def linked_brought(link: Mapping[str, object]) -> BroughtNetwork | None:
    """The network whose :attr:`BroughtNetwork.link` this is, None where it names no library. Nothing is imported:
    whether the library has such a network is seen when it is analysed.

    Raises:
        ValueError: with the end of a sentence, where what it says is neither a name nor a shape.
    """
    library = next((library for library in LIBRARIES if library in link), None)
    if library is None:
        return None
    name, shape = link[library], link.get("shape")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"it does not name a network of {library} in letters, digits and underscores.")
    if shape is None:
        return BroughtNetwork(f"{library}:{name}")
    sides = (
        [side for side in shape if type(side) is int and 0 < side <= LONGEST_AXIS] if isinstance(shape, list) else []
    )
    if not 0 < len(sides) <= 4 or sides != shape:
        raise ValueError(f"the shape of an input is one to four whole numbers from 1 to {LONGEST_AXIS:,}.")
    return BroughtNetwork(f"{library}:{name}", tuple(sides))
