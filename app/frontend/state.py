"""The page's only state: the network as it is now, how it came to be so, and what is selected.

It lives in Streamlit's session and is small enough for a link. Everything else on the page is computed from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from inception_models import ARCHITECTURES, Arch

from ..backend.common.brought import BroughtNetwork
from ..backend.common.pins import MOST_PINS, Pin, fresh_name, usual_name
from ..backend.decide.fitting.budget import Budget
from .components.maps_view import Picked
from .typed_numbers import numbers, still_refused, whole_number, with_number

PAUSE_SECONDS = 1.5  # after which another change of the same number is a step of its own
HISTORY = 200  # steps that can be undone; an edited Arch shares what is unchanged, so each step is small


@dataclass(frozen=True)
class LessonPlace:
    """The step of a lesson that is under way, and what the person had open before it."""

    lesson: str
    step: int
    own: str  # the variant
    selected: str
    page: str
    weights: Mapping[str, str]


class SessionRefusal(ValueError):
    """Something other than an edit was refused; ``offers``: what can be done instead, by the labels of buttons."""

    def __init__(self, sentence: str, offers: Mapping[str, Callable[[State], object]]) -> None:
        super().__init__(sentence)
        self.offers = offers


@dataclass
class State:
    """One person's session."""

    arch: Arch
    selected: str
    past: list[Arch] = field(default_factory=list)
    future: list[Arch] = field(default_factory=list)
    expanded: frozenset[str] = frozenset()  # stages that the diagram shows one level deeper
    folded: frozenset[str] = frozenset()  # stages that it shows one level less deep
    latest: dict[str, Arch] = field(default_factory=dict)  # each variant as the person left it
    weights: dict[str, str] = field(default_factory=dict)  # of each variant: a known name, or "own" for a file
    refused: dict[str, tuple[str, ValueError]] = field(default_factory=dict)  # path -> (as typed, why it was refused)
    gesture: tuple[str, float] = ("", 0.0)  # what the last step belongs to, and when it was
    page: str = ""  # the one that was opened last
    notice: str = ""  # what the last step did beside what was asked; undo takes all of it back
    refusal: tuple[str, ValueError] | None = None  # the last refused action that belongs to no cell: its place, and why
    step: int = 0  # the number of ``arch`` among all networks that the person has had, in order
    files: dict[str, str] = field(default_factory=dict)  # the names of the person's files, by what asked for them
    preprocessing: dict[str, Mapping[str, object]] = field(default_factory=dict)  # chosen, by the digest of a file
    lesson: LessonPlace | None = None
    learned: dict[str, int] = field(default_factory=dict)  # of each lesson that was begun: how many steps are over
    welcomed: bool = False  # the ways in for newcomers were used or put away
    wanted_page: str = ""  # to be opened before anything else is drawn
    goal: Budget | None = None  # what the network is to become, of which the totals tell how far it is
    linked: tuple[Arch, dict[str, str]] | None = None  # the network whose link was made last, and that link
    pins: tuple[Pin, ...] = ()  # networks kept for comparison
    picked: Picked | None = None  # the value of a feature map that was clicked last
    asked: Mapping[str, str] = field(default_factory=dict)  # by the link, of the controls of the page it leads to
    asked_page: str = ""

    @classmethod
    def showing(cls, arch: Arch) -> State:
        """A session that begins with ``arch``."""
        return cls(arch, first_block(arch), latest={arch.key: arch})

    @property
    def original(self) -> Arch:
        """The variant as published."""
        return ARCHITECTURES[self.arch.key]

    @property
    def edited(self) -> bool:
        return self.arch != self.original

    def become(self, arch: Arch, gesture: str = "") -> None:
        """Show ``arch``; the step can be undone. Steps of one ``gesture``, such as a drag, are undone together."""
        if arch == self.arch:
            return
        now = time.monotonic()
        if not gesture or gesture != self.gesture[0] or now - self.gesture[1] > PAUSE_SECONDS:
            self.past = [*self.past[-HISTORY:], self.arch]
            self.step += 1
        self.gesture = (gesture, now)
        self.future = []
        self._show(arch)

    def attempt(self, edit: Callable[[Arch], Arch], place: str) -> None:
        """Apply an edit, or leave everything as it is and keep why it was refused, to be said at ``place``.

        Where an input size left the auxiliary heads out, a notice says so.
        """
        self.refusal = None
        before = self.arch
        try:
            self.become(edit(self.arch))
        except ValueError as problem:
            self.refusal = place, problem
        size_px = self.arch.input_size
        if before.aux and not self.arch.aux and size_px != before.input_size:
            self.notice = (
                f"The auxiliary heads do not fit at {size_px} pixels and were left out; they run in training only."
            )

    def refused_at(self, place: str) -> ValueError | None:
        """Why the last action was refused, if it belongs to ``place``."""
        return self.refusal[1] if self.refusal and self.refusal[0] == place else None

    def dismiss(self) -> None:
        """What was refused is left at that."""
        self.refusal = None

    def take(self, offer: Callable[[State], object]) -> None:
        """Do what a refusal has offered."""
        self.dismiss()
        offer(self)

    def type_numbers(self, typed: Mapping[str, str]) -> None:
        """Apply widths and copies as they were typed, each on its own, so that one mistake does not lose the others."""
        arch = self.arch
        self.refusal = None
        for path, text in typed.items():
            try:
                arch = with_number(arch, path, whole_number(text, path))
            except ValueError as problem:
                self.refused[path] = (text, problem)
            else:
                self.refused.pop(path, None)
        self.become(arch, gesture=" ".join(typed))

    def remedy_number(self, path: str, edit: Callable[[Arch], Arch]) -> None:
        """Put something else into the cell of ``path``, whose number was refused."""
        self.refused.pop(path, None)
        self.attempt(edit, path)

    def refused_text(self, path: str) -> tuple[str | None, str | None]:
        """Why the number at ``path`` was refused, and what was typed; None where it was not."""
        typed, problem = self.refused.get(path, (None, None))
        return str(problem) if problem else None, typed

    def reset_numbers(self, paths: tuple[str, ...]) -> None:
        """Put these widths and copies back to the published ones."""
        published = numbers(self.original)
        for path in paths:
            self.refused.pop(path, None)
        self.type_numbers({path: str(published[path]) for path in paths if path in published})

    def show_variant(self, key: str) -> None:
        """Show another variant, as it was left."""
        self.become(self.latest.get(key, ARCHITECTURES[key]))

    def turn_to(self, page: str) -> None:
        """A page is shown; what was refused on another one has nothing to say there."""
        if self.page not in ("", page):
            self.refusal = None
        self.page = page
        self.asked_page = self.asked_page or page

    def undo(self) -> None:
        self.gesture = ("", 0.0)
        if self.past:
            self.future.append(self.arch)
            self.step -= 1
            self._show(self.past.pop())

    def redo(self) -> None:
        if self.future:
            self.past.append(self.arch)
            self.step += 1
            self._show(self.future.pop())

    @property
    def pinned(self) -> bool:
        """Whether the network on the screen is among the pins."""
        return self.has_pin(self.arch)

    def has_pin(self, network: Arch | BroughtNetwork) -> bool:
        """Whether ``network`` is among the pins."""
        return any(pin.network == network for pin in self.pins)

    def toggle_pin(self) -> None:
        """Pin the network on the screen, or take its pin off."""
        if self.pinned:
            self.pins = tuple(pin for pin in self.pins if pin.network != self.arch)
        else:
            self.pin(self.arch)

    def pin(self, network: Arch | BroughtNetwork, name: str = "") -> None:
        """Keep ``network`` for comparison, unless it is pinned already or there is no room for it."""
        self.refusal = None
        if self.has_pin(network):
            return
        if len(self.pins) == MOST_PINS:
            sentence = f"{MOST_PINS} networks are pinned, and more are not compared at a time."
            offers = {f"Take off {pin.name}": partial(_pin_instead, pin, network, name) for pin in self.pins}
            self.refusal = "pin", SessionRefusal(sentence, offers)
            return
        name = fresh_name(name or usual_name(network), (pin.name for pin in self.pins))
        self.pins = (*self.pins, Pin(name, network))

    def rename_pin(self, number: int, name: str) -> None:
        """Call a pin something else; without any letter, what it was called at first."""
        others = [pin.name for i, pin in enumerate(self.pins) if i != number]
        network = self.pins[number].network
        renamed = Pin(fresh_name(name if name.strip() else usual_name(network), others), network)
        self.pins = (*self.pins[:number], renamed, *self.pins[number + 1 :])

    def unpin(self, number: int) -> None:
        self.pins = (*self.pins[:number], *self.pins[number + 1 :])

    def select(self, path: str) -> None:
        """Select the stage, branch or op at ``path``."""
        self.selected = path

    @property
    def selected_stage(self) -> str:
        """The name of the stage or head that the selection lies in, or ``input`` for the picture's box."""
        return self.selected.partition(".")[0]

    def _show(self, arch: Arch) -> None:
        if arch.key != self.arch.key:
            self.refused.clear()
            self.expanded = self.folded = frozenset()
        self.arch = arch
        if self.lesson is None:  # a lesson's network does not take the place of the person's own
            self.latest[arch.key] = arch
        self.notice, self.refusal = "", None
        if self.refused:  # a cell that is gone, or that could now hold what was typed, has nothing more to say
            self.refused = {path: why for path, why in self.refused.items() if still_refused(arch, path, why[0])}
        if self.selected_stage not in {part.name for part in (*arch.stages, *arch.aux)}:
            self.selected = first_block(arch)


def _pin_instead(other: Pin, network: Arch | BroughtNetwork, name: str, state: State) -> None:
    state.pins = tuple(pin for pin in state.pins if pin is not other)
    state.pin(network, name)


def first_block(arch: Arch) -> str:
    """What is selected at first: the first block, since blocks are what the family is about."""
    return next((stage.name for stage in arch.stages if hasattr(stage, "branches")), arch.stages[0].name)
