"""What a network makes of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image
from torch import Tensor

from ...common.quantity import shape_text
from ...picture.mosaic import mosaic, png

MOST_MAPS = 36


@dataclass(frozen=True, eq=False)
class Sight:
    """What became of the picture in one network: what went in, the likeliest classes with their probabilities (with
    random weights none), and the strongest maps of the stage as a PNG file; or the ``problem``, in one sentence.
    """

    name: str
    weights: str = ""
    preview: Image.Image | None = None
    likeliest: tuple[tuple[str, float], ...] = ()
    maps: bytes = b""
    maps_note: str = ""
    problem: str = ""


def strongest_maps(output: Tensor, stage: str) -> tuple[bytes, str]:
    """The strongest feature maps of a stage's output as a PNG file, and what they are."""
    more = f", the {MOST_MAPS} strongest" if len(output) > MOST_MAPS else ""
    drawn = png(mosaic(output, order="strongest", limit=MOST_MAPS))
    return drawn, f"{stage}, {shape_text(tuple(output.shape))}{more}"
