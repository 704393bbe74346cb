"""Many networks tried: over ranges of widths, repeats and input sizes."""
