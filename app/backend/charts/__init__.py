"""Plotly figures of numbers that are already there, one file for each subject; ``style`` is what they share."""
