"""Through an old and an edited network in step: which channel of the one arrives where in the other (:mod:`.resize`).

Every method takes a :class:`WalkContext`, which says what arrives and has a worked example, and gives the feature map
that leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate

from ..arch.shapes import Shape, block_shape, op_shape
from ..arch.spec import (
    Arch,
    Block,
    Channelwise,
    Fork,
    Inception,
    LayerNorm,
    LayerScale,
    Linear,
    Norm,
    Residual,
    SplitConv,
    Unit,
    Weighted,
)
from .channels import (
    NEW,
    Chain,
    ChainPart,
    FeatureMap,
    enters_comparison,
    has_filters,
    lanes,
    last_mixing,
    matched,
    normalised_across,
    op_chain,
    side_by_side,
    split_after,
    stage_chain,
)
from .context import WalkContext
from .layers import CarriedLayers

PROJECTION = Unit(bias=True, norm=None, activation="none")


class Walk:
    """Through both networks at once. What becomes of a layer's tensors is up to ``layers``."""

    def __init__(self, layers: CarriedLayers, old: Arch, new: Arch) -> None:
        self.layers, self.old, self.new = layers, old, new
        self.note = layers.note

    # --- chains and blocks -------------------------------------------------------------------------------------------

    def network(self) -> None:
        """The stages, then the auxiliary heads, each from the feature map at its tap."""
        heads = {head.name: op_chain(head.name, head.ops) for head in self.new.aux}
        old_heads = {head.name: (head.tap, op_chain(head.name, head.ops)) for head in self.old.aux}
        tapped = {head.tap for head in self.new.aux if enters_comparison(heads[head.name])}
        picture = FeatureMap((0, 1, 2), (3, *[self.old.input_size] * 2), (3, *[self.new.input_size] * 2))
        start = WalkContext("", picture)
        taps = dict(self.steps(stage_chain(self.old), stage_chain(self.new), start, tapped))
        for head in self.new.aux:
            tap, old_chain = old_heads.pop(head.name, ("", ()))
            if tap == head.tap and tap in taps:
                self.chain(old_chain, heads[head.name], WalkContext(head.name, taps[tap], trunk=taps[tap]))
            else:
                self.note(head.name, "new", "The auxiliary head is new.")
        for name in old_heads:
            self.note(name, "gone", "The auxiliary head is left out.")

    def chain(self, old: Chain, new: Chain, context: WalkContext) -> FeatureMap:
        """What leaves the parts of a chain, in order."""
        *_, (_, features) = self.steps(old, new, context)
        return features

    def steps(
        self, old: Chain, new: Chain, context: WalkContext, tapped: Collection[str] = ()
    ) -> Iterator[tuple[str, FeatureMap]]:
        """Both chains in step: at the start and after each new part, the old stage passed last and what leaves it.

        ``tapped``: see :func:`normalised_across`.
        """
        pairs = matched(old, new)
        zeros = normalised_across(new, context.added_must_be_zero, tapped)
        last = last_mixing(new)
        at, features = self._gone_parts(old, 0, pairs, context)
        yield _stage_before(old, at), features
        for number, (path, part) in enumerate(new):
            here = replace(context, path=path, features=features, added_must_be_zero=zeros[number])
            if path in pairs:
                here = replace(here, splits=(split_after(old[at + 1 :]), split_after(new[number + 1 :])))
                features = self.part(old[at][1], part, here if number == last else replace(here, wanted=None))
                if context.trunk is None and has_filters(part):  # one stage that reads something else is enough
                    features = replace(features, known=True)
                at += 1
            else:
                features = self.inserted(part, here)
            at, features = self._gone_parts(old, at, pairs, replace(context, features=features))
            yield _stage_before(old, at), features

    def _gone_parts(
        self, old: Chain, at: int, pairs: Mapping[str, int], context: WalkContext
    ) -> tuple[int, FeatureMap]:
        """Past the old parts from ``at`` on that the new chain lacks: the place after them, and what arrives there."""
        features = context.features
        while at < len(old) and old[at][0] not in pairs:
            path, part = old[at]
            features = self.gone(part, replace(context, path=path, features=features))
            at += 1
        return at, features

    def part(self, old: ChainPart, new: ChainPart, context: WalkContext) -> FeatureMap:
        """A part that both networks have."""
        if isinstance(old, Weighted) and isinstance(new, Weighted):
            return self.weighted(old, new, context)
        match old, new:
            case Fork(), Fork():
                return self.parallel(old, new, context)
            case Inception(), Inception():
                return self.parallel(old, new, replace(context, trunk=context.features, wanted=None))
            case Residual(), Residual():
                return self.residual(old, new, context)
            case (SplitConv(), SplitConv()):
                self.layers.split(old, new, context)
                return self._after(old, new, context)
            case _:  # pools and the like keep the channels
                if isinstance(new, Channelwise):
                    self.layers.channelwise(context)
                after = self._after(old, new, context)
                before, now = after.old[0], after.new[0]
                if isinstance(new, LayerNorm) and before != now:
                    text = f"It takes mean and variance of {now} channels, not {before}, so the output is not the same."
                    self.note(context.path, "norm", text, before, now)
                return after

    def weighted(self, old: Weighted, new: Weighted, context: WalkContext) -> FeatureMap:
        """An op with weights. Where both have the block's own width, its channels are those of the block's input."""
        linear = isinstance(new, Linear)
        wanted = context.wanted
        if wanted is None and new.width is None and old.width is None and not linear:
            wanted = context.block_input.sources
        after = self._after(old, new, context)
        here = replace(
            context,
            features=context.features.flattened() if linear else context.features,
            added_must_be_zero=context.added_must_be_zero or wanted is not None,
            wanted=wanted,
        )
        sources = self.layers.op(old, new, here, after.new[0])
        return replace(after, sources=sources, known=here.features.known and here.features.carried)

    def parallel(self, old: Block | Fork, new: Block | Fork, context: WalkContext) -> FeatureMap:
        """Lanes on the same input, concatenated; each gives its own cut of what is wanted."""
        features, block_input = context.features, context.block_input
        old_lanes, outputs = lanes(context.path, old), dict[str, FeatureMap]()
        width = block_input.old[0]
        shapes = {lane: _chain_shape(ops, features.old, self.old, width) for lane, ops in old_lanes.items()}
        starts = dict(zip(shapes, accumulate((shape[0] for shape in shapes.values()), initial=0), strict=False))
        done = 0
        for lane, ops in lanes(context.path, new).items():
            shape = _chain_shape(ops, features.new, self.new, block_input.new[0])
            wanted = None if context.wanted is None else context.wanted[done : done + shape[0]]
            done += shape[0]
            if lane not in old_lanes:
                self.note(lane, "new", "It is new, and what reads it starts at zero.", None, shape[0])
                outputs[lane] = FeatureMap((NEW,) * shape[0], (), shape)
                continue
            if wanted is not None:
                start, count = starts[lane], shapes[lane][0]
                wanted = tuple(s - start if 0 <= s - start < count else NEW for s in wanted)
            inside = replace(context, path=lane, trunk=block_input, wanted=wanted)
            outputs[lane] = self.chain(old_lanes[lane], ops, inside)
        for lane, shape in shapes.items():
            if lane not in outputs:
                self.note(lane, "gone", "It is left out.", shape[0])
        return side_by_side(outputs, shapes)

    def residual(self, old: Residual, new: Residual, context: WalkContext) -> FeatureMap:
        """The trunk keeps its channels; after a shortcut convolution it has those of the branches."""
        features = context.features
        straight = new.shortcut_stride is None
        shapes = block_shape(old, features.old), block_shape(new, features.new)
        width = shapes[1][0]
        inside = replace(
            context,
            trunk=features,
            added_must_be_zero=context.added_must_be_zero and not new.projection,
            wanted=features.sources if straight and not new.projection else None,
        )
        joined = self.parallel(old, new, inside)
        sources = features.sources if straight else joined.sources
        if new.projection and old.projection and (joined.known or not features.known):
            here = replace(context, features=joined, added_must_be_zero=True, wanted=sources)
            self.layers.layer("proj", (PROJECTION, PROJECTION), here, width)
        elif new.projection or (straight and features.known and not joined.known):
            self.silence(context.path, new)
            self.note(context.path, "new", "What the block adds is new and starts at zero.", None, width)
        if not straight and old.shortcut_stride:
            units = replace(self.old.unit, activation="none"), replace(self.new.unit, activation="none")
            here = replace(context, path=f"{context.path}.shortcut", wanted=sources)
            self.layers.layer("conv", units, here, width)
        out = FeatureMap(sources, *shapes, features.known if straight else joined.known)
        return out if straight == (old.shortcut_stride is None) else out.lost()

    def _after(self, old: ChainPart, new: ChainPart, context: WalkContext) -> FeatureMap:
        """What leaves a part that keeps the channels."""
        features, block_input = context.features, context.block_input
        before = _part_shape(old, features.old, self.old, block_input.old[0])
        after = _part_shape(new, features.new, self.new, block_input.new[0])
        return FeatureMap(features.sources, before, after, features.known and features.carried)

    # --- parts that only one network has -----------------------------------------------------------------------------

    def gone(self, part: ChainPart, context: WalkContext) -> FeatureMap:
        """A part that only the old network has."""
        shape = _part_shape(part, context.features.old, self.old, context.block_input.old[0])
        features = replace(context.features, old=shape)
        match part:
            case Residual(shortcut_stride=None):
                self.note(context.path, "gone", "The block is left out; its trunk goes on.")
                return features
            case _ if has_filters(part):
                self.note(context.path, "gone", "It is left out.", shape[0])
                return features.lost()
            case _ if isinstance(part, Channelwise):
                self.note(context.path, "gone", "It is left out.", shape[0])
                return features
            case _:
                return features

    def inserted(self, part: ChainPart, context: WalkContext) -> FeatureMap:
        """A part that only the new network has."""
        path, features = context.path, context.features
        shape = _part_shape(part, features.new, self.new, context.block_input.new[0])
        after = replace(features, new=shape)
        if isinstance(part, Weighted) and features.carried:
            self.note(path, "identity", "It is new and starts by passing its input on.", None, shape[0])
            return self.layers.passing(part, context, shape)
        match part:
            case Fork() if features.carried:
                inside = replace(context, trunk=context.block_input)
                outs = [self.inserted(op, replace(inside, path=lane)) for lane, ((_, op),) in lanes(path, part).items()]
                return replace(after, sources=tuple(source for out in outs for source in out.sources))
            case Norm() | SplitConv():
                self.note(path, "identity", "It is new and starts by passing its input on.", None, shape[0])
                self.layers.passing_channels(part, path, shape[0])
                return after
            case Residual(shortcut_stride=None):
                self.silence(path, part)
                self.note(path, "identity", "The block is new and adds zero at first.", None, shape[0])
                return after
            case _ if has_filters(part):
                self.note(path, "new", "It is new.", None, shape[0])
                return after.lost()
            case LayerNorm() | LayerScale():
                self.note(path, "new", "It is new.", None, shape[0])
                return after
            case _:
                return after

    def silence(self, path: str, block: Residual) -> None:
        """Make a new block, or a new projection, add zero: the last weights before the sum are zero."""
        if block.projection:
            self.layers.zero(f"{path}.proj.weight")
            return
        for ops in lanes(path, block).values():
            for where, last in ops[last_mixing(ops) :][:1]:
                for key, op in op_chain(where, last.ops) if isinstance(last, Fork) else [(where, last)]:
                    self.layers.silence(key, op)


def _stage_before(old: Chain, at: int) -> str:
    """The stage of the part before ``at``; empty at the start."""
    return old[at - 1][0].partition(".")[0] if at else ""


def _part_shape(part: ChainPart, shape: Shape, arch: Arch, block_channels: int) -> Shape:
    if isinstance(part, Inception | Residual):
        return block_shape(part, shape, arch.classes)
    return op_shape(part, shape, arch.classes, part.name, block_channels)


def _chain_shape(chain: Chain, shape: Shape, arch: Arch, block_channels: int) -> Shape:
    for _, part in chain:
        shape = _part_shape(part, shape, arch, block_channels)
    return shape
