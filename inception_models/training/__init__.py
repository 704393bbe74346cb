"""A short, honest training loop, its data sets, fine-tuning, and the evaluation."""
