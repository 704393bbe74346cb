"""The kinds of layers, and how each is counted: one row a kind, which every count of the backend consults.

To add a kind: its word in :data:`LayerKind`, its row in :data:`KINDS`, and in :mod:`.op_table` the modules, functions
or methods that are of this kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from inception_models.arch.shapes import Shape

LayerKind = Literal[
    "input",
    "conv",
    "linear",
    "batch_norm",
    "activation",
    "max_pool",
    "avg_pool",
    "adaptive_pool",
    "lrn",
    "normalize",
    "dropout",
    "pad",
    "concat",
    "add",
    "scale",
    "layer_norm",
    "layer_scale",
    "slice",
    "flatten",
    "identity",
    "other",
]
Geometry = Literal["same", "window", "grid", "pad", "join", "slice", "vector"]
"""How output positions relate to input positions. ``same``: one to one; ``window``: a window slides over height and
width; ``grid``: the input is pooled to a fixed grid; ``pad``: values are added around the edges; ``join``: inputs are
concatenated along the channels; ``slice``: some channels are taken; ``vector``: the output has no height and width."""

Weights = Literal["none", "channels", "filters"]
"""``channels``: a few trainable values per channel; ``filters``: convolutions and linear layers, which have MACs."""

Saved = Literal["nothing", "input", "output"]


class UnknownOp(ValueError):
    """The counter does not know an op; counting it as zero would be wrong."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a layer holds in memory beside its input and its output.

    ``values`` and ``indices`` (int64) are of one picture; ``shared`` are values of the whole batch together.
    """

    values: int = 0
    indices: int = 0
    shared: int = 0


@dataclass(frozen=True, slots=True)
class KindRules:
    """How layers of one kind are named and counted.

    ``words``: what comes before a layer's detail. ``aliases``: when its output is its input, in no new memory.
    ``joins``: whether a block calls it on the outputs of its branches, which its ``forward`` holds until it returns;
    its gradient is handed on to all of them without a copy. ``saves``: what autograd keeps for the backward pass
    (PyTorch's ``derivatives.yaml``; :mod:`app.backend.memory.training_step` has the exceptions). ``scratch``: what it
    holds while it runs in evaluation, and ``kept``: in training until its backward pass, by its output shape.
    """

    words: str
    geometry: Geometry
    weights: Weights
    aliases: Literal["never", "in eval", "always"]
    joins: bool
    saves: Saved
    scratch: Callable[[Shape], Held]
    kept: Callable[[Shape], Held]

    @property
    def writes(self) -> bool:
        """Whether it writes its output to new memory in evaluation."""
        return self.aliases == "never"

    @property
    def is_main(self) -> bool:
        """Whether a summary of many layers names it: a convolution, a linear layer or a pool."""
        return self.weights == "filters" or self.geometry in ("window", "grid")


# --- what layers hold ------------------------------------------------------------------------------------------------

LRN_PADDING = 4  # channels that are added for a window of five


_NONE = Held()


def _nothing(_: Shape) -> Held:
    return _NONE


def _indices(out: Shape) -> Held:
    return Held(indices=math.prod(out))


def _mask(out: Shape) -> Held:
    return Held(values=math.prod(out))


def _moments(out: Shape) -> Held:
    """Of the batch, for every channel: the mean and one over the standard deviation."""
    return Held(shared=2 * out[0])


def _rows(out: Shape) -> Held:
    """The mean and one over the deviation at each place; of an image also a copy with its channels last."""
    return Held(values=2 * math.prod(out[1:]) + (math.prod(out) if len(out) == 3 else 0))


def _length(_: Shape) -> Held:
    return Held(values=1)


def _two(out: Shape) -> Held:
    return Held(values=2 * math.prod(out))


def _three(out: Shape) -> Held:
    """One of them is padded."""
    return Held(values=3 * math.prod(out) + LRN_PADDING * math.prod(out[1:]))


# --- the table -------------------------------------------------------------------------------------------------------

KINDS: Mapping[LayerKind, KindRules] = MappingProxyType({
    #                          words           geometry  weights     aliases    joins  saves      scratch   kept
    "input":         KindRules("",             "same",   "none",     "never",     False, "nothing", _nothing, _nothing),
    "conv":          KindRules("",             "window", "filters",  "never",     False, "input",   _nothing, _nothing),
    "linear":        KindRules("",             "vector", "filters",  "never",     False, "input",   _nothing, _nothing),
    "batch_norm":    KindRules("",             "same",   "channels", "never",     False, "input",   _nothing, _moments),
    "activation":    KindRules("",             "same",   "none",     "never",     False, "input",   _nothing, _nothing),
    "max_pool":      KindRules("max pool",     "window", "none",     "never",     False, "input",   _indices, _indices),
    "avg_pool":      KindRules("average pool", "window", "none",     "never",     False, "input",   _nothing, _nothing),
    "adaptive_pool": KindRules("average pool", "grid",   "none",     "never",     False, "input",   _nothing, _nothing),
    "lrn":           KindRules("",             "same",   "none",     "never",     False, "input",   _two,     _three),
    "normalize":     KindRules("",             "same",   "none",     "never",     False, "input",   _length,  _nothing),
    "dropout":       KindRules("dropout",      "same",   "none",     "in eval",   False, "nothing", _nothing, _mask),
    "pad":           KindRules("",             "pad",    "none",     "never",     False, "nothing", _nothing, _nothing),
    "concat":        KindRules("",             "join",   "none",     "never",     True,  "nothing", _nothing, _nothing),
    "add":           KindRules("",             "same",   "none",     "never",     True,  "nothing", _nothing, _nothing),
    "scale":         KindRules("",             "same",   "none",     "never",     False, "nothing", _nothing, _nothing),
    "layer_norm":    KindRules("",             "same",   "channels", "never",     False, "input",   _rows,    _rows),
    "layer_scale":   KindRules("",             "same",   "channels", "never",     False, "input",   _nothing, _nothing),
    "slice":         KindRules("",             "slice",  "none",     "always",    False, "nothing", _nothing, _nothing),
    "flatten":       KindRules("",             "vector", "none",     "always",    False, "nothing", _nothing, _nothing),
    "identity":      KindRules("",             "same",   "none",     "always",    False, "nothing", _nothing, _nothing),
    # An op of a person's own module; its shape and costs are not computed from this table.
    "other":         KindRules("",             "vector", "none",     "never",     False, "input",   _nothing, _nothing),
})  # fmt: skip
