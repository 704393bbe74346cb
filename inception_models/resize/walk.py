"""Through an old and an edited network in step: which value of the one arrives where in the other (:mod:`.resize`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..arch.shapes import Shape, block_shape, op_shape
from ..arch.spec import Arch, Block, Conv, Fork, Inception, Linear, Residual, SepConv, Unit
from .channels import (
    NEW,
    Chain,
    ChainPart,
    FeatureMap,
    Sources,
    compared,
    enters_comparison,
    has_filters,
    lanes,
    last_mixing,
    matched,
    op_chain,
    side_by_side,
    stage_chain,
)
from .layers import CarriedLayers, Place

PROJECTION = Unit(bias=True, norm=None, activation="none")


class Walk:
    """Through both networks at once, with the value in hand that flows there."""

    def __init__(self, layers: CarriedLayers, old: Arch, new: Arch) -> None:
        self.layers, self.old, self.new = layers, old, new
        self.note = layers.note

    # --- rows and blocks ---------------------------------------------------------------------------------------------

    def network(self) -> None:
        """The stages, then the auxiliary heads, each from the value at its tap."""
        rows = {head.name: op_chain(head.name, head.ops) for head in (*self.old.aux, *self.new.aux)}
        old_rows = {head.name: (head.tap, op_chain(head.name, head.ops)) for head in self.old.aux}
        tapped = {head.tap for head in self.new.aux if enters_comparison(rows[head.name])}
        old, new = stage_chain(self.old), stage_chain(self.new)
        start = FeatureMap((0, 1, 2), (3, *[self.old.input_size] * 2), (3, *[self.new.input_size] * 2))
        taps = dict(self.steps(old, new, start, compared(new, tapped=tapped)))
        for head in self.new.aux:
            tap, old_row = old_rows.pop(head.name, ("", ()))
            if tap == head.tap and tap in taps:
                self.row(old_row, rows[head.name], taps[tap], False, taps[tap])
            else:
                self.note(head.name, "new", "The auxiliary head is new.")
        for name in old_rows:
            self.note(name, "gone", "The auxiliary head is left out.")

    def row(
        self, old: Chain, new: Chain, value: FeatureMap, after: bool, trunk: FeatureMap, wanted: Sources | None = None
    ) -> FeatureMap:
        """What leaves the row, from the ``value`` that enters it. ``after``: see :func:`compared`."""
        *_, (_, found) = self.steps(old, new, value, compared(new, after), trunk, wanted)
        return found

    def steps(
        self,
        old: Chain,
        new: Chain,
        value: FeatureMap,
        added_must_be_zero: Sequence[bool],
        trunk: FeatureMap | None = None,
        wanted: Sources | None = None,
    ) -> Iterator[tuple[str, FeatureMap]]:
        """Both rows in step: at the start and behind each new part, the old stage that was passed last and the value.

        ``trunk``: what entered the block, None outside of one; ``wanted``: which channels the row must give.
        """
        pairs = matched(old, new)
        at = 0
        last = last_mixing(new)
        for number in range(-1, len(new)):
            if number >= 0:
                path, part = new[number]
                if path in pairs:
                    want = wanted if number == last else None
                    value = self.part(path, old[at][1], part, value, added_must_be_zero[number], trunk or value, want)
                    if trunk is None and has_filters(part):  # one stage that reads something else is enough
                        value = replace(value, known=True)
                    at += 1
                else:
                    value = self.inserted(path, part, value, added_must_be_zero[number], trunk or value)
            while at < len(old) and old[at][0] not in pairs:
                value = self.gone(*old[at], value, trunk or value)
                at += 1
            yield old[at - 1][0].partition(".")[0] if at else "", value

    def part(
        self,
        path: str,
        old: ChainPart,
        new: ChainPart,
        value: FeatureMap,
        added_must_be_zero: bool,
        trunk: FeatureMap,
        wanted: Sources | None,
    ) -> FeatureMap:
        """A part that both networks have. ``added_must_be_zero``: what is added to its output must be zero."""
        before = _behind(old, value.old, self.old, trunk.old[0])
        after = _behind(new, value.new, self.new, trunk.new[0])
        sources = value.sources
        match old, new:
            case ((Conv() | SepConv() | Linear() as was), (Conv() | SepConv() | Linear() as op)):
                if wanted is None and op.width is None and was.width is None and not isinstance(op, Linear):
                    wanted = trunk.sources
                if isinstance(op, Linear):
                    value = value.flattened()
                place = Place(path, value, after[0], added_must_be_zero or wanted is not None, wanted)
                sources = self.layers.op(was, op, place)
            case Fork(), Fork():
                return self.parallel(path, old, new, value, added_must_be_zero, trunk, wanted)
            case Inception(), Inception():
                return self.parallel(path, old, new, value, added_must_be_zero, value)
            case Residual(), Residual():
                return self.residual(path, old, new, value, added_must_be_zero)
            case _:
                pass  # pools and the like have no weights and keep the channels
        return FeatureMap(sources, before, after, value.known and value.carried)

    def parallel(
        self,
        path: str,
        old: Block | Fork,
        new: Block | Fork,
        value: FeatureMap,
        added_must_be_zero: bool,
        trunk: FeatureMap,
        wanted: Sources | None = None,
    ) -> FeatureMap:
        """Lanes on the same input, concatenated."""
        old_lanes, values = lanes(path, old), dict[str, FeatureMap]()
        shapes = {lane: _row_shape(row, value.old, self.old, trunk.old[0]) for lane, row in old_lanes.items()}
        starts = {lane: sum(shape[0] for shape in [*shapes.values()][:n]) for n, lane in enumerate(shapes)}
        done = 0
        for lane, row in lanes(path, new).items():
            shape = _row_shape(row, value.new, self.new, trunk.new[0])
            here = None if wanted is None else wanted[done : done + shape[0]]
            done += shape[0]
            if lane not in old_lanes:
                self.note(lane, "new", "It is new, and what reads it starts at zero.", None, shape[0])
                values[lane] = FeatureMap((NEW,) * shape[0], (), shape)
                continue
            if here is not None:
                here = tuple(s - starts[lane] if 0 <= s - starts[lane] < shapes[lane][0] else NEW for s in here)
            values[lane] = self.row(old_lanes[lane], row, value, added_must_be_zero, trunk, here)
        for lane, shape in shapes.items():
            if lane not in values:
                self.note(lane, "gone", "It is left out.", shape[0])
        return side_by_side(values, shapes)

    def residual(
        self, path: str, old: Residual, new: Residual, value: FeatureMap, added_must_be_zero: bool
    ) -> FeatureMap:
        """The trunk keeps its channels; behind a shortcut convolution it has those of the branches."""
        straight = new.shortcut_stride is None
        shapes = block_shape(old, value.old), block_shape(new, value.new)
        wanted = value.sources if straight and not new.projection else None
        joined = self.parallel(path, old, new, value, added_must_be_zero and not new.projection, value, wanted)
        sources = value.sources if straight else joined.sources
        if new.projection and old.projection and (joined.known or not value.known):
            place = Place(path, joined, shapes[1][0], True, sources)
            self.layers.layer("proj", (PROJECTION, PROJECTION), place)
        elif new.projection or (straight and value.known and not joined.known):
            self.silence(path, new)
            self.note(path, "new", "What the block adds is new and starts at zero.", None, shapes[1][0])
        if not straight and old.shortcut_stride:
            units = replace(self.old.unit, activation="none"), replace(self.new.unit, activation="none")
            place = Place(f"{path}.shortcut", value, shapes[1][0], added_must_be_zero, sources)
            self.layers.layer("conv", units, place)
        known = value.known if straight else joined.known
        found = FeatureMap(sources, *shapes, known)
        return found if straight == (old.shortcut_stride is None) else found.lost()

    # --- parts that only one network has -----------------------------------------------------------------------------

    def gone(self, path: str, part: ChainPart, value: FeatureMap, trunk: FeatureMap) -> FeatureMap:
        value = replace(value, old=_behind(part, value.old, self.old, trunk.old[0]))
        match part:
            case Residual(shortcut_stride=None):
                self.note(path, "gone", "The block is left out; its trunk goes on.")
                return value
            case Conv() | SepConv() | Linear() | Fork() | Inception() | Residual():
                self.note(path, "gone", "It is left out.", value.old[0])
                return value.lost()
            case _:
                return value

    def inserted(
        self, path: str, part: ChainPart, value: FeatureMap, added_must_be_zero: bool, trunk: FeatureMap
    ) -> FeatureMap:
        after = _behind(part, value.new, self.new, trunk.new[0])
        found = replace(value, new=after)
        match part:
            case Conv() | SepConv() | Linear() if value.carried:
                found = self.layers.passing(path, part, value, after, added_must_be_zero)
                self.note(path, "identity", "It is new and starts by passing its input on.", None, after[0])
                return found
            case Fork() if value.carried:
                outs = [
                    self.inserted(lane, op, value, added_must_be_zero, trunk)
                    for lane, ((_, op),) in lanes(path, part).items()
                ]
                return replace(found, sources=tuple(source for out in outs for source in out.sources))
            case Residual(shortcut_stride=None):
                self.silence(path, part)
                self.note(path, "identity", "The block is new and adds zero at first.", None, after[0])
                return found
            case Conv() | SepConv() | Linear() | Fork() | Inception() | Residual():
                self.note(path, "new", "It is new.", None, after[0])
                return found.lost()
            case _:
                return found

    def silence(self, path: str, block: Residual) -> None:
        """Make a new block, or a new projection, add zero: the weights in front of the sum are zero."""
        if block.projection:
            self.layers.zero(f"{path}.proj.weight")
            return
        for row in lanes(path, block).values():
            for where, last in row[last_mixing(row) :][:1]:
                for key, op in op_chain(where, last.ops) if isinstance(last, Fork) else [(where, last)]:
                    self.layers.silence(key, op)


def _behind(part: ChainPart, shape: Shape, arch: Arch, block_channels: int) -> Shape:
    if isinstance(part, Inception | Residual):
        return block_shape(part, shape, arch.classes)
    return op_shape(part, shape, arch.classes, part.name, block_channels)


def _row_shape(row: Chain, shape: Shape, arch: Arch, block_channels: int) -> Shape:
    for _, part in row:
        shape = _behind(part, shape, arch, block_channels)
    return shape
