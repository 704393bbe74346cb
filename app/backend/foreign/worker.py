"""A process of its own that analyses one network: started by :mod:`.apart` with a source and a shape, it writes JSON.

Whatever a library prints goes to the errors, so that nothing but the answer is in the output.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from ..common.limits import MAX_FOREIGN_BYTES, MAX_FOREIGN_SECONDS
from .inspection import inspected_here, is_onnx, parsed_shape
from .values import to_json


def main() -> None:
    """Answer, with an analysis or with the sentence that says why there is none."""
    source, shape = sys.argv[1:]
    answer(lambda: to_json(inspected_here(source, parsed_shape(shape))), memory_for(source))


def answer(work: Callable[[], str], most_bytes: int) -> None:
    """Write what ``work`` makes, or the sentence that says why it makes nothing; it may take ``most_bytes``."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        _limit_itself(most_bytes)
        text, problem = work(), ""
    except ValueError as sentence:
        text, problem = "null", str(sentence)
    except OSError as failure:
        name = Path(failure.filename).name if failure.filename else "The file"
        text, problem = "null", f"{name} could not be read: {(failure.strerror or 'no reason given').lower()}."
    except (MemoryError, RecursionError):
        text, problem = "null", "The network is too large or too deeply nested to be analysed here."
    with answers:
        answers.write(json.dumps(problem) + "\n" + text)


def memory_for(source: str) -> int:
    """The bytes that the analysis may take: of a file a few times its size, since small messages unfold."""
    file = Path(source)
    if not is_onnx(source) or not file.exists():  # which is said where it is read
        return MAX_FOREIGN_BYTES
    return min(512 * 2**20 + 5 * file.stat().st_size, MAX_FOREIGN_BYTES)


def _limit_itself(most_bytes: int) -> None:
    """Where the system can: how much memory it may have, how long it may run, and that it leaves no core file."""
    try:
        import resource
    except ImportError:  # Windows has none; the time is limited from outside
        return
    for kind, most in (
        (resource.RLIMIT_DATA, most_bytes),
        (resource.RLIMIT_CPU, MAX_FOREIGN_SECONDS * int(os.environ.get("OMP_NUM_THREADS", "1"))),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
