"""The numbers in a lesson's sentences, each computed from a network: ``"macs inception3a.branch5x5 in start"``.

A number is a quantity, of a part or of the whole, ``in`` one of the networks at hand; or two numbers with ``-``, ``+``,
``*`` or ``/`` between their names; or digits, such as a paper's constant. It is None where the part is not there (any
more), and written as a dash.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from inception_models import ARCHITECTURES, Arch, widths
from inception_models.arch.spec import Branch, Conv, Fork, Op
from inception_models.arch.tree import blocks, walk
from inception_models.edits.depth import repeats, scales

from ..analysis.changes import first_copy
from ..analysis.graph import Node
from ..analysis.network import Analysis, analyze
from ..common.quantity import exact, percent, short


@dataclass(frozen=True)
class LessonNetworks:
    """Those that a number can be of: the one on the screen, the step's own, and what the step names."""

    here: Arch
    start: Arch
    named: Mapping[str, Arch]

    def called(self, name: str) -> Arch:
        """``here``, ``start``, ``published`` (of the one on the screen), a named one, or a variant's key.

        Raises:
            ValueError: where there is none.
        """
        known = {"here": self.here, "start": self.start, "published": ARCHITECTURES[self.here.key], **self.named}
        if name not in known and name not in ARCHITECTURES:
            raise ValueError(f"{name!r} is not a network; here, start, published, a variant or one of the step's is.")
        return known.get(name) or ARCHITECTURES[name]


@dataclass(frozen=True)
class Amount:
    """A number with its unit."""

    value: float
    unit: str = ""


def computed(numbers: Mapping[str, str], networks: LessonNetworks) -> dict[str, Amount | None]:
    """Every number by its name; each may use those above it.

    Raises:
        ValueError: where one is not of the form that the module describes.
    """
    values: dict[str, Amount | None] = {}
    for name, text in numbers.items():
        words = text.split()
        if len(words) == 3 and words[1] in OPERATIONS:
            missing = [word for word in (words[0], words[2]) if word not in values]
            if missing:
                raise ValueError(f"{name} = {text!r} uses {missing[0]!r}, which is not defined above it.")
            values[name] = _combined(values[words[0]], words[1], values[words[2]])
        else:
            values[name] = _quantity(name, words, networks)
    return values


OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "-": operator.sub,
    "+": operator.add,
    "*": operator.mul,
    "/": operator.truediv,
}


def _combined(a: Amount | None, sign: str, b: Amount | None) -> Amount | None:
    if a is None or b is None or (sign == "/" and not b.value):
        return None
    unit = a.unit if sign in "+-" else a.unit or b.unit if sign == "*" else "times"
    return Amount(OPERATIONS[sign](a.value, b.value), unit)


def _quantity(name: str, words: list[str], networks: LessonNetworks) -> Amount | None:
    """``macs``, ``macs PATH``, ``macs in NETWORK`` or ``macs PATH in NETWORK``; a number alone is itself."""
    where = "here"
    if len(words) == 1 and re.fullmatch(r"\d+(\.\d+)?", words[0]):
        return Amount(float(words[0]))
    if len(words) >= 3 and words[-2] == "in":
        where, words = words[-1], words[:-2]
    if len(words) not in (1, 2) or words[0] not in QUANTITIES:
        raise ValueError(f"{name} begins with {' '.join(words)[:40]!r}; known are {', '.join(QUANTITIES)}.")
    unit, measure = QUANTITIES[words[0]]
    value = measure(analyze(networks.called(where)), words[1] if len(words) == 2 else "")
    return None if value is None else Amount(value, unit)


# --- quantities ------------------------------------------------------------------------------------------------------


def nodes_at(analysis: Analysis, path: str) -> tuple[Node, ...]:
    """The traced nodes of the stage, branch or op at ``path``; of a repeated block those of one copy."""
    name, _, rest = path.partition(".")
    stage = next((s for s in (*analysis.stages, *analysis.aux) if s.name == name), None)
    if stage is None:
        return ()
    nodes = first_copy(stage).nodes
    return tuple(node for node in nodes if not rest or f"{node.path}.".startswith(f"{rest}."))


def _macs(analysis: Analysis, path: str) -> float | None:
    nodes = nodes_at(analysis, path)
    return (sum(node.macs for node in nodes) if nodes else None) if path else analysis.macs


def _params(analysis: Analysis, path: str) -> float | None:
    nodes = nodes_at(analysis, path)
    return (sum(node.params for node in nodes) if nodes else None) if path else analysis.params


def _width(analysis: Analysis, path: str) -> float | None:
    return widths(analysis.arch).get(path)


def _channels(analysis: Analysis, path: str) -> float | None:
    nodes = nodes_at(analysis, path)
    return nodes[-1].out_shape[0] if nodes else None


def _read(analysis: Analysis, path: str) -> float | None:
    nodes = nodes_at(analysis, path)
    return nodes[0].in_shape[0] if nodes else None


def _grid(analysis: Analysis, path: str) -> float | None:
    nodes = nodes_at(analysis, path)
    return nodes[-1].out_shape[-1] if nodes else None


def _taps(analysis: Analysis, path: str) -> float | None:
    """The weights of the filters for one pair of channels, 1x1 convolutions aside."""
    ops: dict[str, Op | Branch] = dict(walk(analysis.arch))
    ops |= {f"{name}.{b.name}": b for name, block in blocks(analysis.arch).items() for b in block.branches}
    part = ops.get(path)
    row = part.ops if isinstance(part, Branch | Fork) else (part,)
    taps = sum(op.kernel[0] * op.kernel[1] for op in row if isinstance(op, Conv) and op.kernel != (1, 1))
    return taps or None


def _scale(analysis: Analysis, path: str) -> float | None:
    return scales(analysis.arch).get(path)


def _copies(analysis: Analysis, path: str) -> float | None:
    return repeats(analysis.arch).get(path)


QUANTITIES: Mapping[str, tuple[str, Callable[[Analysis, str], float | None]]] = {
    "macs": ("MACs", _macs),
    "params": ("parameters", _params),
    "head_params": ("parameters", lambda analysis, _: analysis.params_with_aux - analysis.params),
    "classes": ("classes", lambda analysis, _: analysis.arch.classes),
    "input": ("pixels", lambda analysis, _: analysis.input_size),
    "width": ("", _width),
    "channels": ("", _channels),
    "read": ("", _read),
    "grid": ("", _grid),
    "taps": ("", _taps),
    "scale": ("", _scale),
    "copies": ("", _copies),
}
"""What a number can be, by its word: its unit, and how it is read. ``read``: the channels that go in."""

STYLES = ("", "exact", "percent", "plain")


def in_words(amount: Amount | None, style: str) -> str:
    """``120 M MACs``; ``exact``: every digit; ``percent``: of a ratio; ``plain``: without the unit.

    A number is never negative in a sentence: the words around it say which way it goes.
    """
    if amount is None:
        return "–"
    value, unit = abs(amount.value), "" if style == "plain" else amount.unit
    if style == "percent":
        return percent(value, 1)
    if style == "exact":
        return exact(round(value), unit)
    if unit == "times" or not unit:
        return (
            f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.4g}"
        )
    if unit in ("pixels", "classes"):
        return f"{value:,.0f} {unit}"
    return f"{short(value)} {unit}"
