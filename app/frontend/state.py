"""The page's only state: the network as it is now, how it came to be so, and what is selected.

It lives in Streamlit's session and is small enough for a link. Everything else on the page is computed from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial

import streamlit as st

from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.arch.refusal import Refusal, Remedy
from inception_models.arch.rules import MAX_WIDTH
from inception_models.checkpoints.catalogue import published
from inception_models.checkpoints.demo import demo
from inception_models.edits.depth import repeats, with_repeats

from ..backend.common.brought import BroughtNetwork
from ..backend.common.links import fits, from_query, to_query
from ..backend.common.pins import MOST_PINS, Pin, fresh_name, pins_of_text, pins_text, usual_name
from ..backend.common.text import visible
from ..backend.decide.fitting.budget import Budget, budget_text, read_budget
from .components.maps_view import Picked

COPIES = " copies"  # after a repeat's path: its number of copies, which has no path of its own
PAUSE_SECONDS = 1.5  # after which another change of the same number is a step of its own
MOST_GOAL_LETTERS = 300  # of a link's goal: five limits of any size
LONGEST_CHOICE = 100  # letters, of what a link says about a control or the selection
_READ_HERE = ("variant", "edits", "weights", "goal", "pins", "selected", "expanded", "folded")
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
            self.refused = {path: why for path, why in self.refused.items() if _still_refused(arch, path, why[0])}
        if self.selected_stage not in {part.name for part in (*arch.stages, *arch.aux)}:
            self.selected = first_block(arch)


def _pin_instead(other: Pin, network: Arch | BroughtNetwork, name: str, state: State) -> None:
    state.pins = tuple(pin for pin in state.pins if pin is not other)
    state.pin(network, name)


def numbers(arch: Arch) -> dict[str, int]:
    """Everything in the tables that can be typed: widths, and the copies of repeated blocks."""
    return widths(arch) | {name + COPIES: times for name, times in repeats(arch).items()}


def with_number(arch: Arch, path: str, number: int) -> Arch:
    """``arch`` with another width or number of copies; ValueError with a sentence where it cannot be."""
    if path.endswith(COPIES):
        return with_repeats(arch, {path.removesuffix(COPIES): number})
    return with_widths(arch, {path: number})


def _still_refused(arch: Arch, path: str, text: str) -> bool:
    if path not in numbers(arch):
        return False
    try:
        with_number(arch, path, whole_number(text, path))
    except ValueError:
        return True
    return False


def whole_number(text: str, path: str) -> int:
    """The number that was typed, or ValueError with a sentence."""
    cleaned = text.strip().replace(",", "").replace(" ", "")
    if cleaned.isascii() and cleaned.lstrip("-").isdecimal() and len(cleaned) <= 18:
        return int(cleaned)
    raise Refusal(
        f"{path.removesuffix(COPIES)} takes a whole number, not {text.strip()[:40]!r}.", *_rounded(cleaned, path)
    )


def _rounded(text: str, path: str) -> list[Remedy]:
    try:
        number = round(float(text))
    except (ValueError, OverflowError):
        return []
    return [Remedy(f"Use {number:,}", lambda arch: with_number(arch, path, number))] if 0 < number <= MAX_WIDTH else []


def first_block(arch: Arch) -> str:
    """What is selected at first: the first block, since blocks are what the family is about."""
    return next((stage.name for stage in arch.stages if hasattr(stage, "branches")), arch.stages[0].name)


def current() -> State:
    """This session's state; on the first run, what the link in the address bar says."""
    if "state" not in st.session_state:
        st.session_state.state = opened(st.query_params.to_dict())
    state = st.session_state.state
    assert isinstance(state, State)
    return state


def opened(query: Mapping[str, str]) -> State:
    """A session that begins with what a link's ``query`` says."""
    arch, refusal = from_query(query)
    state = State.showing(arch)
    if refusal:
        state.refusal = "link", refusal
    name, selected = query.get("weights", ""), query.get("selected", state.selected)
    problems: list[ValueError] = []
    if name in linkable(arch):
        state.weights[arch.key] = name
    elif name:
        sentence = f"The link asks for the weights {visible(name, 40)!r}, which {arch.about.title} does not have."
        problems.append(SessionRefusal(sentence, {f"Use {known}": _with_weights(known) for known in linkable(arch)}))
    if selected.partition(".")[0] in part_names(arch) and len(selected) <= LONGEST_CHOICE:
        state.selected = selected
    else:
        sentence = f"The link selects {visible(selected, 40)!r}, which {arch.about.title} does not have."
        near = get_close_matches(selected[:LONGEST_CHOICE], part_names(arch), n=1)
        problems.append(SessionRefusal(sentence, {f"Select {path}": partial(State.select, path=path) for path in near}))
    state.expanded, state.folded = (_named(arch, query.get(name, "")) for name in ("expanded", "folded"))
    state.asked = {key: text for key, text in query.items() if key not in _READ_HERE and len(text) <= LONGEST_CHOICE}
    try:
        state.goal = read_budget(query.get("goal", "")[:MOST_GOAL_LETTERS])
    except ValueError as reason:
        problems.append(ValueError(f"The link's goal was not read: {reason}"))
    state.pins, problem = pins_of_text(query.get("pins", "") if fits(query) else "")
    problems += [ValueError(problem)] if problem else []
    if problems and not refusal:
        state.refusal = "link", problems[0]
    return state


def _with_weights(name: str) -> Callable[[State], None]:
    return lambda state: state.weights.update({state.arch.key: name})


def part_names(arch: Arch) -> set[str]:
    """What can be selected: the picture's box, stages and auxiliary heads."""
    return {"input", *(part.name for part in (*arch.stages, *arch.aux))}


def _named(arch: Arch, text: str) -> frozenset[str]:
    """The stages that a link lists."""
    return frozenset(text.split(",")) & part_names(arch)


def linkable(arch: Arch) -> tuple[str, ...]:
    """The weights that a link may name: never a file."""
    shipped = ("demo",) if arch.key == demo().arch.key else ()
    return (*shipped, *(known.id for known in published(arch.key)))


@dataclass(frozen=True)
class Address:
    """What the address bar says.

    ``network``: the link to the network, however long; ``complete``: whether the address has its changes, or they are
    too many for it; ``more``: what the address has besides; ``pinned``: whether that has the pins.
    """

    network: dict[str, str]
    complete: bool
    more: dict[str, str]
    pinned: bool = True

    @property
    def query(self) -> dict[str, str]:
        """What the browser writes into the address bar."""
        return (self.network if self.complete else {"variant": self.network["variant"]}) | self.more


def address_of(state: State) -> Address:
    """The address that opens what ``state`` shows."""
    if state.linked is None or state.linked[0] is not state.arch:  # most reruns change nothing
        state.linked = state.arch, to_query(state.arch)
    link = state.linked[1]
    complete = fits(link)
    weights = state.weights.get(state.arch.key, "")
    more = {"weights": weights} if weights in linkable(state.arch) else {}
    if state.selected != first_block(state.arch):
        more["selected"] = state.selected
    stages = {"expanded": state.expanded, "folded": state.folded}
    more |= {name: ",".join(sorted(names)) for name, names in stages.items() if names}
    if state.goal is not None:
        more["goal"] = budget_text(state.goal)
    pins = pins_text(state.pins)
    with_pins = more | ({"pins": pins} if pins else {})
    pinned = fits(Address(link, complete, with_pins).query)
    return Address(link, complete, with_pins if pinned else more, pinned)
