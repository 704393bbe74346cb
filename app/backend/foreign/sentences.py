"""Words for what a person's module cannot do here: one sentence that names the op and the module's path."""

from __future__ import annotations

from collections.abc import Sequence


def first_line(problem: BaseException) -> str:
    """What an exception says, as the end of one sentence."""
    line = next((line.strip() for line in str(problem).splitlines() if line.strip()), type(problem).__name__)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def place(op: str, path: str) -> str:
    """``conv2d in layer1.0.conv1``."""
    return f"{op} in {path}" if path else f"{op} in its own forward"


def shape_words(shape: Sequence[int]) -> str:
    """``3 x 224 x 224``."""
    return " x ".join(map(str, shape))
