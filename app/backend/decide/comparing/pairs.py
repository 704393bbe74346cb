"""Two stages side by side, op by op: what became of each, in words and with its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from inception_models.arch.spec import Repeat, Residual
from inception_models.arch.tree import Part
from inception_models.edits.diff import part_changes

from .alignment import aligned
from .comparison import Fate, OpPair, PartDifference, StagePair
from .stage_parts import OpSide, StageSide


def stage_worth(a: StageSide, b: StageSide) -> float:
    """What it is worth to lay two stages side by side: most where they have one name."""
    if a.aux is not b.aux:
        return 0
    if a.name == b.name:
        return 1000
    if _plain_name(a.name) == _plain_name(b.name):
        return 500
    if a.kind != b.kind:
        return 0
    ours, theirs = (Counter(op.signature for op in side.ops) for side in (a, b))
    common = (ours & theirs).total() / max(ours.total(), theirs.total(), 1)
    return 1 + 20 * common**2 + (a.out_shape[1:] == b.out_shape[1:])


def _plain_name(name: str) -> str:
    """A name without what is a matter of taste: ``inception_4a`` and ``inception4a`` are one."""
    return name.replace("_", "").lower()


def stage_pair(a: StageSide | None, b: StageSide | None) -> StagePair:
    """Two stages that were laid side by side, or one that has no partner."""
    if a is None or b is None:
        one = a or b
        assert one is not None, "a pair has at least one side"
        fate: Fate = "added" if a is None else "removed"
        return StagePair(a, b, fate, (f"{one.name} {fate}: {one.words}",), ())
    pairs = aligned(a.ops, b.ops, _op_worth)
    ops = tuple(_op_pair(b.name, None if i is None else a.ops[i], None if j is None else b.ops[j]) for i, j in pairs)
    own = tuple(_own_changes(a, b))
    fates = {op.fate for op in ops} | ({"changed"} if own else set())
    if fates & {"added", "removed", "changed"}:
        return StagePair(a, b, "changed", own, ops)
    follows = "follows" in fates or (a.params, a.macs) != (b.params, b.macs)
    return StagePair(a, b, "follows" if follows else "same", (), ops)


def _own_changes(a: StageSide, b: StageSide) -> Iterator[str]:
    """What differs in two stages beside their ops: the number of copies, and a residual block's own numbers."""
    if a.copies != b.copies:
        yield f"{b.name}: {a.copies} → {b.copies} copies"
    if a.spec is None or b.spec is None:
        return
    old, new = _block(a.spec), _block(b.spec)
    if isinstance(old, Residual) and isinstance(new, Residual):
        bare = part_changes(b.name, old, new)
        yield from (change.sentence() for change in bare if change.path == b.name and change.kind not in ("order",))


def _block(spec: Part) -> Part:
    return spec.block if isinstance(spec, Repeat) else spec


# --- ops -------------------------------------------------------------------------------------------------------------


def _op_worth(a: OpSide, b: OpSide) -> float:
    if a.path == b.path:
        return 100
    if a.signature != b.signature:
        return 0
    return 3 if a.branch == b.branch else 2


def _op_pair(stage: str, a: OpSide | None, b: OpSide | None) -> OpPair:
    where = _path(stage, (b or a).path)  # type: ignore[union-attr]  # a pair has at least one side
    if a is None:
        assert b is not None
        return OpPair(a, b, "added", (f"{where} added: {b.words}",))
    if b is None:
        return OpPair(a, b, "removed", (f"{where} removed: {a.words}",))
    sentences = tuple(_op_changes(where, a, b))
    if sentences:
        return OpPair(a, b, "changed", sentences)
    return OpPair(a, b, "same" if (a.params, a.macs) == (b.params, b.macs) else "follows", ())


def _op_changes(where: str, a: OpSide, b: OpSide) -> Iterator[str]:
    if a.spec is not None and b.spec is not None:
        yield from (change.sentence() for change in part_changes(where, a.spec, b.spec))
        return
    if a.layer is None or b.layer is None:
        return
    if a.signature != b.signature:
        yield f"{where}: {a.layer.words} → {b.layer.words}"
    if a.layer.width != b.layer.width and a.layer.rules.weights == b.layer.rules.weights == "filters":
        yield f"{where}: {a.layer.width} → {b.layer.width} filters"


def _path(stage: str, op: str) -> str:
    return f"{stage}.{op}" if op else stage


def part_differences(pair: StagePair) -> Iterator[PartDifference]:
    """What differs in a pair of stages; its costs add up to the difference of the two."""
    if pair.fate == "same":
        return
    one = pair.b or pair.a
    assert one is not None, "a pair has at least one side"
    params = (pair.b.params if pair.b else 0) - (pair.a.params if pair.a else 0)
    macs = (pair.b.macs if pair.b else 0) - (pair.a.macs if pair.a else 0)
    if pair.a is None or pair.b is None:
        yield PartDifference(one.name, "added" if pair.a is None else "removed", pair.sentences, params, macs, one.aux)
        return
    inside = [(op, _costs(op)) for op in pair.ops if op.fate != "same"]
    left = params - sum(cost[0] for _, cost in inside), macs - sum(cost[1] for _, cost in inside)
    if pair.sentences or left != (0, 0):
        yield PartDifference(one.name, "changed" if pair.sentences else "follows", pair.sentences, *left, one.aux)
    for op, cost in inside:
        side = op.b or op.a
        if side is not None and op.fate != "same":
            yield PartDifference(_path(one.name, side.path), op.fate, op.sentences, *cost, one.aux)


def _costs(op: OpPair) -> tuple[int, int]:
    params = (op.b.params if op.b else 0) - (op.a.params if op.a else 0)
    return params, (op.b.macs if op.b else 0) - (op.a.macs if op.a else 0)
