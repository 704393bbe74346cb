"""Two sequences side by side: the pairs of the common sequence that is worth most, each in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_A = TypeVar("_A")
_B = TypeVar("_B")


def aligned(
    a: Sequence[_A], b: Sequence[_B], worth: Callable[[_A, _B], float]
) -> tuple[tuple[int | None, int | None], ...]:
    """Positions in ``a`` and ``b`` in order; None on one side where the other has no partner.

    Args:
        worth: of a pair; 0 where the two are no pair. With 1 for equal ones this is the longest common sequence.
    """
    worths = [[worth(x, y) for y in b] for x in a]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            pair = best[i + 1][j + 1] + worths[i][j] if worths[i][j] > 0 else 0.0
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if worths[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + worths[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return (*pairs, *((k, None) for k in range(i, len(a))), *((None, k) for k in range(j, len(b))))
