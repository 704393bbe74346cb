"""How a network is looked at: analysis, diagrams, activations. Nothing here knows of Streamlit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis.foreign import ModuleAnalysis, analyze_module
    from .analysis.network import Analysis, BranchCost, StageCost, analyze

__all__ = ["Analysis", "BranchCost", "ModuleAnalysis", "StageCost", "analyze", "analyze_module"]


def __getattr__(name: str) -> object:
    """The analysis needs torch, which takes two seconds to import: it is loaded when first asked for."""
    if name in __all__:
        home = "foreign" if name in ("ModuleAnalysis", "analyze_module") else "network"
        return getattr(import_module(f".analysis.{home}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
