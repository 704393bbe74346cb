"""Which channel of one network is which channel of another, edited one, at one place of both. No torch.

Carrying trained weights over (:mod:`.resize`) walks both networks at once, from one :class:`FeatureMap` to the next. A
convolution takes its filters by one map of channels, chosen there, and reads by the map of what arrives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ..arch.shapes import Shape
from ..arch.spec import (
    Arch,
    Block,
    Fork,
    Inception,
    Op,
    Repeat,
    Residual,
    SplitConv,
)

NEW = -1
Sources = tuple[int, ...]
"""For every channel of the new network's feature map the channel of the old one's that it equals, or NEW."""
ChainPart = Op | Block
Chain = tuple[tuple[str, ChainPart], ...]
"""Parts one after another, with their paths; the copies of a repeat one by one."""


@dataclass(frozen=True, slots=True)
class FeatureMap:
    """The feature map at one place: its channels in terms of the old network's, and its shape in both."""

    sources: Sources
    old: Shape
    new: Shape
    known: bool = True  # False: the channels only take the place of their sources, and are computed from others

    @property
    def carried(self) -> bool:
        """Whether the old network has any of it."""
        return any(source != NEW for source in self.sources)

    def lost(self) -> FeatureMap:
        """Something else, which takes the place of the old feature map where it has as many channels."""
        count = self.new[0]
        sources = tuple(range(count)) if count == self.old[0] else (NEW,) * count
        return replace(self, sources=sources, known=False)

    def flattened(self) -> FeatureMap:
        """As a fully connected layer sees it: each channel has as many places as the grid has cells."""
        cells = [shape[1] * shape[2] if len(shape) == 3 else 1 for shape in (self.old, self.new)]
        flat = replace(self, old=(self.old[0] * cells[0],), new=(self.new[0] * cells[1],))
        return flat.lost() if self.old[1:] != self.new[1:] else replace(flat, sources=spread(self.sources, cells[0]))


def grown(before: int, after: int, copies: bool = True) -> Sources:
    """``before`` channels in their order; beyond them copies, the same number of each or one more (or NEW ones)."""
    return tuple(c % before if copies or c < before else NEW for c in range(after))


def spread(sources: Sources, old: int, new: int | None = None) -> Sources:
    """Where each channel becomes ``old`` channels in the old network and ``new`` in the new one."""
    return tuple(
        s * old + part if s != NEW and part < old else NEW
        for s in sources
        for part in range(old if new is None else new)
    )


def shares(sources: Sources) -> list[float]:
    """What a reader multiplies its weights by, so that copies together count once; nothing for NEW channels."""
    copies = Counter(sources)
    return [0.0 if s == NEW else 1 / copies[s] for s in sources]


def is_same(sources: Sources, before: int) -> bool:
    """Whether nothing changes."""
    return sources == tuple(range(before))


# --- trees as chains -------------------------------------------------------------------------------------------------


def stage_chain(arch: Arch) -> Chain:
    """The network's stages in order."""
    chain: list[tuple[str, ChainPart]] = []
    for stage in arch.stages:
        if isinstance(stage, Repeat):
            chain += [(f"{stage.name}.{number}", stage.block) for number in range(stage.times)]
        else:
            chain.append((stage.name, stage))
    return tuple(chain)


def op_chain(where: str, ops: Iterable[Op]) -> Chain:
    """The ops of a branch or an auxiliary head in order."""
    return tuple((f"{where}.{op.name}", op) for op in ops)


def lanes(path: str, part: Block | Fork) -> dict[str, Chain]:
    """What a block or a fork has side by side, by path."""
    if isinstance(part, Fork):
        return {lane: ((lane, op),) for lane, op in op_chain(path, part.ops)}
    return {f"{path}.{b.name}": op_chain(f"{path}.{b.name}", b.ops) for b in part.branches}


def matched(old: Chain, new: Chain) -> dict[str, int]:
    """For the path of each new part its place in the old chain, where one of its kind has that path, in order."""
    places = {path: at for at, (path, _) in enumerate(old)}
    pairs: dict[str, int] = {}
    last = -1
    for path, part in new:
        at = places.get(path, -1)
        if at > last and type(old[at][1]) is type(part):
            pairs[path] = last = at
    return pairs


def normalised_across(chain: Chain, after: bool = False, tapped: Collection[str] = ()) -> list[bool]:
    """For the output of each part, whether a normalisation across channels reads it before anything mixes them.

    ``after``: whether one reads what leaves the chain; ``tapped``: stages from which an auxiliary head reads into one.
    """
    backwards: list[bool] = []
    for path, part in reversed(chain):
        after = after or path.partition(".")[0] in tapped
        backwards.append(after)
        after = _is_compared(part, after)
    return backwards[::-1]


def enters_comparison(chain: Chain, after: bool = False) -> bool:
    """The same for what enters the chain."""
    for _, part in reversed(chain):
        after = _is_compared(part, after)
    return after


def _is_compared(part: ChainPart, after: bool) -> bool:
    match part:
        case Inception():
            return any(enters_comparison(lane, after) for lane in lanes("", part).values())
        case Residual():
            straight = after and part.shortcut_stride is None
            joined = after and not part.projection
            return straight or any(enters_comparison(lane, joined) for lane in lanes("", part).values())
        case _:
            return part.channels == "compares" or (part.channels == "keeps" and after)


def split_after(chain: Chain) -> SplitConv | None:
    """The first split convolution that the channels entering the chain reach before anything mixes them."""
    for _, part in chain:
        if isinstance(part, SplitConv):
            return part
        if isinstance(part, Block):
            inside = (split_after(lane) for lane in lanes("", part).values())
            if (found := next(filter(None, inside), None)) is not None:
                return found
        if has_filters(part) and not (isinstance(part, Residual) and part.shortcut_stride is None):
            return None
    return None


def has_filters(part: ChainPart) -> bool:
    """Whether the part has weights, so that what leaves it is something else than what enters."""
    return isinstance(part, Block) or part.channels == "mixes"


def last_mixing(chain: Chain) -> int:
    """The place of the last part with filters, which decides what the chain's channels are; -1 where there is none."""
    return max((at for at, (_, part) in enumerate(chain) if has_filters(part)), default=-1)


def side_by_side(outputs: Mapping[str, FeatureMap], old: Mapping[str, Shape]) -> FeatureMap:
    """The ``outputs`` of the new network's lanes, concatenated. ``old``: the shapes of the old network's lanes."""
    starts: dict[str, int] = {}
    channels = 0
    for path, shape in old.items():
        starts[path] = channels
        channels += shape[0]
    known = any(output.known and output.carried for output in outputs.values())
    sources: list[int] = []
    for path, output in outputs.items():
        here = output.known or not known  # beside channels that are known, nothing else takes the place of an old one
        sources += (s + starts[path] if here and s != NEW else NEW for s in output.sources)
    first_old, first_new = next(iter(old.values())), next(iter(outputs.values())).new
    return FeatureMap(tuple(sources), (channels, *first_old[1:]), (len(sources), *first_new[1:]), known)
