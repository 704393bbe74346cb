"""The parts of the page Your own network: what it is asked for, its totals, its diagram and its table."""
