"""Carry the weights of a trained network over to an edited one.

Both trees are walked at once (:mod:`.walk`; :mod:`.channels` says which channel is which, :mod:`.filters` handles one
layer). In evaluation the edited network computes the same function, but for rounding, after any of these:

- wider: added filters are copies of the layer's first ones, and whatever reads them shares its weights out among the
  copies (Net2WiderNet, Chen et al. 2015, arXiv 1511.05641). Where a local response or length normalisation compares
  channels with each other, copies would count twice: there the added filters give zero, and nothing reads them yet.
  A layer normalisation counts those zeros too: before one, nothing but the same width is exact. The groups of a split
  convolution grow each from its own channels, as long as none of them shrinks.
- deeper: an added residual block adds zero at first. It still has its activation, which changes nothing after a
  ReLU (or where it has none); a GELU, say, acts once more.
- an inserted convolution or fully connected layer passes its input on. Its own activation, stride and valid padding
  act, and if it is narrower than its input, the last channels end there.
- a branch or lane is added: its filters are new, and what reads them starts at zero
- BatchNorm is folded away, or added as the identity; a larger kernel with ``same`` padding; auxiliary heads on or off

And as near as the edit allows after these:

- narrower: the filters of largest Euclidean norm stay, BatchNorm's gain included (of a separable convolution the
  pointwise filters are measured). The network then is the old one with the other filters masked; only a local response
  normalisation sees other neighbours. Residual blocks keep the channels of their trunk.
- a smaller kernel keeps its centre, the classes that stay keep their rows, a new activation keeps all weights.
- what reads something new keeps its weights where they fit, and is new where they do not: after an inserted Inception
  block or a removed convolution, or a fully connected layer on a grid of another size.

Parts are matched by path, in order. Copies are exact, so they also learn alike until noise tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from ..arch.spec import Arch
from ..net.meta_state import meta_state
from .layers import CarriedLayers
from .report import LayerChange as LayerChange
from .walk import Walk


@dataclass(frozen=True, slots=True)
class Resized:
    """A state dict for the edited network, and what became of every layer in the order of the forward pass."""

    state: dict[str, Tensor]
    changes: tuple[LayerChange, ...]


def resized(state: Mapping[str, Tensor], from_arch: Arch, to_arch: Arch) -> dict[str, Tensor]:
    """The state dict of :func:`resize` alone."""
    return resize(state, from_arch, to_arch).state


def resize(state: Mapping[str, Tensor], from_arch: Arch, to_arch: Arch) -> Resized:
    """``state``, of a network of ``from_arch``, for one of ``to_arch``; the module says above what is exact.

    The result has the type and device of ``state`` and is the same every time. Tensors that do not change are shared
    with ``state``, not copied.

    Raises:
        ValueError: where the two are edits of different variants, or ``state`` is not of ``from_arch``.
    """
    if from_arch.key != to_arch.key:
        raise ValueError(
            f"Weights of {from_arch.about.title} cannot become those of {to_arch.about.title}; only edits of one"
            " network have parts in common."
        )
    _check(state, from_arch)
    layers = CarriedLayers(state, from_arch, to_arch)
    Walk(layers, from_arch, to_arch).network()
    return Resized(layers.filled(), tuple(layers.changes))


def _check(state: Mapping[str, Tensor], arch: Arch) -> None:
    wanted = meta_state(arch)
    wrong = sorted(state.keys() ^ wanted.keys())
    if wrong:
        raise ValueError(
            f"The weights are not of {arch.about.title} as it was: {wrong[0]} is in one of them only"
            f"{f', and so are {len(wrong) - 1} more' if wrong[1:] else ''}."
        )
    for key, tensor in state.items():
        if tensor.shape != wanted[key].shape:
            raise ValueError(
                f"The weights are not of {arch.about.title} as it was: {key} has the shape {list(tensor.shape)} and"
                f" not {list(wanted[key].shape)}."
            )
