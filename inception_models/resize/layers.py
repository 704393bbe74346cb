"""The weighted layers of two networks, one carried over to the other (:mod:`.resize` walks them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from ..arch.shapes import Shape
from ..arch.spec import Arch, Conv, Kernel, Linear, SepConv, Unit, Weighted
from ..net.meta_state import meta_state
from . import filters
from .channels import NEW, ChainPart, FeatureMap, Sources, grown, is_same, spread
from .context import WalkContext
from .report import Carried, LayerChange, LayerFate, layer_changes

MIXING: dict[type, str] = {Conv: "conv", SepConv: "pointwise", Linear: "linear"}  # the layer that mixes channels
Units = tuple[Unit, Unit]  # the old one and the new one


class CarriedLayers:
    """Tensors of the new network, one layer after another: those that were not ``carried`` in the end are new."""

    def __init__(self, state: Mapping[str, Tensor], old: Arch, new: Arch) -> None:
        self.state, self.old, self.new = state, old, new
        self.shapes = {key: tensor.shape for key, tensor in meta_state(new).items()}
        self.like = next(tensor for tensor in state.values() if tensor.is_floating_point())
        self.carried: dict[str, Tensor] = {}
        self.changes: list[LayerChange] = []

    def note(self, path: str, kind: LayerFate, text: str, before: int | None = None, after: int | None = None) -> None:
        self.changes.append(LayerChange(path, kind, before, after, text))

    def filled(self) -> dict[str, Tensor]:
        """The state dict of the new network."""
        return {
            key: self.carried[key] if key in self.carried else filters.fresh(key, shape, self.like)
            for key, shape in self.shapes.items()
        }

    def op(self, old: Weighted, new: Weighted, context: WalkContext, width: int) -> Sources:
        """An op that both networks have, ``width`` channels wide in the new one; the sources of its output."""
        units = layer_unit(old, self.old), layer_unit(new, self.new)
        match old, new:
            case Conv(), Conv():
                return self.layer("conv", units, context, width, (old.kernel, new.kernel))
            case SepConv(), SepConv():
                deep = replace(context, features=self.depthwise(old, new, context))
                return self.layer("pointwise", units, deep, width, (old.kernel, new.kernel))
            case Linear(), Linear():
                if new.width is None:  # classes have no copies
                    classes = old.width or self.old.classes
                    context = replace(context, wanted=grown(classes, width, copies=False))
                return self.layer("linear", units, context, width)
            case _:  # only ops of one kind are matched
                raise TypeError(f"The weights of a {old.title} cannot be carried over to a {new.title}.")

    def depthwise(self, old: SepConv, new: SepConv, context: WalkContext) -> FeatureMap:
        """The filters of a separable convolution that each look at one channel; what leaves them."""
        features = context.features
        deep = replace(features, old=(features.old[0] * old.multiplier,), new=(features.new[0] * new.multiplier,))
        if not features.carried:
            return replace(deep, sources=(NEW,) * deep.new[0])
        key = f"{context.path}.depthwise.weight"
        weight = filters.with_kernel(self.state[key], new.kernel)
        sources = spread(features.sources, old.multiplier, new.multiplier)
        self.carried[key] = self.with_filters(key, weight, sources)
        return replace(deep, sources=sources)

    def layer(
        self,
        name: str,
        units: Units,
        context: WalkContext,
        width: int,
        kernels: tuple[Kernel, Kernel] = ((1, 1), (1, 1)),
    ) -> Sources:
        """Filters that mix channels, of an op with such ``kernels``; the sources of their output."""
        path, features, wanted = context.path, context.features, context.wanted
        old, new = units
        where = path if name in MIXING.values() else f"{path}.{name}"
        tensors = layer_tensors(self.state, path, name, old)
        before, channels = tensors["weight"].shape[:2]
        if wanted is None or set(wanted) == {NEW}:
            copies = not context.added_must_be_zero
            wanted = filters.strongest(tensors, old.norm, width) if width < before else grown(before, width, copies)
        if not features.carried:
            self.note(where, "new", "What it reads is new, and so are its weights.", before, width)
            return wanted
        styled = filters.restyled(tensors, old, new)
        if name == "conv":
            styled["weight"] = filters.with_kernel(styled["weight"], kernels[1])
        if not is_same(features.sources, channels):
            styled["weight"] = filters.with_inputs(styled["weight"], features.sources)
        keyed = _keyed(path, name, styled)
        self.carried |= {key: self.with_filters(key, tensor, wanted) for key, tensor in keyed.items()}
        if context.added_must_be_zero and NEW in wanted:
            key = f"{path}.bn.weight" if new.norm and new.norm.gamma else f"{path}.{name}.weight"
            self.carried[key][torch.tensor(wanted) == NEW] = 0
        self.changes += layer_changes(
            Carried(where, units, wanted, before, features.sources, channels, kernels, features.known)
        )
        return wanted

    def with_filters(self, key: str, tensor: Tensor, sources: Sources) -> Tensor:
        """``tensor`` with the filters ``sources``; those that are NEW as ``key`` is initialised."""
        if tensor.ndim == 0 or is_same(sources, len(tensor)):
            return tensor
        shape = torch.Size((len(sources), *tensor.shape[1:]))
        return filters.with_filters(tensor, sources, lambda: filters.fresh(key, shape, tensor))

    def passing(self, op: Weighted, context: WalkContext, after: Shape) -> FeatureMap:
        """An op that gives its input's channels in their order, again from the first where it is wider."""
        path = context.path
        norm = layer_unit(op, self.new).norm
        features = context.features.flattened() if isinstance(op, Linear) else context.features
        step = 1
        if isinstance(op, SepConv):
            step = op.multiplier  # of the filters that look at a channel the first is enough
            key = f"{path}.depthwise.weight"
            self.carried[key] = filters.passing(self.shapes[key], (0,) * (features.new[0] * step), self.like)
        reads = grown(features.new[0], after[0], copies=not context.added_must_be_zero)
        key = f"{path}.{MIXING[type(op)]}.weight"
        self.carried[key] = filters.passing(self.shapes[key], tuple(max(r * step, NEW) for r in reads), self.like)
        if norm:
            self.carried |= _keyed(path, "", filters.identity_norm(after[0], norm, self.like))
        sources = tuple(NEW if r == NEW else features.sources[r] for r in reads)
        return FeatureMap(sources, features.old, after, features.known)

    def silence(self, path: str, op: ChainPart) -> None:
        """Make an op of the new network give zero, in a way that can be trained."""
        if isinstance(op, Weighted):
            norm = layer_unit(op, self.new).norm
            self.zero(f"{path}.bn.weight" if norm and norm.gamma else f"{path}.{MIXING[type(op)]}.weight")

    def zero(self, key: str) -> None:
        self.carried[key] = self.like.new_zeros(self.shapes[key])


def layer_unit(op: Weighted, arch: Arch) -> Unit:
    """The bias, norm and activation of ``op``: its own, or else the network's."""
    return op.unit or arch.unit


def layer_tensors(state: Mapping[str, Tensor], path: str, name: str, unit: Unit) -> filters.Tensors:
    """The tensors of one layer by their names within it."""
    own = {leaf: state[f"{path}.{name}.{leaf}"] for leaf in ("weight", *(("bias",) if unit.bias else ()))}
    return own | ({leaf: state[f"{path}.{leaf}"] for leaf in filters.NORM} if unit.norm else {})


def _keyed(path: str, name: str, tensors: filters.Tensors) -> dict[str, Tensor]:
    """The tensors of one layer by their keys in a state dict."""
    return {f"{path}.{leaf}" if leaf in filters.NORM else f"{path}.{name}.{leaf}": t for leaf, t in tensors.items()}
