"""How a network is looked at: analysis, diagrams, activations. Nothing here knows of Streamlit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis import Analysis, BranchCost, StageCost, analyze
    from .modules import ModuleAnalysis, analyze_module

__all__ = ["Analysis", "BranchCost", "ModuleAnalysis", "StageCost", "analyze", "analyze_module"]


def __getattr__(name: str) -> object:
    """The analysis needs torch, which takes two seconds to import: it is loaded when first asked for."""
    if name in __all__:
        home = "modules" if name in ("ModuleAnalysis", "analyze_module") else "analysis"
        return getattr(import_module(f".{home}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
