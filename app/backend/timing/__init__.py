"""Measured time, and the most that this machine can do."""
