"""What a training run produces: the weights, a card that says where they come from, the curves."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, astuple, fields
from pathlib import Path

import torch
from safetensors.torch import save

from inception_models import ARCHITECTURES
from inception_models.edits.link import to_edits
from inception_models.training.datasets import Data
from inception_models.training.evaluate import Score
from inception_models.training.run import Epoch, Options
from inception_models.training.start import digest_of
from inception_models.training.train import Trained
from inception_models.weights import OwnFile

from ..common.csv_text import csv_text
from ..common.device import device_name


def weights_file(trained: Trained) -> bytes:
    """The network's weights as a .safetensors file, with this project's own names."""
    return save({name: value.contiguous() for name, value in trained.net.state_dict().items()})


def just_trained_file(trained: Trained, test: Score, card: str, title: str = "Just trained") -> OwnFile:
    """The weights without a detour by a file. They share their memory with the network."""
    state = {name: value.detach() for name, value in trained.net.state_dict().items()}
    return OwnFile(f"{title}, {test.accuracy:.1%}", f"{digest_of(state):08x}", state, card)


def curves_csv(curve: tuple[Epoch, ...]) -> str:
    """One row per epoch."""
    return csv_text(("epoch" if field.name == "number" else field.name for field in fields(Epoch)), map(astuple, curve))


def card_json(trained: Trained, data: Data, options: Options, test: Score, command: str) -> str:
    """Which network the weights belong to, how its pictures are prepared, how it was trained and how well it does."""
    arch, phases = trained.net.arch, trained.phases
    tuning = phases and {
        "licence": phases.licence,
        "new": sorted(phases.new),
        "head_epochs": phases.head_epochs,
        "frozen": phases.frozen,
    }
    content: dict[str, object] = {
        "variant": arch.key,
        "edits": to_edits(ARCHITECTURES[arch.key], arch),
        "mean": trained.mean,
        "std": trained.std,
        "input_size": arch.input_size,
        "classes": data.classes,
        "accuracy": test.accuracy,
        "card": {
            "from": phases.origin if phases else "random weights",
            "fine_tuning": tuning,
            "notes": [f"Fine-tuned from {phases.origin}."] if phases else [],
            "data": data.source or data.name,
            "licence": data.licence,
            "pictures": {"train": len(data.train), "test": len(data.test)},
            "test_correct": test.correct,
            "test_loss": test.loss,
            "options": asdict(options),
            "best_epoch": trained.best.number,
            "epochs": len(trained.curve),
            "seconds": round(trained.seconds, 1),
            "processor": f"{device_name(torch.device('cpu'))}, {platform.machine()}",
            "torch": torch.__version__,
            "command": command,
            "curve": [asdict(epoch) for epoch in trained.curve],
        },
    }
    if data.steps is not None:
        content["preprocessing"] = asdict(data.steps)
    return json.dumps(content, indent=1) + "\n"


def written(file: Path, content: bytes | str) -> Path:
    """Write a file completely or not at all."""
    beside = file.with_name(file.name + ".new")
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(beside, file)
    return file
