"""The files of a component: Streamlit takes one script and one style sheet for each."""

from __future__ import annotations

from pathlib import Path


def joined(module: str, *names: str) -> str:
    """The texts of files beside ``module`` (its ``__file__``), one behind the other; of scripts, one may export."""
    return "\n".join((Path(module).parent / name).read_text(encoding="utf-8") for name in names)
