"""One picture through several networks: what each predicts, and the maps of one stage of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from inception_models import Arch
from inception_models.weights import Source

from ...common.jobs import Progress
from ...common.quantity import shape_text
from ...picture.forward import Forward, forward
from ...picture.mosaic import mosaic, png

MOST_MAPS = 36


@dataclass(frozen=True)
class Viewer:
    """A network that looks at the picture: with which ``weights``, and the ``stage`` whose maps are drawn, if any."""

    name: str
    arch: Arch
    weights: Source
    stage: str


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


def same_picture(viewers: Sequence[Viewer], image: Image.Image, progress: Progress) -> tuple[Sight, ...]:
    """``image`` through every network, in order. Raises Cancelled where ``progress`` has been cancelled."""
    return tuple(_sights(viewers, image, progress))


def _sights(viewers: Sequence[Viewer], image: Image.Image, progress: Progress) -> Iterator[Sight]:
    for number, viewer in enumerate(viewers):
        done = number / len(viewers)
        progress.report(done, viewer.name)

        def share(fraction: float, done: float = done, name: str = viewer.name) -> None:
            progress.report(done + fraction / len(viewers), name)

        try:
            yield _sight(viewer, forward(viewer.arch, image, viewer.weights, share))
        except (ValueError, OSError) as problem:
            yield Sight(viewer.name, problem=str(problem))


def _sight(viewer: Viewer, seen: Forward) -> Sight:
    output = seen.activations.outputs.get(viewer.stage)
    maps, note = b"", ""
    if output is not None:
        maps = png(mosaic(output, order="strongest", limit=MOST_MAPS))
        note = f"{viewer.stage}, {shape_text(tuple(output.shape))}"
        note += f", the {MOST_MAPS} strongest" if len(output) > MOST_MAPS else ""
    likeliest = () if viewer.weights == "random" else tuple(seen.likeliest())
    return Sight(viewer.name, seen.trained_weights.title, seen.preview, likeliest, maps, note)


def sights_of(sights: Sequence[Sight], picture: str) -> dict[str, object]:
    """The predictions as JSON."""
    return {
        "picture": picture,
        "networks": [
            {
                "name": sight.name,
                "weights": sight.weights,
                "classes": [{"class": name, "probability": share} for name, share in sight.likeliest],
                **({"problem": sight.problem} if sight.problem else {}),
            }
            for sight in sights
        ],
    }
