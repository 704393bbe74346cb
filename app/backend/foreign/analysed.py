"""What is known of a network that a person brings, whether it was traced or read from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from inception_models.arch.shapes import Shape

from ..analysis.graph import Node

TracedWith = Literal["torch.fx", "torch.export", "ONNX"]


@dataclass(frozen=True, slots=True)
class ModuleAnalysis:
    """What a network does in evaluation with one input of ``in_shape``.

    ``nodes``: in the order of the forward pass, with the module's own paths; inputs are positions in this list, -1 is
    the input. Their shapes are of one picture; where the first axis is not the batch, the whole shape. A node's
    receptive field is None where it is the whole input or not known. ``params``: trainable parameters that are read.
    ``idle_params``: those that are not, such as auxiliary heads'. A layer that runs twice has its parameters once and
    its MACs twice. ``macs``: multiply-accumulates of convolutions, linear layers and every other product of matrices,
    those of attention too: half of what ``torch.utils.flop_counter`` counts with a batch of one. ``module_classes``:
    the class of every module inside, by path, as far as it is known; the network's own is at the empty path.
    """

    in_shape: Shape
    nodes: tuple[Node, ...]
    params: int
    idle_params: int
    macs: int
    traced_with: TracedWith
    module_classes: Mapping[str, str]

    @property
    def flops(self) -> int:
        """Floating-point operations: 2 x MACs."""
        return 2 * self.macs


def checked_shape(shape: Sequence[int] | int) -> Shape:
    """An input shape without its batch axis, as a tuple.

    Raises:
        ValueError: where it is not made of positive whole numbers.
    """
    sides = (shape,) if isinstance(shape, int) else tuple(shape)
    if not sides or not all(isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in sides):
        raise ValueError(f"An input shape is one or more positive whole numbers without the batch, not {shape!r}.")
    return sides
