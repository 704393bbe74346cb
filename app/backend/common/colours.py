"""The colours of branches and of heat maps, each with one meaning everywhere: diagram, plots, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from types import MappingProxyType
from typing import Literal

from inception_models.arch.branch_kind import BranchKind, branch_kind
from inception_models.arch.spec import Branch

ThemeName = Literal["light", "dark"]
ColorBy = Literal["kind", "params", "macs", "memory", "share", "field", "time"]  # what a diagram's colours mean

# Okabe and Ito's colours, which the colour-blind can tell apart (jfly.uni-koeln.de/color).
BRANCH_COLOURS: Mapping[BranchKind, str] = MappingProxyType(
    {
        "1x1": "#0072B2",
        "3x3": "#E69F00",
        "5x5": "#009E73",
        "7x7": "#D55E00",
        "pool": "#CC79A7",
        "shortcut": "#56B4E9",
    }
)
OUTSIDE_COLOUR = "#7F8790"  # of layers outside all branches
BRANCH_NAMES: Mapping[BranchKind, str] = MappingProxyType(
    {
        "1x1": "1×1",
        "3x3": "3×3",
        "5x5": "5×5 or double 3×3",
        "7x7": "7×7, factorised",
        "pool": "pool",
        "shortcut": "shortcut",
    }
)

# Cividis (Nuñez, Anderton, Renslow 2018) at ten equal steps.
CIVIDIS = (
    "#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)  # there are two, and caches compare them by the thousand
class Theme:
    """The muted colours of a diagram: everything that is neither a branch nor heat."""

    paper: str  # behind an exported picture
    text: str
    faint: str  # captions outside of nodes
    line: str  # edges
    border: str  # of nodes and blocks
    block: str  # the background inside a block
    trunk: str  # convolutions and linear layers outside of branches
    quiet: str  # pools, joins, normalisation
    mark: str  # around what was changed


THEMES: Mapping[ThemeName, Theme] = MappingProxyType(
    {
        "light": Theme(
            "#ffffff", "#1b1f24", "#57606a", "#8b949e", "#c3c9d0", "#f5f7f9", "#b9c4d0", "#e6eaee", "#b3123f"
        ),
        "dark": Theme(
            "#0e1117", "#e8eaed", "#a3abb5", "#7d8590", "#474e58", "#1a1f27", "#55616f", "#333a44", "#ff8fab"
        ),
    }
)


def branch_colour(branch: Branch | None) -> str:
    """The colour that a branch has everywhere; None stands for layers outside all branches."""
    return OUTSIDE_COLOUR if branch is None else BRANCH_COLOURS[branch_kind(branch)]


def cividis(fraction: float) -> str:
    """The colour at ``fraction`` (0 to 1) of the scale, as ``#rrggbb``."""
    place = min(max(fraction, 0.0), 1.0) * (len(CIVIDIS) - 1)
    step = min(int(place), len(CIVIDIS) - 2)
    return mixed(CIVIDIS[step], CIVIDIS[step + 1], place - step)


def heat(fraction: float) -> str:
    """The colour of a cost that is ``fraction`` of the largest one: the square root, since one layer often costs ten
    times as much as most others."""
    return cividis(sqrt(fraction))


@lru_cache(maxsize=4096)
def mixed(first: str, second: str, amount: float) -> str:
    """``first`` with ``amount`` (0 to 1) of ``second`` in it."""
    return "#" + "".join(f"{round(a + (b - a) * amount):02x}" for a, b in zip(_rgb(first), _rgb(second), strict=True))


def lighter(colour: str) -> str:
    """The tint of a branch's colour that marks its reduction."""
    return mixed(colour, "#ffffff", 0.55)


@lru_cache(maxsize=4096)
def ink(fill: str) -> str:
    """Black or white, whichever reads better on ``fill`` (contrast by WCAG 2)."""
    return "#ffffff" if _luminance(fill) < 0.179 else "#000000"  # at 0.179 both have the same contrast


def _luminance(colour: str) -> float:
    red, green, blue = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
