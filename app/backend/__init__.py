"""How a network is looked at: analysis, diagrams, activations. Nothing here knows of Streamlit."""

from .analysis import Analysis, BranchCost, StageCost, analyze

__all__ = ["Analysis", "BranchCost", "StageCost", "analyze"]
