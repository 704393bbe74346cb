"""The parts of the Picture page: which picture, which weights, and the ways to look."""
