"""Pinned networks: those that a person keeps beside the one on the screen, to compare them; and as text for a link.

What comes back from a link or a browser is untrusted: each network is checked as a link of its own is, names are cut to
one short line, and there are never more than :data:`MOST_PINS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from inception_models import ARCHITECTURES, Arch
from inception_models.edits.diff import changes
from inception_models.edits.link import apply_edits, to_edits

from .limits import MAX_LINK_BYTES
from .links import compact, parsed
from .text import visible

MOST_PINS = 5  # with the network on the screen that is six, as many as are compared
LONGEST_NAME = 60


@dataclass(frozen=True)
class Pin:
    """A network under a name."""

    name: str
    arch: Arch

    @cached_property
    def link(self) -> Mapping[str, object]:
        """Its variant, its edits where there are any, and its name where that is not the usual one."""
        original = ARCHITECTURES[self.arch.key]
        edits = {} if self.arch == original else {"edits": to_edits(original, self.arch)}
        name = {} if self.name == usual_name(self.arch) else {"name": self.name}
        return {"variant": self.arch.key, **edits, **name}


def usual_name(arch: Arch) -> str:
    """What a pin is called at first: ``Inception v3, 2 changes``."""
    count = len(changes(ARCHITECTURES[arch.key], arch))
    return arch.about.title + (f", {count} change{'s' if count > 1 else ''}" if count else "")


def fresh_name(name: str, taken: Iterable[str]) -> str:
    """``name`` in one line, and a number after it where it is ``taken``."""
    known, name = set(taken), visible(" ".join(name.split()), LONGEST_NAME)
    numbered = (f"{name[: LONGEST_NAME - 4]} ({number})" for number in range(2, len(known) + 3))
    return name if name not in known else next(each for each in numbered if each not in known)


def pins_text(pins: Sequence[Pin]) -> str:
    """The pins for a link: ``p:[(variant:inception_v3),(variant:inception_v3,edits:(v:2,x:0.5))]``."""
    return compact({"p": [pin.link for pin in pins]})


def pins_of_text(text: str) -> tuple[tuple[Pin, ...], str]:
    """The pins that a link names; and one sentence where some could not be used, else nothing."""
    if not text:
        return (), ""
    if len(text) > MAX_LINK_BYTES:
        return (), f"The link's pins are longer than {MAX_LINK_BYTES // 1024} kB and were not read."
    try:
        links = parsed(text)
    except (ValueError, RecursionError):
        return (), "The link's pins were not read: they are not as a link has them."
    return linked_pins(links.get("p") if isinstance(links, dict) else links)


def linked_pins(links: object) -> tuple[tuple[Pin, ...], str]:
    """The pins whose :attr:`Pin.link` these are, as :func:`pins_of_text` returns them."""
    if not isinstance(links, list):
        return (), "The link's pins were not read: they are not a list of networks."
    pins: list[Pin] = []
    problem = ""
    for number, link in enumerate(links, 1):
        if len(pins) == MOST_PINS:
            return tuple(pins), problem or f"The link has {len(links)} pins; the first {MOST_PINS} were read."
        try:
            arch = _network(link)
        except (ValueError, RecursionError) as refused:
            problem = problem or f"Pin {number} of the link was left out: {refused}"
            continue
        if any(pin.arch == arch for pin in pins):
            continue
        name = link.get("name")
        name = name if isinstance(name, str) and name.strip() else usual_name(arch)
        pins.append(Pin(fresh_name(name, (pin.name for pin in pins)), arch))
    return tuple(pins), problem


def _network(link: object) -> Arch:
    match link:
        case {"variant": str() as key, "edits": edits} if key in ARCHITECTURES:
            return apply_edits(ARCHITECTURES[key], edits)
        case {"variant": str() as key} if key in ARCHITECTURES:
            return ARCHITECTURES[key]
        case _:
            raise ValueError("it names no known variant.")
