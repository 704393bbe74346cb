"""A short, honest training loop, its data sets, and the evaluation."""
