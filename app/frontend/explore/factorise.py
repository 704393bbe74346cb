"""Factorising one convolution: the width of the first factor, and what it would save."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from inception_models import Arch
from inception_models.edits.whatif import FirstWidth, Into, factorised, saving, unfactorised

_INTO: dict[Into, str] = {"3x3s": "3×3s", "1xk_kx1": "1×k and k×1"}
_FIRST: dict[FirstWidth, str] = {
    "mean": "geometric mean of input and output (the paper's)",
    "input": "as many filters as the input",
    "output": "as many filters as the output",
}


def factorise_edits(arch: Arch, path: str) -> list[tuple[str, Callable[[Arch], Arch]]]:
    """Render the choice for the convolution at ``path`` and what it would save; the edits for its buttons."""
    first: FirstWidth = "mean"
    possible = [into for into in _INTO if _sentence(arch, path, into, first)]
    if possible:
        first = st.selectbox(
            "Width of the first factor",
            list(_FIRST),
            key="first-factor",
            format_func=lambda name: _FIRST[name],
            help="How many filters the new convolution before the last one has, when this one is factorised",
        )
    for into in possible:
        st.caption(f"Into {_INTO[into]}: {_sentence(arch, path, into, first)}.")
    return [
        ("Factorise into 3×3s", lambda a: factorised(a, path, "3x3s", first)),
        ("Factorise into 1×k and k×1", lambda a: factorised(a, path, "1xk_kx1", first)),
        ("Merge with the layer before", lambda a: unfactorised(a, path)),
    ]


def _sentence(arch: Arch, path: str, into: Into, first: FirstWidth) -> str:
    """What it would save; empty where it cannot be done."""
    try:
        return saving(arch, path, into, first).sentence()
    except ValueError:
        return ""
