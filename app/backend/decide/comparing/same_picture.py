"""One picture through several networks: what each predicts, and the maps of one stage of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image

from inception_models import Arch
from inception_models.weights import Source

from ...common.jobs import PartOfProgress, Progress
from ...picture.forward import Forward, forward
from .brought_runs import BroughtViewer, seen_apart
from .sight import Sight, strongest_maps


@dataclass(frozen=True)
class Viewer:
    """A network that looks at the picture: with which ``weights``, and the ``stage`` whose maps are drawn, if any."""

    name: str
    arch: Arch
    weights: Source
    stage: str


def same_picture(
    viewers: Sequence[Viewer | BroughtViewer], image: Image.Image, progress: Progress
) -> tuple[Sight, ...]:
    """``image`` through every network, in order. Raises Cancelled where ``progress`` has been cancelled."""
    return tuple(_sights(viewers, image, progress))


def _sights(viewers: Sequence[Viewer | BroughtViewer], image: Image.Image, progress: Progress) -> Iterator[Sight]:
    for number, viewer in enumerate(viewers):
        part = PartOfProgress(progress, number, len(viewers))
        part.report(0, viewer.name)
        try:
            if isinstance(viewer, BroughtViewer):
                yield seen_apart(viewer, image, part)
                continue
            share = partial(part.report, doing=viewer.name)
            yield _sight(viewer, forward(viewer.arch, image, viewer.weights, share))
        except (ValueError, OSError) as problem:
            yield Sight(viewer.name, problem=str(problem))


def _sight(viewer: Viewer, seen: Forward) -> Sight:
    output = seen.activations.outputs.get(viewer.stage)
    maps, note = (b"", "") if output is None else strongest_maps(output, viewer.stage)
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
