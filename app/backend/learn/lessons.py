"""A lesson as a value: its steps, each with a network, one thing to do, and sentences with numbers to compute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from inception_models import Arch

from .checks import LessonCheck
from .quantities import LessonNetworks, computed, in_words

PAGES = ("Explore", "Picture", "Costs", "Train")
"""The titles of the pages on which a step can be."""
LEVELS = ("stage", "branch", "op")

NUMBER_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")  # in a sentence: the name of a number, and how it is written


@dataclass(frozen=True)
class LessonStep:
    """One step.

    ``text``, ``done``, ``question`` and ``answer`` are sentences with numbers in braces, which ``numbers`` defines.
    ``arch``: the network that the step opens, with ``selected`` on the ``page``; ``level``: of the diagram, empty where
    it stays. ``task``: the one thing to do; ``check`` notices it. ``source``: of what a paper says.
    """

    title: str
    text: str
    page: str
    arch: Arch
    selected: str
    task: str
    check: LessonCheck
    done: str
    question: str
    answer: str
    source: str = ""
    level: str = ""
    networks: Mapping[str, Arch] | None = None
    numbers: Mapping[str, str] | None = None

    def sentence(self, template: str, here: Arch) -> str:
        """``template`` with its numbers, where ``here`` is the network on the screen."""
        networks = LessonNetworks(here, self.arch, self.networks or {})
        values = computed(self.numbers or {}, networks)
        return NUMBER_PLACE.sub(lambda match: in_words(values[match[1]], match[2] or ""), template)


@dataclass(frozen=True)
class Lesson:
    """Steps in order. ``id``: its file's name; ``way_in``: its label where a newcomer is offered it, or empty."""

    id: str
    title: str
    about: str
    steps: tuple[LessonStep, ...]
    way_in: str = ""
