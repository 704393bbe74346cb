"""How a network is looked at: analysis, diagrams, activations. Nothing here knows of Streamlit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis import Analysis, BranchCost, StageCost, analyze

__all__ = ["Analysis", "BranchCost", "StageCost", "analyze"]


def __getattr__(name: str) -> object:
    """The analysis needs torch, which takes two seconds to import: it is loaded when first asked for."""
    if name in __all__:
        from . import analysis

        return getattr(analysis, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
