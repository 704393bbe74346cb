"""One forward pass that keeps the outputs of every stage and every branch.

A network is copied once, as a list of calls; a run goes through them with values of its own. Nothing shared is ever
written, and there are no hooks, so any number of threads may run one :class:`Prepared`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from inception_models.arch.shapes import stage_shapes
from inception_models.arch.spec import Arch, Branch, Inception, Repeat, Residual
from inception_models.arch.tree import Part, children, unknown
from inception_models.net.builder import Network, build

from ..common.arrays import Floats
from ..common.device import best_device
from ..common.jobs import OnProgress
from .calls import Calls
from .folding import fold, pack

# --- names -----------------------------------------------------------------------------------------------------------


def output_parts(arch: Arch) -> dict[str, Part]:
    """Every part whose output can be viewed, by its path in the built network, in the order of computation.

    Stages (``conv1``), copies of a repeated block (``block35.3``), branches (``block35.3.branch3x3``) and their ops.
    """
    return {path: part for stage in arch.stages for path, part in _below(stage, stage.name)}


def _below(part: Part, path: str) -> Iterator[tuple[str, Part]]:
    inside: list[tuple[str, Part]]
    if isinstance(part, Repeat):
        inside = [(str(number), part.block) for number in range(part.times)]
    else:
        inside = [(child.name, child) for child in children(part)]
    for name, child in inside:
        yield from _below(child, f"{path}.{name}")
    yield path, part


# --- running ---------------------------------------------------------------------------------------------------------


class Outputs(Mapping[str, Tensor]):
    """Outputs by path: float32 on the CPU, ``[channels, height, width]`` or ``[features]``.

    They stay on their device, and are copied each time one is read.
    """

    def __init__(self, kept: Mapping[str, Tensor]) -> None:
        self._kept = kept

    def __getitem__(self, path: str) -> Tensor:
        return _to_cpu(self._kept[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _to_cpu(batch: Tensor) -> Tensor:
    return batch[0].to("cpu", torch.float32).contiguous()


@dataclass(frozen=True, eq=False)
class Activations:
    """The outputs for one picture. ``outputs`` has all that were kept; ``stages`` and ``branches`` are parts of it.

    ``logits``: ``[classes]``, float32 on the CPU.
    """

    logits: Tensor
    outputs: Mapping[str, Tensor]
    stages: Mapping[str, Tensor]
    branches: Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A private copy of a network, ready to run from any number of threads at the same time.

    ``parts``: whose outputs can be viewed, by path (see :func:`output_parts`).
    """

    arch: Arch
    device: torch.device
    dtype: torch.dtype
    memory_format: torch.memory_format
    parts: Mapping[str, Part]
    _calls: Calls

    @property
    def paths(self) -> Collection[str]:
        """Of all outputs that there are: those of ``parts``, and of what lies between in residual and split blocks."""
        return dict.fromkeys([*self.parts, *self._calls.paths]).keys()

    def run(
        self, x: Tensor, *, only: Collection[str] | None = None, on_progress: OnProgress | None = None
    ) -> Activations:
        """One forward pass.

        Args:
            x: one picture, ``[1, 3, S, S]``.
            only: the outputs to keep, any of ``paths``. By default every stage and every branch: 20 to 50 MB
                at a network's own input size, four times that at twice the size.
            on_progress: called after every stage, and after every copy of a repeated block.

        Raises:
            ValueError: where ``x`` has another shape or is too small for the network, or a path is unknown.
        """
        self._check(x)
        paths = [path for path in self.parts if self._is_default(path)] if only is None else self._known(only)
        last = self.arch.stages[-1].name
        computed = self._compute(x, {*paths, last}, on_progress)
        kept = {path: computed[path] for path in paths}
        return Activations(
            _to_cpu(computed[last]),
            Outputs(kept),
            Outputs({path: t for path, t in kept.items() if "." not in path}),
            Outputs({path: t for path, t in kept.items() if isinstance(self.parts.get(path), Branch)}),
        )

    def _compute(self, x: Tensor, paths: Collection[str], on_progress: OnProgress | None) -> dict[str, Tensor]:
        on_call = self._reporting(on_progress) if on_progress else None
        with torch.inference_mode():
            x = x.to(self.device, self.dtype).contiguous(memory_format=self.memory_format)
            return self._calls.run(x, paths, on_call)

    def _reporting(self, on_progress: OnProgress) -> Callable[[str, float], None]:
        """Calls ``on_progress`` after each stage and copy with the share of the calls that is done."""
        told = {self._calls.value_of(path) for path, part in self.parts.items() if _reports(path, part)}
        return lambda value, share: on_progress(share) if value in told else None

    def _is_default(self, path: str) -> bool:
        return "." not in path or isinstance(self.parts[path], Branch)

    def _known(self, only: Collection[str]) -> list[str]:
        known = self.paths
        for path in only:
            if path not in known:
                raise unknown(path, self.parts, "an output")
        return list(dict.fromkeys(only))

    def _check(self, x: Tensor) -> None:
        if x.ndim != 4 or x.shape[:2] != (1, 3) or x.shape[2] != x.shape[3]:
            raise ValueError(f"One square picture [1, 3, S, S] is needed, not {list(x.shape)}.")
        for _ in stage_shapes(replace(self.arch, input_size=x.shape[2], aux=())):
            pass  # raises, with a sentence, where a window does not fit


def _reports(path: str, part: Part) -> bool:
    return "." not in path or isinstance(part, Inception | Residual)


def prepare(
    net: Network, *, device: torch.device | None = None, dtype: torch.dtype = torch.float32, fast: bool = True
) -> Prepared:
    """A snapshot of ``net`` in evaluation mode, made for viewing its outputs; ``net`` itself is not changed.

    Args:
        device: where to run; by default :func:`app.backend.common.device.best_device`.
        dtype: ``torch.bfloat16`` halves the time where the processor supports it (:func:`.has_bfloat16`);
            outputs then have three significant digits.
        fast: fold BatchNorm into the convolutions, keep the channels together in memory, and on a processor in float32
            use weights in the order of its library. Outputs then differ from the plain forward pass by less than 1e-3;
            without it they are the same bit for bit.
    """
    device = device or best_device()
    unused: dict[int, object] = {id(net.get_submodule(head.name)): nn.Identity() for head in net.arch.aux}
    own = copy.deepcopy(net, unused).eval().requires_grad_(False)
    own.zero_grad()  # a network in training carries as many gradients as weights
    if fast:
        fold(own)
    # Metal has given wrong results with channels last.
    memory_format = torch.channels_last if fast and device.type != "mps" else torch.contiguous_format
    own.to(device, dtype).to(memory_format=memory_format)
    if fast and device.type == "cpu" and dtype == torch.float32 and torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        pack(own)
    return Prepared(net.arch, device, dtype, memory_format, output_parts(net.arch), Calls(own))


@lru_cache(maxsize=2)
def model_for(arch: Arch, seed: int = 0) -> Network:
    """``arch`` with random weights that depend on ``seed`` alone, in evaluation mode. Shared: do not change it.

    The last two are cached: the largest published variant takes 390 MB. It has a generator of its own, because forking
    the global one is not safe while other threads draw from it.
    """
    net = build(arch, "meta").to_empty(device="cpu").eval()
    draw = torch.Generator().manual_seed(seed)
    for module in net.modules():
        match module:
            case nn.Conv2d() | nn.Linear():
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=draw)  # as build does
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            case _ if callable(reset := getattr(module, "reset_parameters", None)):
                reset()  # to constants: normalisations and scales
            case _:
                pass  # has no weights of its own
    return net


# --- numbers about outputs -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class ChannelStatistics:
    """One value per channel, each array ``[channels]``, over all positions.

    ``zeros``: the share of values that are 0; ``dead``: whether all of them are.
    """

    mean: Floats
    std: Floats
    max: Floats
    zeros: Floats
    dead: npt.NDArray[np.bool_]


def channel_statistics(t: Tensor) -> ChannelStatistics:
    """Of an output ``[channels, height, width]`` or ``[features]``. ``std`` divides by the number of values."""
    flat = t.detach().to("cpu", torch.float32).reshape(t.shape[0], -1)
    zero = flat == 0
    columns = (flat.mean(1), flat.std(1, correction=0), flat.amax(1), zero.float().mean(1), zero.all(1))
    return ChannelStatistics(*(column.numpy() for column in columns))


def top_classes(logits: Tensor, k: int = 5) -> list[tuple[int, float]]:
    """The ``k`` likeliest classes of ``[classes]`` logits with their softmax probability, likeliest first."""
    probabilities = logits.detach().to("cpu", torch.float64).softmax(0)
    order = probabilities.argsort(descending=True, stable=True)[:k]
    return [(int(index), float(probabilities[index])) for index in order]


__all__ = [
    "Activations",
    "ChannelStatistics",
    "Outputs",
    "Prepared",
    "channel_statistics",
    "model_for",
    "output_parts",
    "prepare",
    "top_classes",
]
