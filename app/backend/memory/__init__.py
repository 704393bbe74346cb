"""The memory that inference and a training step take."""
