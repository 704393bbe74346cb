"""Pure functions from network to network, what changed between two, and the difference as JSON. No torch."""
