"""Memory of inference and of a training step."""
