"""Small modules of the kinds that people bring."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

Forward = Callable[["Made", Tensor], object]


class Made(nn.Module):
    """A module with these attributes and this forward."""

    def __init__(self, forward: Forward, **attributes: object) -> None:
        super().__init__()
        self.run = forward
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, x: Tensor) -> object:
        return self.run(self, x)
