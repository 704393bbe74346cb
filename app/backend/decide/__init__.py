"""Choosing a network: comparing several, shrinking one to a budget, searching among many, pruning and healing."""
