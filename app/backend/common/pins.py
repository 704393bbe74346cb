"""Pinned networks: those that a person keeps beside the one on the screen, to compare them; and as text for a link.

What comes back from a link or a browser is untrusted: each network is checked as a link of its own is, names are cut to
one short line, and there are never more than :data:`MOST_PINS`. Of a file a link has the name and digest only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from inception_models import ARCHITECTURES, Arch
from inception_models.edits.diff import changes
from inception_models.edits.link import apply_edits, to_edits

from .brought import BroughtNetwork, linked_brought
from .limits import MAX_LINK_BYTES
from .links import compact, parsed
from .quantity import shape_text
from .text import visible

MOST_PINS = 5  # with the network on the screen that is six, as many as are compared
LONGEST_NAME = 60


@dataclass(frozen=True)
class Pin:
    """A network under a name."""

    name: str
    network: Arch | BroughtNetwork

    @cached_property
    def link(self) -> Mapping[str, object]:
        """Its network, and its name where that is not the usual one."""
        link = self.network.link if isinstance(self.network, BroughtNetwork) else _link_of(self.network)
        return link if self.name == usual_name(self.network) else {**link, "name": self.name}

    @property
    def file(self) -> str:
        """The name of the file that the network is read from; empty where a link is enough."""
        return self.network.source if isinstance(self.network, BroughtNetwork) and self.network.digest else ""


def _link_of(arch: Arch) -> Mapping[str, object]:
    original = ARCHITECTURES[arch.key]
    return {"variant": arch.key} | ({} if arch == original else {"edits": to_edits(original, arch)})


def usual_name(network: Arch | BroughtNetwork) -> str:
    """What a pin is called at first: ``Inception v3, 2 changes``, or ``resnet50, 3 × 96 × 96``."""
    if isinstance(network, BroughtNetwork):
        return network.title + (f", {shape_text(network.shape)}" if network.shape else "")
    count = len(changes(ARCHITECTURES[network.key], network))
    return network.about.title + (f", {count} change{'s' if count > 1 else ''}" if count else "")


def fresh_name(name: str, taken: Iterable[str]) -> str:
    """``name`` in one line, and a number after it where it is ``taken``."""
    known, name = set(taken), visible(" ".join(name.split()), LONGEST_NAME)
    numbered = (f"{name[: LONGEST_NAME - 4]} ({number})" for number in range(2, len(known) + 3))
    return name if name not in known else next(each for each in numbered if each not in known)


def pin_links(pins: Sequence[Pin]) -> list[Mapping[str, object]]:
    """What a link and the browser have of the pins."""
    return [pin.link for pin in pins]


def files_to_send(pins: Sequence[Pin]) -> str:
    """The sentence for whoever shares a link, where pins are read from files; empty where none is."""
    named = [pin.file if pin.file in pin.name else f"{pin.file} (“{pin.name}”)" for pin in pins if pin.file]
    if not named:
        return ""
    these, them = ("this file", "it") if len(named) == 1 else ("these files", "them")
    return (
        f"A link does not contain {these}: {', '.join(named)}. Send {them} along; whoever opens the link adds {them} on"
        " the page Your own network."
    )


def pins_text(pins: Sequence[Pin]) -> str:
    """The pins for a link: ``p:[(variant:inception_v3,edits:(v:2,x:0.5)),(torchvision:resnet50)]``; empty for none."""
    return compact({"p": pin_links(pins)}) if pins else ""


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
            network = _network(link)
        except (ValueError, RecursionError) as refused:
            problem = problem or f"Pin {number} of the link was left out: {refused}"
            continue
        if any(pin.network == network for pin in pins):
            continue
        name = link.get("name")
        name = name if isinstance(name, str) and name.strip() else usual_name(network)
        pins.append(Pin(fresh_name(name, (pin.name for pin in pins)), network))
    return tuple(pins), problem


def _network(link: object) -> Arch | BroughtNetwork:
    match link:
        case {"variant": str() as key, "edits": edits} if key in ARCHITECTURES:
            return apply_edits(ARCHITECTURES[key], edits)
        case {"variant": str() as key} if key in ARCHITECTURES:
            return ARCHITECTURES[key]
        case dict() if brought := linked_brought(link):
            return brought
        case _:
            raise ValueError("it names no known variant, no network of torchvision or timm, and no file.")
