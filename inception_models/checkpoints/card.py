"""The card of weights: which network they belong to, and how pictures are prepared for it.

``train`` writes one beside its file; what ``export`` writes has it within the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from ..arch.rules import shown
from ..arch.spec import Arch
from ..edits.link import apply_edits, to_edits
from ..variants import ARCHITECTURES
from .preprocessing import Preprocessing, preprocessing_from_json
from .trained_weights import TrainedWeights

_Kind = TypeVar("_Kind")
WORDS: Mapping[type, str] = {dict: "an object", list: "a list", str: "a text"}
WITHIN = "card"  # its name among the texts in the header of a safetensors file
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
        return _said(json.loads(text), title, id, page)
    except KeyError as lack:
        raise ValueError(f"The card of {title} cannot be used: it lacks {shown(lack.args[0])}.") from None
    except (RecursionError, OverflowError):
        raise ValueError(f"The card of {title} cannot be used: a number or its nesting is too large.") from None
    except (ValueError, TypeError) as problem:
        raise ValueError(f"The card of {title} cannot be used: {str(problem).rstrip('.')}.") from None


def _said(content: object, title: str, id: str, page: str) -> TrainedWeights:
    """What a card says; KeyError or ValueError where it lacks something or is wrong."""
    known = _value(content, dict, "it")
    key = _value(known["variant"], str, "variant")
    if key not in ARCHITECTURES:
        near = (get_close_matches(key[:40], ARCHITECTURES, n=1) or ["googlenet"])[0]
        raise ValueError(f"variant is {shown(key)}, and must be the name of a network known here, such as {near!r}")
    size, about = known["input_size"], _value(known["card"], dict, "card")
    arch = apply_edits(ARCHITECTURES[key], known["edits"])
    if type(size) is not int or arch.input_size != size:
        raise ValueError(f"its network takes {arch.input_size} px, not {shown(size)}")
    names = tuple(_value(name, str, "a class's name") for name in _value(known["classes"], list, "classes"))
    data, licence = (_value(about[part], str, part) for part in ("data", "licence"))
    notes = tuple(_value(note, str, "a note") for note in _value(about.get("notes", []), list, "notes"))
    if isinstance(origin := about.get("from"), dict):  # as `train` writes it
        notes = (f"Fine-tuned from {_value(origin.get('weights'), str, 'from, weights')}.", *notes)
    steps = preprocessing_from_json(known["preprocessing"]) if "preprocessing" in known else _trained_steps(known, size)
    accuracy = _accuracy(known, about)
    return TrainedWeights(
        id, title, arch, steps, data, accuracy, licence, page, names, about.get("embedding") is True, notes=notes
    )


def card_text(weights: TrainedWeights, arch: Arch, notes: tuple[str, ...]) -> str:
    """The card of weights as they are in a network of ``arch``, where they may have been carried over to.

    Their accuracy is said where the network is the one that it was measured with. ``notes``: what to know beside what
    is known about ``weights``.
    """
    content = {
        "variant": arch.key,
        "edits": to_edits(ARCHITECTURES[arch.key], arch),
        "input_size": arch.input_size,
        "preprocessing": asdict(weights.preprocessing_for(arch)),
        "classes": list(weights.class_names) if len(weights.class_names) == arch.classes else [],
        "card": {
            "from": weights.title,
            "source": weights.page,
            "data": weights.data,
            "licence": weights.licence,
            "accuracy": weights.accuracy if runs_alike(arch, weights.arch) else "",
            "embedding": weights.embedding,
            "notes": [*weights.notes, *notes],
        },
    }
    return json.dumps(content, indent=1) + "\n"


def runs_alike(a: Arch, b: Arch) -> bool:
    """Whether two networks are the same in evaluation, where auxiliary heads do not run."""
    return replace(a, aux=()) == replace(b, aux=())


def _value(value: object, kind: type[_Kind], name: str) -> _Kind:
    if not isinstance(value, kind):
        raise ValueError(f"{name} is {shown(value)}, where {WORDS[kind]} belongs")
    return value


def _accuracy(known: Mapping[str, object], about: Mapping[str, object]) -> str:
    """As the card says it, or from what ``train`` measured."""
    if "accuracy" not in known:
        return _value(about.get("accuracy", ""), str, "accuracy")
    share, count = known["accuracy"], _value(about["pictures"], dict, "pictures")["test"]
    if type(share) not in (int, float) or not 0 <= share <= 1:  # type: ignore[operator]  # it is a number
        raise ValueError(f"accuracy is {shown(share)}, where a number from 0 to 1 belongs")
    if type(count) is not int or not 0 <= count < 10**12:
        raise ValueError(f"pictures, test is {shown(count)}, where a number of pictures belongs")
    return f"{share:.2%} of {count:,} test pictures"


def _trained_steps(known: Mapping[str, object], size_px: int) -> Preprocessing:
    """``train`` scales pictures to the input and normalises them; it gives grey ones one mean for all channels."""
    mean, std = (_value(known[name], list, name) for name in ("mean", "std"))
    grey = mean == mean[:1] * 3 and std == std[:1] * 3
    return preprocessing_from_json(
        asdict(Preprocessing(size_px, size_px, channels="grey" if grey else "RGB")) | {"mean": mean, "std": std}
    )
