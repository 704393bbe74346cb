"""Training runs from the page that have not ended, in the cache folder: after a restart of the server they can go on.

A person has at most one, under a name that only their token leads to. What is kept is bounded in number, size and age.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from inception_models import Arch
from inception_models.checkpoints.trained_weights import cache_folder
from inception_models.training.run import Options
from inception_models.training.start import Tuning

from ..analysis.network import analyze
from ..common.links import linked_network, to_query
from ..common.quantity import float32_bytes
from .job import Beginning

OLDEST_SECONDS = 86_400
MOST_KEPT = 20  # runs of everybody; the oldest give way
MOST_KEPT_BYTES = 100 * 2**20  # of one: its weights, the best ones and the optimiser's state
WEIGHTS_IN_CHECKPOINT = 3  # times


@dataclass(frozen=True)
class KeptRun:
    """What somebody asked for. ``data``: the title of an offer."""

    arch: Arch
    data: str
    options: Options
    beginning: Beginning | None


def keep(owner: str, run: KeptRun) -> Path | None:
    """Where the run's checkpoint belongs, in place of the one that ``owner`` had.

    None where it cannot be kept: weights from a person's own file are not there later, a large network takes too much
    of the disk, or the cache may only be read.
    """
    beginning = run.beginning
    size = WEIGHTS_IN_CHECKPOINT * float32_bytes(analyze(run.arch).params)
    if size > MOST_KEPT_BYTES or (beginning and not isinstance(beginning.source, str)):
        return None
    asked, checkpoint = _files(owner)
    content = {
        "network": to_query(run.arch),
        "data": run.data,
        "options": asdict(run.options),
        "source": beginning and beginning.source,
        "tuning": beginning and asdict(beginning.tuning),
    }
    try:
        asked.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room(asked.parent)
        checkpoint.unlink(missing_ok=True)
        asked.write_text(json.dumps(content), encoding="utf-8")
    except OSError:
        return None
    return checkpoint


def kept(owner: str) -> KeptRun | None:
    """The run of ``owner`` that did not end, where something of it was saved."""
    asked, checkpoint = _files(owner)
    try:
        if time.time() - checkpoint.stat().st_mtime > OLDEST_SECONDS:
            return None
        match json.loads(asked.read_text(encoding="utf-8")):
            case {"network": network, "data": str() as data, "options": dict() as options, "source": None}:
                return KeptRun(linked_network(network), data, Options(**options), None)
            case {
                "network": network,
                "data": str() as data,
                "options": dict() as options,
                "source": str() as source,
                "tuning": {"head_epochs": int() as epochs, "freeze": list() as freeze},
            }:
                tuning = Tuning(epochs, tuple(map(str, freeze)))
                return KeptRun(linked_network(network), data, Options(**options), Beginning(source, tuning))
            case _:
                return None
    except (OSError, ValueError, TypeError):  # not there, or of another version of this program
        return None


def checkpoint_of(owner: str) -> Path:
    """Where the run that :func:`kept` returns goes on from."""
    return _files(owner)[1]


def forget(owner: str) -> None:
    """Remove what is kept of the last run: it has ended, or is not wanted."""
    for file in _files(owner):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _files(owner: str) -> tuple[Path, Path]:
    name = hashlib.sha256(owner.encode()).hexdigest()[:32]
    return cache_folder() / "runs" / f"{name}.json", cache_folder() / "runs" / f"{name}.pt"


def _make_room(folder: Path) -> None:
    """Remove what is too old, and the oldest until another one fits."""
    ages = sorted((file.stat().st_mtime, file) for file in folder.glob("*.json"))
    for place, (changed, file) in enumerate(ages):
        if time.time() - changed > OLDEST_SECONDS or place <= len(ages) - MOST_KEPT:
            file.unlink(missing_ok=True)
            file.with_suffix(".pt").unlink(missing_ok=True)
