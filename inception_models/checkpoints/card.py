"""The card that ``train`` writes beside weights: which network they belong to, and how pictures are prepared for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from ..arch.rules import MAX_INPUT_SIZE, shown
from ..arch.spec import PerChannel
from ..edits.link import apply_edits
from ..variants import ARCHITECTURES
from .catalogue import TrainedWeights
from .preprocessing import Preprocessing

MAX_CARD_BYTES = 1 << 20  # with a curve of a thousand epochs it has 0.2 MB


def beside(weights: Path) -> Path:
    """The path of the card that belongs to a file of weights."""
    return weights.with_suffix(".json")


def parse_card(text: str, title: str, id: str = "own", page: str = "") -> TrainedWeights:
    """What a card says.

    Raises:
        ValueError: with one sentence, where it is not such a card.
    """
    if len(text) > MAX_CARD_BYTES:
        raise ValueError(f"The card of {title} is too long: at most {MAX_CARD_BYTES // 2**20} MB are allowed.")
    try:
        content = json.loads(text)
        key, size = content["variant"], content["input_size"]
        mean, std = _triple(content["mean"]), _triple(content["std"])
        names = tuple(map(str, content["classes"]))
        card: Mapping[str, object] = content["card"]
        accuracy, count = float(content["accuracy"]), card["pictures"]["test"]  # type: ignore[index]  # a TypeError else
        data, licence = str(card["data"]), str(card["licence"])
        arch = ARCHITECTURES[key]
        steps = _steps(content.get("preprocessing"), size, mean, std)
        origin = card.get("from")
        notes = (f"Fine-tuned from {origin['weights']}.",) if isinstance(origin, dict) else ()
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise ValueError(f"The card of {title} is not one that train writes: {_reason(problem)}.") from None
    arch = apply_edits(arch, content["edits"])
    if arch.input_size != size:
        raise ValueError(
            f"The card of {title} contradicts itself: its network takes {arch.input_size} px, not {shown(size)}."
        )
    share = f"{accuracy:.2%} of {count:,} test pictures"
    return TrainedWeights(id, title, arch, steps, data, share, licence, page, names, notes=notes)


def _steps(written: object, size: int, mean: PerChannel, std: PerChannel) -> Preprocessing:
    """The steps on a card; where it has none, as ``train`` prepares pictures for random weights."""
    if written is None:
        grey = len(set(mean)) == 1 and len(set(std)) == 1
        return Preprocessing(size, size, channels="grey" if grey else "RGB", mean=mean, std=std)
    if not isinstance(written, dict) or written.keys() != {field.name for field in fields(Preprocessing)}:
        raise ValueError("its preprocessing is not complete")
    steps = Preprocessing(**written | {"mean": _triple(written["mean"]), "std": _triple(written["std"])})
    sides = (steps.resize_px, steps.crop_px)
    if not all(type(side) is int and 0 < side <= 2 * MAX_INPUT_SIZE for side in sides) or steps.crop_px != size:
        raise ValueError(f"its preprocessing has the sizes {shown(sides)}")
    known = {"interpolation": ("bilinear", "bicubic"), "value_max": (1, 255), "channels": ("RGB", "BGR", "grey")}
    for name, allowed in known.items():
        if written[name] not in allowed:
            raise ValueError(f"its {name} is {shown(written[name])}, not one of {', '.join(map(str, allowed))}")
    return steps


def _triple(values: object) -> PerChannel:
    red, green, blue = map(float, values)  # type: ignore[call-overload]  # a TypeError is caught
    return red, green, blue


def _reason(problem: Exception) -> str:
    return f"it lacks {problem}" if isinstance(problem, KeyError) else str(problem).rstrip(".").lower()
