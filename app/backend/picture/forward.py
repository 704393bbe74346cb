"""One picture through one network: what the page's Picture and the command line's ``activations`` share."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from inception_models import Arch
from inception_models.arch.refusal import Refusal, Remedy
from inception_models.arch.spec import Branch
from inception_models.checkpoints.preprocessing import Preprocessing
from inception_models.checkpoints.trained_weights import TrainedWeights, untrained
from inception_models.edits.input_output import runs, use_input_size
from inception_models.net.builder import Network
from inception_models.weights import Loaded, Source, loaded, named

from ..analysis.network import analyze
from ..common.device import device_name
from ..common.jobs import OnProgress
from ..common.limits import MAX_RUN_BYTES
from ..common.quantity import float32_bytes, short
from ..common.text import spreadsheet_text
from .activations import Activations, Prepared, model_for, output_parts, prepare, top_classes
from .calls import PASSES, Calls
from .images import class_name
from .mosaic import mosaic, png
from .private_copy import private_copy
from .saved_maps import npz, shown_paths, statistics_csv


@dataclass(frozen=True, eq=False)
class Forward:
    """The result for a picture: the activations, how the picture was prepared, and how long it took.

    ``network`` is shared: do not change it, and put hooks on a :func:`.private_copy` only. ``x``: the network's input,
    ``[1, 3, S, S]``. ``weights``: which were asked for; ``loaded``: where they come from, and notes about them;
    ``dtype``: what the maps were computed in.
    """

    arch: Arch
    network: Network
    x: Tensor
    preprocessing: Preprocessing
    preview: Image.Image
    activations: Activations
    seconds: float
    device: str
    weights: Source
    loaded: Loaded
    dtype: torch.dtype

    @property
    def trained_weights(self) -> TrainedWeights:
        """Where the weights come from."""
        return self.loaded.trained_weights

    def output(self, path: str) -> Tensor:
        """The output of the part at ``path``, kept or not, as :class:`.Outputs` has them."""
        with PASSES, torch.inference_mode():
            return Calls(private_copy(self.network)).run(self.x, [path])[path][0]

    def class_name(self, index: int) -> str:
        """The name of an output. Those of weights are used as long as the number of classes is theirs."""
        names = self.trained_weights.class_names
        return names[index] if len(names) == self.arch.classes else class_name(index, self.arch.classes)

    def likeliest(self, k: int = 5) -> list[tuple[str, float]]:
        """The names of the ``k`` likeliest classes with their probabilities.

        There are none where the outputs are no classes, or not finite.
        """
        if self.trained_weights.embedding or not self.activations.logits.isfinite().all():
            return []
        return [(self.class_name(index), p) for index, p in top_classes(self.activations.logits, k)]

    def views(self, stage: str) -> list[tuple[str, Branch | None]]:
        """What can be viewed of a stage: its branches with their specs, or the stage itself."""
        known = output_parts(self.arch)
        branches: list[tuple[str, Branch | None]] = []
        for path in self.activations.branches:
            part = known[path]
            if isinstance(part, Branch) and path.rpartition(".")[0] == stage:
                branches.append((path, part))
        return branches or [(stage, None)]


def forward(
    arch: Arch,
    image: Image.Image,
    weights: Source = "random",
    on_progress: OnProgress | None = None,
    dtype: torch.dtype = torch.float32,
) -> Forward:
    """Run ``image`` through ``arch``, prepared as its weights expect. Where enough others run, it waits for its turn.

    Args:
        weights: as :func:`inception_models.weights.loaded` takes them. Random ones depend on ``arch`` alone.
        dtype: what it is computed in; the maps are float32 afterwards in any case.

    Raises:
        ValueError: where the network is too large for this program to run, or there are no such weights for it.
        OSError: where a file of weights cannot be read.
    """
    with PASSES:
        found, ready = ready_network(arch, weights, dtype)
        preprocessing = found.trained_weights.preprocessing_for(arch)
        x = preprocessing.apply(image)
        start = time.perf_counter()
        activations = ready.run(x, on_progress=on_progress)
        taken = time.perf_counter() - start
    preview, arch = preprocessing.preview(image), replace(arch, aux=())  # the heads do not run in evaluation
    return Forward(
        arch, found.net, x, preprocessing, preview, activations, taken, device_name(ready.device), weights, found, dtype
    )


@dataclass(frozen=True, slots=True)
class Rounding:
    """What computing in another number format does. ``maps``: the largest difference in any branch's maps, as a share
    of that branch's largest value; ``seconds``: of the pass in float32; ``same_class``: whether the likeliest stays.
    """

    maps: float
    seconds: float
    same_class: bool


def rounding(rounded: Forward, image: Image.Image, on_progress: OnProgress | None = None) -> Rounding:
    """How a forward pass of ``image`` differs from the same one in float32."""
    exact = forward(rounded.arch, image, rounded.weights, on_progress)
    theirs, ours = exact.activations, rounded.activations
    maps = 0.0
    for path, kept in theirs.branches.items():
        maps = max(maps, float((kept - ours.branches[path]).abs().max() / kept.abs().max().clamp_min(1e-30)))
    return Rounding(maps, exact.seconds, int(theirs.logits.argmax()) == int(ours.logits.argmax()))


def ready_network(
    arch: Arch, weights: Source = "random", dtype: torch.dtype = torch.float32
) -> tuple[Loaded, Prepared]:
    """The network with weights, ready to run; the last two are cached. Raises as :func:`forward` does."""
    check_affordable(replace(arch, aux=()))
    if isinstance(weights, str):
        weights = named(weights)
    if weights == "random":
        return _random(replace(arch, aux=()), dtype)
    if isinstance(weights, Path):
        stamp = weights.stat()
        return _with_weights(arch, weights, dtype, (stamp.st_mtime_ns, stamp.st_size))
    return _with_weights(arch, weights, dtype, ())


def check_affordable(arch: Arch) -> None:
    """Refuse, with a sentence and a smaller input, a network whose weights and maps would not fit."""
    if (needed := _bytes_to_run(arch)) > MAX_RUN_BYTES:
        raise Refusal(
            f"Running this network would take {short(needed, 'B')} of memory, where {short(MAX_RUN_BYTES, 'B')} are"
            " allowed; make it narrower or its input smaller.",
            *_smaller_inputs(arch),
        )


def _bytes_to_run(arch: Arch) -> int:
    analysis = analyze(arch)
    return float32_bytes(2 * analysis.params + analysis.activation_elements)  # weights twice: model and folded copy


def _smaller_inputs(arch: Arch) -> Iterator[Remedy]:
    """The largest of the halved, quartered.. inputs that fits."""
    size = arch.input_size // 2
    while size >= 1:
        smaller = replace(arch, input_size=size)
        if not runs(smaller):
            return
        if _bytes_to_run(smaller) <= MAX_RUN_BYTES:
            yield use_input_size(size)
            return
        size //= 2


@lru_cache(maxsize=2)
def _random(arch: Arch, dtype: torch.dtype) -> tuple[Loaded, Prepared]:
    net = model_for(arch)
    return Loaded(net, untrained(arch)), prepare(net, dtype=dtype)


@lru_cache(maxsize=2)
def _with_weights(arch: Arch, weights: Source, dtype: torch.dtype, stamp: tuple[int, ...]) -> tuple[Loaded, Prepared]:
    """``stamp`` tells a new file from an old one with the same path."""
    found = loaded(arch, weights)
    return found, prepare(found.net, dtype=dtype)


# --- to files --------------------------------------------------------------------------------------------------------


def save_activations(
    arch: Arch, picture: Image.Image, folder: Path, stages: Sequence[str] | None = None, weights: Source = "random"
) -> Iterator[Path]:
    """Write the activations for ``picture`` into ``folder``, yielding each file's path.

    ``input.png``: what the network sees; a mosaic of feature maps for each branch of each stage; ``arrays.npz``: the
    same as numbers; ``statistics.csv``: a line per channel; ``classes.csv``: the five likeliest classes.

    Raises:
        ValueError: for a stage or weights that cannot be used.
        OSError: where a file cannot be written.
    """
    known = [stage.name for stage in arch.stages]
    if unknown := [name for name in stages or () if name not in known]:
        raise ValueError(f"{unknown[0]!r} is not a stage of {arch.key}; its stages are {', '.join(known)}.")
    done = forward(arch, picture, weights)
    folder.mkdir(parents=True, exist_ok=True)
    done.preview.save(folder / "input.png")
    yield folder / "input.png"
    outputs = done.activations.outputs
    paths = [path for path in shown_paths(done.activations) if not stages or path.partition(".")[0] in stages]
    for path in paths:
        (folder / f"{path}.png").write_bytes(png(mosaic(outputs[path])))
        yield folder / f"{path}.png"
    (folder / "arrays.npz").write_bytes(npz(outputs, paths))
    yield folder / "arrays.npz"
    (folder / "statistics.csv").write_text(statistics_csv(outputs, paths), encoding="utf-8", newline="")
    yield folder / "statistics.csv"
    yield _classes(done, folder / "classes.csv")


def _classes(done: Forward, file: Path) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        table = csv.writer(opened)
        table.writerow(["index", "class", "probability"])
        if not done.trained_weights.embedding:
            for index, probability in top_classes(done.activations.logits):
                table.writerow([index, spreadsheet_text(done.class_name(index)), f"{probability:.6g}"])
    return file
