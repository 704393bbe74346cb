"""One picture through one network: what the page's Picture and the command line's ``activations`` share."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PIL import Image
from torch import Tensor

from inception_models import Arch
from inception_models.builder import Network
from inception_models.spec import Branch

from .activations import Activations, OnProgress, Prepared, channel_statistics, model_for, parts, prepare, top_classes
from .analysis import analyze
from .device import describe
from .images import Preprocessing, class_name, imagenet, open_image
from .limits import MAX_RUN_BYTES
from .mosaic import mosaic, png
from .quantity import float32_bytes, short


@dataclass(frozen=True, eq=False)
class Forward:
    """What a picture caused: the activations, how the picture was prepared, and what it took.

    ``network`` is shared: do not change it, and put hooks on a :func:`app.backend.private.private_copy` only.
    ``x`` is what went in, ``[1, 3, S, S]``.
    """

    arch: Arch
    network: Network
    x: Tensor
    preprocessing: Preprocessing
    preview: Image.Image
    activations: Activations
    seconds: float
    device: str

    def views(self, stage: str) -> list[tuple[str, Branch | None]]:
        """What there is to look at of a stage: its branches with their specs, or the stage itself."""
        known = parts(self.arch)
        found: list[tuple[str, Branch | None]] = []
        for path in self.activations.branches:
            part = known[path]
            if isinstance(part, Branch) and path.rpartition(".")[0] == stage:
                found.append((path, part))
        return found or [(stage, None)]


def forward(arch: Arch, image: Image.Image, on_progress: OnProgress | None = None) -> Forward:
    """Run ``image`` through ``arch`` with random weights, which depend on nothing but the architecture.

    Raises:
        ValueError: where the network is too large for this program to run.
    """
    arch = replace(arch, aux=())  # heads do not run in evaluation, so they need no weights
    check_affordable(arch)
    preprocessing = imagenet(arch.input_size)
    ready = _prepared(arch)
    x = preprocessing.apply(image)
    start = time.perf_counter()
    activations = ready.run(x, on_progress=on_progress)
    taken = time.perf_counter() - start
    return Forward(
        arch, model_for(arch), x, preprocessing, preprocessing.preview(image), activations, taken, describe(ready.device)
    )


def check_affordable(arch: Arch) -> None:
    """Refuse, with a sentence, a network whose weights and maps would not fit."""
    analysis = analyze(arch)
    needed = float32_bytes(2 * analysis.params + analysis.activation_elements)  # weights twice: model and folded copy
    if needed > MAX_RUN_BYTES:
        raise ValueError(
            f"Running this network would take {short(needed, 'B')} of memory, where {short(MAX_RUN_BYTES, 'B')} are"
            " allowed; make it narrower or its input smaller."
        )


@lru_cache(maxsize=2)
def _prepared(arch: Arch) -> Prepared:
    return prepare(model_for(arch))


# --- to files --------------------------------------------------------------------------------------------------------


def save_activations(arch: Arch, picture: Path, folder: Path, stages: Sequence[str] | None = None) -> Iterator[Path]:
    """Write what ``picture`` causes into ``folder``, yielding each file's path.

    ``input.png``: what the network sees; a mosaic of feature maps for each branch of each stage; ``statistics.csv``: a
    line a channel; ``classes.csv``: the five likeliest classes.

    Raises:
        ValueError: for a picture or a stage that cannot be used.
        OSError: where a file cannot be read or written.
    """
    known = [stage.name for stage in arch.stages]
    if unknown := [name for name in stages or () if name not in known]:
        raise ValueError(f"{unknown[0]!r} is not a stage of {arch.key}; its stages are {', '.join(known)}.")
    done = forward(arch, open_image(picture.read_bytes(), picture.name))
    folder.mkdir(parents=True, exist_ok=True)
    done.preview.save(folder / "input.png")
    yield folder / "input.png"
    paths = [path for path in _shown(done) if not stages or path.partition(".")[0] in stages]
    for path in paths:
        (folder / f"{path}.png").write_bytes(png(mosaic(done.activations.outputs[path])))
        yield folder / f"{path}.png"
    yield _statistics(done, paths, folder / "statistics.csv")
    yield _classes(done, folder / "classes.csv")


def _shown(done: Forward) -> Iterator[str]:
    """Every branch, and every stage that has none."""
    branched = {path.partition(".")[0] for path in done.activations.branches}
    for path in done.activations.outputs:
        if "." in path or path not in branched:
            yield path


def _statistics(done: Forward, paths: Sequence[str], file: Path) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        table = csv.writer(opened)
        table.writerow(["path", "channel", "mean", "standard deviation", "maximum", "share of zeros"])
        for path in paths:
            s = channel_statistics(done.activations.outputs[path])
            for channel in range(len(s.mean)):
                values = (s.mean, s.std, s.max, s.zeros)
                table.writerow([path, channel, *(f"{column[channel]:.6g}" for column in values)])
    return file


def _classes(done: Forward, file: Path) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        table = csv.writer(opened)
        table.writerow(["index", "class", "probability"])
        for index, probability in top_classes(done.activations.logits):
            table.writerow([index, class_name(index, done.arch.classes), f"{probability:.6g}"])
    return file
