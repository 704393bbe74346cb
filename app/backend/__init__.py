"""What the app computes from a network: analysis, diagrams, activations, timing. Nothing here imports Streamlit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis.network import Analysis, BranchCost, StageCost, analyze
    from .decide.comparing.compare import compare
    from .decide.comparing.comparison import Comparison
    from .decide.fitting.fit import Fitted, fit
    from .foreign.module_analysis import ModuleAnalysis, analyze_module

_HOMES = {
    "Analysis": "analysis.network",
    "BranchCost": "analysis.network",
    "StageCost": "analysis.network",
    "analyze": "analysis.network",
    "ModuleAnalysis": "foreign.module_analysis",
    "analyze_module": "foreign.module_analysis",
    "Comparison": "decide.comparing.comparison",
    "compare": "decide.comparing.compare",
    "Fitted": "decide.fitting.fit",
    "fit": "decide.fitting.fit",
}
__all__ = [
    "Analysis",
    "BranchCost",
    "Comparison",
    "Fitted",
    "ModuleAnalysis",
    "StageCost",
    "analyze",
    "analyze_module",
    "compare",
    "fit",
]


def __getattr__(name: str) -> object:
    """The analysis needs torch, which takes two seconds to import: it is loaded when first used."""
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
