"""What there is to choose about a diagram, and what a double click changes in it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..common.colours import ColorBy, ThemeName

DiagramLevel = Literal["stage", "branch", "op"]
Direction = Literal["TB", "BT", "LR"]

LEVEL_DEPTHS: Mapping[DiagramLevel, int] = {"stage": 0, "branch": 1, "op": 2}


@dataclass(frozen=True, slots=True)
class DiagramOptions:
    """How a diagram is drawn.

    ``level``: one box for each stage; a block's branches as the papers draw them; or every operation. ``expand`` and
    ``fold``: names of stages shown one level deeper, or one level less deep. A repeat is drawn once with its count;
    expanded beyond its branches it unfolds into copies, which can be expanded in turn (``block35.3``). ``fused``: a
    convolution, its normalisation and its activation are one box. ``color_by``: ``memory`` is the size of the output,
    ``share`` the share of the network's MACs, ``field`` the receptive field on the picture, ``time`` the measured
    ``seconds`` of whole stages. ``focus``: the name of the only stage or head that is drawn, between its neighbours.
    ``maps``: boxes have room for a thumbnail of what they put out.
    """

    level: DiagramLevel = "branch"
    expand: frozenset[str] = frozenset()
    fold: frozenset[str] = frozenset()
    color_by: ColorBy = "kind"
    direction: Direction = "TB"
    fused: bool = True
    show_aux: bool = True
    theme: ThemeName = "light"
    focus: str = ""
    seconds: tuple[tuple[str, float], ...] = ()
    maps: bool = False


def toggled(options: DiagramOptions, path: str, clusters: Container[str]) -> DiagramOptions:
    """``options`` after a double click on ``path``: a box's stage is shown one level deeper, a cluster one less deep.

    ``clusters``: the paths of the clusters that ``options`` show.
    """
    stage, _, rest = path.partition(".")
    number = rest.partition(".")[0]
    if path not in clusters:
        name = f"{stage}.{number}" if number.isdigit() else stage
        if name in options.fold:
            return replace(options, fold=options.fold - {name})
        return replace(options, expand=options.expand | {name})
    name = path if path in options.expand else stage  # copies fold together
    if name not in options.expand and not any(other.startswith(f"{name}.") for other in options.expand):
        return replace(options, fold=options.fold | {name})
    return replace(options, expand=frozenset(e for e in options.expand if e != name and not e.startswith(f"{name}.")))
