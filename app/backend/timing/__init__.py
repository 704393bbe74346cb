"""Measured time, and what this machine could do at its best."""
