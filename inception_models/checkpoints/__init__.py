"""Which trained weights exist, how their files name tensors, how pictures are prepared for them. No torch."""
