"""Which trained weights exist, how their files are fetched and name tensors, how pictures are prepared. No torch."""
