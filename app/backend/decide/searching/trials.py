"""One choice of a search evaluated: its costs by formula and, where asked for, its accuracy when it is tried on data.

What a worker process needs to know is a value, :class:`Problem`; what it computes once for all choices it keeps.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.training.datasets import Data
from inception_models.training.evaluate import evaluate
from inception_models.training.run import Options
from inception_models.training.start import Tuning, loaded_with_its_classes, start_from
from inception_models.training.train import train
from inception_models.weights import OwnFile, about_own

from ...analysis.network import analyze
from ...training.data import read_data_set
from ..channels import Form, stage_widths
from ..cost_model import CostModel, PeakCost, SumCost
from ..fitting.budget import budget_totals
from ..totals import receptive_field_px
from .search_space import Choice, SearchSpace

LARGER_IS_BETTER = ("receptive_field_px", "kept", "accuracy")
OBJECTIVES = ("macs", "params", "peak_bytes", *LARGER_IS_BETTER)
Numbers = dict[str, float]
DIGEST = "sha256:"
LOW_PRIORITY = 10
FEW_PICTURES = 1000


@dataclass(frozen=True, slots=True)
class Tryout:
    """How a choice is tried on data: trained weights by name, or those of a file, carried over, and ``epochs`` of
    training (0: none) on the first ``pictures``.
    """

    weights: str | OwnFile
    data: str
    folder: str = ""
    pictures: int = 1000
    test_pictures: int = 1000
    epochs: int = 0

    @property
    def logged(self) -> dict[str, object]:
        """What a log says of it; of a file of weights what it contains, wherever it is."""
        named = self.weights if isinstance(self.weights, str) else f"{DIGEST}{self.weights.digest}"
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"weights": named}


@dataclass(frozen=True, slots=True)
class Problem:
    """A space, and how its choices are tried. ``kept``, a number of every choice, is the geometric mean of the shares
    of the widths that it leaves: what a network without trained weights can be judged by beside its costs.
    """

    space: SearchSpace
    tryout: Tryout | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of what is known of each choice."""
        return OBJECTIVES if self.tryout else OBJECTIVES[:-1]


@dataclass(frozen=True, slots=True)
class SearchTrial:
    """A choice and its numbers; ``problem``: why the network does not fit together, where it does not."""

    choice: Choice
    numbers: Mapping[str, float]
    problem: str = ""


def evaluated(problem: Problem, choices: Sequence[Choice]) -> list[Numbers | str]:
    """The numbers of each choice; a sentence where the network does not fit together."""
    frames: dict[tuple[tuple[str, float], ...], _Frame] = {}  # looking one up for a space compares whole networks
    return [_one(problem, choice, frames) for choice in choices]


def evaluated_last(problem: Problem, choices: Sequence[Choice]) -> list[Numbers | str]:
    """The same in a process to which every other goes before."""
    if sys.platform != "win32" and os.nice(0) < LOW_PRIORITY:
        os.nice(LOW_PRIORITY)
    return evaluated(problem, choices)


def _one(problem: Problem, choice: Choice, frames: dict[tuple[tuple[str, float], ...], _Frame]) -> Numbers | str:
    try:
        key = _key(problem.space, choice)
        if key not in frames:
            frames[key] = _frame(problem.space, key)
        numbers = frames[key].numbers(problem.space.widths(choice))
        if problem.tryout is not None:
            numbers["accuracy"] = _accuracy(problem.space.network(choice), problem.tryout)
    except ValueError as refusal:
        return str(refusal)
    return numbers


def _key(space: SearchSpace, choice: Choice) -> tuple[tuple[str, float], ...]:
    return tuple((axis.name, choice[axis.name]) for axis in space.axes if axis.kind in ("copies", "size"))


class _Frame:
    """The cost functions of all choices that have the same copies and input size."""

    def __init__(self, space: SearchSpace, choice: Choice) -> None:
        analysis = analyze(space.frame(choice))
        self.model = CostModel(analysis)
        self.costs: dict[str, SumCost | PeakCost] = {
            "macs": self.model.macs,
            "params": self.model.params,
            "peak_bytes": self.model.peak_bytes("float32", 1),
        }
        self.field = receptive_field_px(analysis) or 0
        self.full: Form = np.array(list(stage_widths(space.arch).values()), float)

    def numbers(self, widths: dict[str, int]) -> Numbers:
        w = self.model.vector(widths)
        if any(form @ w != 0 for form in self.model.channels.sums):
            raise ValueError("Two tensors would be added that have different channels.")
        kept = float(np.exp(np.log(w[:-1] / self.full).mean()))
        if (w[:-1] % self.model.channels.wholes).any():  # the share of a split is rounded
            totals = budget_totals(analyze(with_widths(self.model.analysis.arch, widths)))
            costs = {name: float(getattr(totals, name)) for name in self.costs}
        else:
            costs = {name: cost.at(w) for name, cost in self.costs.items()}
        return {**costs, "receptive_field_px": self.field, "kept": kept}


@lru_cache(maxsize=64)
def _frame(space: SearchSpace, key: tuple[tuple[str, float], ...]) -> _Frame:
    return _Frame(space, dict(key))


# --- accuracy --------------------------------------------------------------------------------------------------------


def _accuracy(arch: Arch, tryout: Tryout) -> float:
    data = _data(arch, tryout)
    if tryout.epochs == 0:
        net = loaded_with_its_classes(arch, tryout.weights).net
    else:
        start = replace(start_from(arch, tryout.weights, Tuning(0)), new=frozenset())
        batch, rate = (16, 0.02) if len(data.train) < FEW_PICTURES else (64, 0.05)  # few pictures need many steps
        net = train(arch, data, Options(tryout.epochs, batch, rate), start=start).net
    return evaluate(net, data.test, data.mean, data.std).accuracy


def _data(arch: Arch, tryout: Tryout) -> Data:
    """The pictures for ``arch``, of which only its classes and its input size matter."""
    return _read(tryout, replace(ARCHITECTURES[arch.key], classes=arch.classes), arch.input_size)


@lru_cache(maxsize=4)
def _read(tryout: Tryout, arch: Arch, size_px: int) -> Data:
    weights = tryout.weights
    if isinstance(weights, OwnFile):  # it may be of other widths than the published ones
        expected = about_own(arch, weights).preprocessing
    else:
        expected = loaded_with_its_classes(arch, weights).trained_weights.preprocessing
    data = read_data_set(tryout.data, size_px, Path(tryout.folder) if tryout.folder else None, expected)
    if len(data.classes) != arch.classes:
        raise ValueError(f"The network has {arch.classes} outputs and {data.name} has {len(data.classes)} classes.")
    return replace(data, train=data.train[: tryout.pictures], test=data.test[: tryout.test_pictures])
