"""From the tree to the real ``nn.Module``, and the loss it is trained with."""
