"""The trials of a search as lines of JSON, from which it goes on; the first line says what was searched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import get_args

from inception_models import Arch
from inception_models.edits.link import apply_edits, to_edits
from inception_models.variants import ARCHITECTURES
from inception_models.weights import Source

from ...training.data import KNOWN
from ..data_choice import data_choices
from .search_space import AxisKind, Choice, SearchAxis, SearchSpace
from .trials import Problem, SearchTrial, Tryout

MOST_AXES = 1000  # in a file, which may be anybody's


def choice_key(choice: Choice) -> str:
    """Equal for equal choices."""
    return json.dumps(choice, sort_keys=True)


def logged_problem(text: str, weights: Source = "random") -> Problem:
    """What the log ``text``, which may be anything, is a search of.

    Args:
        weights: those that are at hand, for a search that also tried networks on data.

    Raises:
        ValueError: with one sentence, where it is no log of a search, or one with other weights or data.
    """
    try:
        about = json.loads(text.partition("\n")[0])
    except (ValueError, RecursionError):
        about = None
    match about:
        case {"search": str() as key, "edits": edits, "axes": list() as axes, "tryout": tryout} if (
            key in ARCHITECTURES and len(axes) <= MOST_AXES
        ):
            space = SearchSpace(apply_edits(ARCHITECTURES[key], edits), tuple(map(_axis, axes)))
            return Problem(space, None if tryout is None else _tryout(tryout, space.arch, weights))
        case _:
            raise ValueError("This is not the file of a search, which is a .jsonl that this program wrote.")


def _tryout(known: object, arch: Arch, weights: Source) -> Tryout:
    match known:
        case {
            "weights": str() as asked,
            "data": str() as data,
            "folder": "",
            "pictures": int() as pictures,
            "test_pictures": int() as tested,
            "epochs": int() as epochs,
        } if data in KNOWN:
            tryout = Tryout("" if isinstance(weights, Path) else weights, data, "", pictures, tested, epochs)
            if weights != "random" and tryout.logged["weights"] == asked and data in data_choices(arch, weights):
                return tryout
            raise ValueError(
                "This search also tried networks on data, with trained weights that are not chosen here: choose the"
                " same ones on the Picture page, then open the file again."
            )
        case _:
            raise ValueError("This search tried networks on a folder's data; the command line goes on with it: --log.")


def _axis(known: object) -> SearchAxis:
    match known:
        case {
            "kind": str() as kind,
            "path": str() as path,
            "low": int() | float() as low,
            "high": int() | float() as high,
            "step": int() | float() as step,
        } if kinds := [each for each in get_args(AxisKind) if each == kind]:
            return SearchAxis(kinds[0], path, low, high, step)
        case _:
            raise ValueError("The file of the search has a range that cannot be read.")


def _trial(known: object, values: Mapping[str, frozenset[float]], names: Sequence[str]) -> SearchTrial:
    match known:
        case {"choice": dict() as choice, "numbers": dict() as numbers, "problem": str() as problem} if (
            choice.keys() == values.keys()
            and all(choice[name] in known_values for name, known_values in values.items())
            and (problem or numbers.keys() == set(names))
            and all(isinstance(number, int | float) and isfinite(number) for number in numbers.values())
        ):
            return SearchTrial(choice, numbers, problem)
        case _:
            raise ValueError("This is no trial.")


class SearchLog:
    """Trials by their choice, and as lines of JSON; the first line says what was searched."""

    def __init__(self, file: Path | None, problem: Problem) -> None:
        self.file, self.problem = file, problem
        self.trials: dict[str, SearchTrial] = {}
        if file is None:
            return
        space = problem.space
        about = {
            "search": space.arch.key,
            "edits": to_edits(ARCHITECTURES[space.arch.key], space.arch),
            "axes": [asdict(axis) for axis in space.axes],
            "tryout": None if problem.tryout is None else problem.tryout.logged,
        }
        if file.exists():
            self._read(file, about)
        else:
            file.write_text(json.dumps(about) + "\n", encoding="utf-8")

    def _read(self, file: Path, about: Mapping[str, object]) -> None:
        first, *lines = file.read_text(encoding="utf-8").split("\n")
        names = self.problem.numbers
        values = {axis.name: frozenset(axis.values) for axis in self.problem.space.axes}
        try:
            same = json.loads(first) == json.loads(json.dumps(about))
            # The last line may be cut off, where the program was killed; what it held is evaluated again.
            for line in lines[:-1]:
                trial = _trial(json.loads(line), values, names)
                self.trials[choice_key(trial.choice)] = trial
        except (ValueError, RecursionError):
            same = False
        if not same:
            raise ValueError(f"{file.name} is the log of another search; name another file, or delete it.")
        if lines and lines[-1]:
            text = "\n".join((first, *lines[:-1], ""))
            file.write_text(text, encoding="utf-8")

    def add(self, trials: Sequence[SearchTrial]) -> None:
        self.trials |= {choice_key(trial.choice): trial for trial in trials}
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.writelines(json.dumps(asdict(trial)) + "\n" for trial in trials)
