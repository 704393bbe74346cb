"""Plotly figures, one file for each subject."""
