"""The checkpoint of a training run: everything that does not follow from the network, the data and the options.

It is written whole or not at all, and read with ``weights_only``: a file that contains anything but tensors, numbers
and text is refused.
"""

from __future__ import annotations

import os
from dataclasses import asdict, astuple
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError
from zlib import crc32

import torch

from .run import Epoch, Run

CHECKPOINT_VERSION = 1


def save(run: Run, file: Path) -> None:
    """Write ``run`` to ``file``, in place of what was there."""
    content = {
        "version": CHECKPOINT_VERSION,
        "run": identity(run),
        "step": run.step,
        "loss": run.loss,
        "summed_loss": run.summed_loss,
        "seconds": run.seconds,
        "epoch_seconds": run.epoch_seconds,
        "curve": [list(astuple(epoch)) for epoch in run.curve],
        "net": run.net.state_dict(),
        "best": run.best_state,
        "optimizer": run.optimizer.state_dict(),
    }
    beside = file.with_name(file.name + ".new")
    with beside.open("wb") as stream:
        torch.save(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def restore(run: Run, file: Path) -> None:
    """Put ``run`` where the one in ``file`` was.

    Raises:
        ValueError: where the file is not a checkpoint, or of a run of another network, data set or options.
        OSError: where it cannot be read.
    """
    packed = BytesIO(file.read_bytes())
    try:
        content = torch.load(packed, map_location="cpu", weights_only=True)
        written, its_run = content["version"], dict(content["run"])
    except (UnpicklingError, RuntimeError, EOFError, OSError, ValueError, KeyError, TypeError, IndexError):
        raise ValueError(f"{file.name} is not a checkpoint of a training run, or it is damaged.") from None
    other = [what for what, value in identity(run).items() if its_run.get(what) != value]
    if written != CHECKPOINT_VERSION or other:
        raise ValueError(f"{file.name} belongs to a run with another {', '.join(other) or 'version'}.")
    run.net.load_state_dict(content["net"])
    run.optimizer.load_state_dict(content["optimizer"])
    run.best_state = content["best"]
    run.curve = tuple(Epoch(*row) for row in content["curve"])
    run.step, run.loss, run.summed_loss = content["step"], content["loss"], content["summed_loss"]
    run.seconds, run.epoch_seconds = content["seconds"], content["epoch_seconds"]


def identity(run: Run) -> dict[str, str | int | float | None]:
    """What distinguishes a run from any other."""
    images = run.data.train
    return {
        "network": repr((run.arch.unit, run.arch.stages, run.arch.aux, run.arch.input_size, run.arch.classes)),
        "data set": f"{run.data.name} {tuple(images.images.shape)} {crc32(images.labels.numpy().tobytes())}",
        **asdict(run.options),
        "start": run.phases.identity if run.phases else None,
    }
