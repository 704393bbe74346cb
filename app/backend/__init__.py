"""What the app computes from a network: analysis, diagrams, activations, timing. Nothing here imports Streamlit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis.network import Analysis, BranchCost, StageCost, analyze
    from .foreign.module_analysis import ModuleAnalysis, analyze_module

__all__ = ["Analysis", "BranchCost", "ModuleAnalysis", "StageCost", "analyze", "analyze_module"]


def __getattr__(name: str) -> object:
    """The analysis needs torch, which takes two seconds to import: it is loaded when first used."""
    if name in __all__:
        of_modules = name in ("ModuleAnalysis", "analyze_module")
        return getattr(import_module(".foreign.module_analysis" if of_modules else ".analysis.network", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
