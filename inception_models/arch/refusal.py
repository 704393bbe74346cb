"""An edit that cannot be: why, in one sentence, and what can be done instead. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .spec import Arch


@dataclass(frozen=True)
class Remedy:
    """What can be done instead. ``label``: a button's; ``option``: the same on the command line, where there is one."""

    label: str
    edit: Callable[[Arch], Arch]
    option: str = ""


class Refusal(ValueError):
    """Why an edit was refused, with its remedies, the best one first."""

    def __init__(self, sentence: str, *remedies: Remedy) -> None:
        super().__init__(sentence)
        self.remedies = remedies


def remedies_of(problem: ValueError) -> tuple[Remedy, ...]:
    """The remedies that ``problem`` carries; none where it is not a refusal."""
    return problem.remedies if isinstance(problem, Refusal) else ()


def only_working(arch: Arch, *remedies: Remedy) -> tuple[Remedy, ...]:
    """Those of ``remedies`` that work on ``arch``."""
    return tuple(remedy for remedy in remedies if _works(remedy, arch))


def _works(remedy: Remedy, arch: Arch) -> bool:
    try:
        remedy.edit(arch)
    except ValueError:
        return False
    return True


def nearest(works: Callable[[int], bool], wanted: int, low: int, high: int) -> int | None:
    """The number from ``low`` to ``high`` next to ``wanted`` that works; the lower one of two."""
    start = min(max(wanted, low), high)
    around = (number for step in range(high - low + 1) for number in (start - step, start + step))
    return next((number for number in around if low <= number <= high and works(number)), None)
