"""The parts of the Picture page: which picture, which weights, and in tabs/ the ways to look at the result."""
