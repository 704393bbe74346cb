"""A network analysed in a process of its own, which can be cancelled and cannot take the server's memory or time.

A file that makes a reader crash ends that process, and while torch.export traces, which replaces functions of torch for
a whole process, nobody else's work runs in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from inception_models.arch.shapes import Shape

from ..common.jobs import Progress
from ..common.limits import MAX_FOREIGN_BYTES, MAX_FOREIGN_SECONDS
from .analysed import ModuleAnalysis
from .values import from_json

WORKER = ("-m", f"{__package__}.worker")
_ROOT = Path(__file__).resolve().parents[len((__package__ or "").split("."))]
_POLL_SECONDS = 0.2


def inspected_apart(source: str, shape: Shape | None, progress: Progress | None = None) -> ModuleAnalysis:
    """What :func:`.inspection.inspected_here` says, computed by another process.

    Raises:
        ValueError: with one sentence, where there is no such network, it cannot be counted, or it takes too much.
        Cancelled: where ``progress`` was cancelled.
    """
    return from_json(answer_apart((*WORKER, source, ",".join(map(str, shape or ()))), progress))


def answer_apart(words: Sequence[str], progress: Progress | None = None, threads: int = 1) -> str:
    """What another Python, started with ``words``, answers as :func:`.worker.answer` does. Raises as the above."""
    paths = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    process = subprocess.Popen(
        [sys.executable, "-P", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": str(threads)},
    )
    try:
        answer = _answer(process, progress or Progress())
    finally:
        process.kill()
        process.wait()
    problem, newline, text = answer.partition("\n")
    if not newline:
        raise ValueError(
            "The process ended without a result: the file is damaged, or the network needs more memory than is allowed"
            f" (at most {MAX_FOREIGN_BYTES / 2**30:.0f} GiB)."
        )
    if sentence := json.loads(problem):
        raise ValueError(sentence)
    return text


def _answer(process: subprocess.Popen[bytes], progress: Progress) -> str:
    """What the process writes; empty where it ends without a word."""
    began = time.monotonic()
    while True:
        seconds = time.monotonic() - began
        progress.report(min(seconds / MAX_FOREIGN_SECONDS, 1.0), progress.doing)
        if seconds > MAX_FOREIGN_SECONDS:
            raise ValueError(f"The network takes longer than {MAX_FOREIGN_SECONDS} seconds.")
        try:
            return process.communicate(timeout=_POLL_SECONDS)[0].decode()
        except subprocess.TimeoutExpired:
            continue
