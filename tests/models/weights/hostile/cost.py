"""Reads each hostile file in a process of its own, and prints what that cost, one JSON object a line."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from io import BytesIO
from pathlib import Path

from inception_models.weights import recognised
from inception_models.weights.file import read_open

from . import HOSTILE

CPU_SECONDS = 10  # after which a file is given up
MEMORY_LIMIT = 3 << 30  # of addresses, above what the process has; a file that wants more fails with a MemoryError


def _cost(key: str, content: bytes) -> dict[str, object]:
    """Reads a file in this process, which has done nothing else, and looks for its network."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY_LIMIT
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    file, before, start = BytesIO(content), _peak_kb(), time.process_time()
    try:
        outcome = f"read as {recognised(read_open(file, 'own.pt')).key}"
        kind = ""
    except BaseException as problem:
        outcome, kind = str(problem), type(problem).__name__
    seconds = time.process_time() - start
    grown = (_peak_kb() - before) * 1024 - len(content)
    return {"name": key, "kind": kind, "outcome": outcome, "seconds": seconds, "grown": grown, "size": len(content)}


def _peak_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """A child for each file; one that dies, or runs out of processor time, is reported by its signal."""
    gc.freeze()  # or else every child copies what torch has, to collect garbage
    for key, make in HOSTILE.items():
        content = make()
        sys.stdout.flush()
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            if status:
                print(json.dumps({"name": key, "kind": f"status {status}", "outcome": "", "seconds": 99.0, "grown": 0}))
            continue
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts again
        print(json.dumps(_cost(key, content)), flush=True)
        os._exit(0)


if __name__ == "__main__":
    main()
