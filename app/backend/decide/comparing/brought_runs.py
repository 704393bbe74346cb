"""Networks that are not of the family, really run, each in a process of its own: how long they take, and what they make
of a picture. This module is also what that process runs.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from PIL import Image
from torch import Tensor

from inception_models.arch.shapes import Shape
from inception_models.checkpoints.preprocessing import Preprocessing, preprocessing_from_json

from ...common.jobs import Progress
from ...common.limits import MAX_FOREIGN_BYTES
from ...common.quantity import shape_text
from ...common.thumbnail import png_file
from ...foreign.apart import answer_apart
from ...foreign.inspection import parsed_shape
from ...foreign.runnable import Runnable, runnable
from ...foreign.worker import answer
from ...picture.activations import top_classes
from ...picture.images import class_name
from ...timing.latency import Timing, WholeTime, whole_time
from .sight import Sight, strongest_maps

MOST_LIKELY = 5
_PROCESS = ("-m", f"{__package__}.brought_runs")


@dataclass(frozen=True)
class BroughtViewer:
    """A network that looks at a picture. ``source``: as :func:`.runnable` takes it; ``part``: whose maps are drawn;
    ``steps``: how the picture is prepared where the network's weights do not say it.
    """

    name: str
    source: str
    shape: Shape | None
    part: str
    steps: Preprocessing


def timed_apart(source: str, shape: Shape | None, limit_seconds: float, progress: Progress) -> WholeTime:
    """How long a forward pass takes, with a random picture and as many threads as here.

    Raises:
        ValueError: with one sentence, where it does not run here.
        Cancelled: where ``progress`` was cancelled.
    """
    words = *_PROCESS, "time", source, _text(shape), str(limit_seconds)
    values = json.loads(answer_apart(words, progress, torch.get_num_threads()))
    return WholeTime(**values | {"total": Timing(**values["total"])})


def seen_apart(viewer: BroughtViewer, image: Image.Image, progress: Progress) -> Sight:
    """What the network makes of ``image``. Raises as :func:`timed_apart` does."""
    with TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        image.save(picture)
        steps = json.dumps(asdict(viewer.steps))
        words = *_PROCESS, "see", viewer.source, _text(viewer.shape), viewer.part, str(picture), steps
        values = json.loads(answer_apart(words, progress, torch.get_num_threads()))
    return Sight(
        viewer.name,
        values["weights"],
        Image.open(BytesIO(b64decode(values["preview"]))),
        tuple((name, share) for name, share in values["likeliest"]),
        b64decode(values["maps"]),
        values["maps_note"],
    )


def _text(shape: Shape | None) -> str:
    return ",".join(map(str, shape or ()))


# --- in the other process --------------------------------------------------------------------------------------------


def _time(source: str, shape: str, limit_seconds: str) -> str:
    network = runnable(source, parsed_shape(shape))
    x = torch.rand(1, *network.shape)
    return json.dumps(asdict(whole_time(lambda: network.run(x), network.engine, float(limit_seconds))))


def _see(source: str, shape: str, part: str, picture: str, steps: str) -> str:
    network = runnable(source, parsed_shape(shape), part)
    usual = preprocessing_from_json(json.loads(steps))
    with Image.open(picture) as image:
        chosen, x = _prepared(network, image.convert("RGB"), usual)
        preview = chosen.preview(image.convert("RGB"))
    output, kept = network.run(x)
    maps, note = b"", ""
    if kept is not None and kept.ndim == len(x.shape) and len(kept) == 1:
        maps, note = strongest_maps(kept[0], part)
    values = {
        "weights": f"{network.trained.title if network.trained else 'random'}, {network.engine}",
        "preview": b64encode(png_file(preview)).decode(),
        "likeliest": _likeliest(network, output),
        "maps": b64encode(maps).decode(),
        "maps_note": note,
    }
    return json.dumps(values)


def _prepared(network: Runnable, image: Image.Image, usual: Preprocessing) -> tuple[Preprocessing, Tensor]:
    """How the picture is prepared, and the input."""
    match network.shape:
        case (1 | 3 as channels, height, width) if height == width:
            steps = ((network.trained and network.trained.steps) or usual).sized(width)
            steps = replace(steps, channels="grey") if channels == 1 else steps
            return steps, steps.apply(image)[:, :channels]
        case other:
            raise ValueError(f"Its input is {shape_text(other)}; pictures are square here, with one channel or three.")


def _likeliest(network: Runnable, output: Tensor) -> list[tuple[str, float]]:
    """The likeliest classes of trained weights, where the output is of classes: logits, or already probabilities."""
    trained = network.trained
    if trained is None or output.ndim != 2 or len(output) != 1 or not output.isfinite().all():
        return []
    logits = output[0].float()
    if bool((logits >= 0).all()) and abs(float(logits.sum()) - 1) < 1e-3:
        logits = logits.log()
    names = trained.class_names if len(trained.class_names) == len(logits) else ()
    return [
        (names[index] if names else class_name(index, len(logits)), share)
        for index, share in top_classes(logits, min(MOST_LIKELY, len(logits)))
    ]


if __name__ == "__main__":
    task, *rest = sys.argv[1:]
    answer(lambda: _time(*rest) if task == "time" else _see(*rest), MAX_FOREIGN_BYTES)
