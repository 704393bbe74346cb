"""Walking a network, finding its parts by their path, and replacing them. Unchanged parts are shared.

Nothing here asks whether the result fits together: that is what :func:`inception_models.arch.rules.checked` is for.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar, cast

from .spec import Arch, AuxHead, Block, Branch, Fork, Inception, Op, Repeat, Residual, Stage

Part = Stage | Branch | AuxHead


def walk(arch: Arch) -> Iterator[tuple[str, Op]]:
    """Every op of the network with its path, in the order of the forward pass; aux heads last."""
    for part in (*arch.stages, *arch.aux):
        yield from _walk(part, part.name)


def _walk(part: Part, path: str) -> Iterator[tuple[str, Op]]:
    match part:
        case Repeat() | Inception() | Residual() | Branch() | AuxHead() | Fork():
            for child in children(part):
                yield from _walk(child, f"{path}.{child.name}")
        case _:
            yield path, part


def children(part: Part) -> tuple[Part, ...]:
    """The parts that a part is made of and that have names below its own: branches of a block, ops of a branch."""
    match part:
        case Repeat():
            return part.block.branches
        case Inception() | Residual():
            return part.branches
        case Branch() | AuxHead() | Fork():
            return part.ops
        case _:
            return ()


# --- finding ---------------------------------------------------------------------------------------------------------


def unknown(path: str, known: Iterable[str], what: str) -> ValueError:
    """The error for a path that leads nowhere, with the nearest that does."""
    known = list(known)
    if not known:
        return ValueError(f"This network does not have {what}, so {str(path)[:80]!r} leads nowhere.")
    near = difflib.get_close_matches(str(path)[:200], known, n=1, cutoff=0.4)
    hint = f"; did you mean {near[0]}?" if near else "."
    return ValueError(f"{str(path)[:80]!r} is not the path of {what} in this network{hint}")


def blocks(arch: Arch) -> dict[str, Block]:
    """Every block by its path, a repeated one once."""
    by_path: dict[str, Block] = {}
    for stage in arch.stages:
        match stage:
            case Repeat():
                by_path[stage.name] = stage.block
            case Inception() | Residual():
                by_path[stage.name] = stage
            case _:
                pass
    return by_path


def block_at(arch: Arch, path: str) -> Block:
    """The block of this path; ValueError where there is none."""
    known = blocks(arch)
    if path not in known:
        raise unknown(path, known, "a block")
    return known[path]


def branch_at(arch: Arch, path: str) -> tuple[Block, Branch]:
    """The branch of this path with its block; ValueError where there is none."""
    known = {f"{name}.{b.name}": (block, b) for name, block in blocks(arch).items() for b in block.branches}
    if path not in known:
        raise unknown(path, known, "a branch")
    return known[path]


def row_of(arch: Arch, path: str) -> tuple[Stage, ...]:
    """The row that the part of this path belongs to: the network's stages, or the ops of a branch or of an aux head.

    Raises:
        ValueError: where there is no such part, or where it is one of a fork's.
    """
    container, _, name = path.rpartition(".")
    rows: dict[str, tuple[Stage, ...]] = {"": arch.stages} | {head.name: head.ops for head in arch.aux}
    rows |= {f"{name}.{b.name}": b.ops for name, block in blocks(arch).items() for b in block.branches}
    row = rows.get(container, ())
    if any(part.name == name for part in row):
        return row
    if path in dict(walk(arch)):
        raise ValueError(f"{path} is beside other ops in a fork, not in a row; choose an op of a branch.")
    raise unknown(path, [f"{where}.{part.name}" for where, parts in rows.items() if where for part in parts], "an op")


# --- replacing -------------------------------------------------------------------------------------------------------


def map_ops(arch: Arch, visit: Callable[[str, Op], Op]) -> Arch:
    """``arch`` with every op replaced by ``visit(path, op)``; ``arch`` itself where nothing changes."""
    stages = tuple(_map_stage(stage, stage.name, visit) for stage in arch.stages)
    heads = tuple(_map_row(head, head.name, visit) for head in arch.aux)
    if _same(stages, arch.stages) and _same(heads, arch.aux):
        return arch
    return replace(arch, stages=stages, aux=heads)


def _map_stage(stage: Stage, path: str, visit: Callable[[str, Op], Op]) -> Stage:
    match stage:
        case Repeat():
            block = _map_block(stage.block, path, visit)
            return stage if block is stage.block else replace(stage, block=block)
        case Inception() | Residual():
            return _map_block(stage, path, visit)
        case _:
            return _map_op(stage, path, visit)


def _map_block(block: Block, path: str, visit: Callable[[str, Op], Op]) -> Block:
    branches = tuple(_map_row(b, f"{path}.{b.name}", visit) for b in block.branches)
    return block if _same(branches, block.branches) else replace(block, branches=branches)


def _map_op(op: Op, path: str, visit: Callable[[str, Op], Op]) -> Op:
    return _map_row(op, path, visit) if isinstance(op, Fork) else visit(path, op)


_OpRow = TypeVar("_OpRow", Branch, AuxHead, Fork)


def _map_row(row: _OpRow, path: str, visit: Callable[[str, Op], Op]) -> _OpRow:
    ops = tuple(_map_op(op, f"{path}.{op.name}", visit) for op in row.ops)
    return row if _same(ops, row.ops) else replace(row, ops=ops)  # type: ignore[arg-type]  # a fork's are convolutions


def _same(new: tuple[object, ...], old: tuple[object, ...]) -> bool:
    return all(a is b for a, b in zip(new, old, strict=True))


def map_stages(arch: Arch, visit: Callable[[Stage], Stage]) -> Arch:
    """``arch`` with every stage replaced by ``visit(stage)``; ``arch`` itself where nothing changes."""
    stages = tuple(visit(stage) for stage in arch.stages)
    return arch if _same(stages, arch.stages) else replace(arch, stages=stages)


def map_blocks(arch: Arch, visit: Callable[[Block], Block]) -> Arch:
    """``arch`` with every block, a repeated one once, replaced by ``visit(block)``."""

    def stage(old: Stage) -> Stage:
        match old:
            case Repeat():
                block = visit(old.block)
                return old if block is old.block else replace(old, block=block)
            case Inception() | Residual():
                return visit(old)
            case _:
                return old

    return map_stages(arch, stage)


def with_block(arch: Arch, block: Block) -> Arch:
    """``arch`` with ``block`` in place of the one of the same name."""
    return map_blocks(arch, lambda old: block if old.name == block.name else old)


def spliced(arch: Arch, path: str, ops: tuple[Op, ...], before: int = 0) -> Arch:
    """``arch`` with ``ops`` in place of the op at ``path`` and of the ``before`` ops in front of it.

    Raises:
        ValueError: as :func:`row_of`.
    """
    row = row_of(arch, path)
    container, _, name = path.rpartition(".")
    at = [op.name for op in row].index(name)
    stages = (*row[: at - before], *ops, *row[at + 1 :])
    if not container:
        return replace(arch, stages=stages)
    inside = cast(tuple[Op, ...], stages)
    if any(head.name == container for head in arch.aux):
        return replace(arch, aux=tuple(replace(h, ops=inside) if h.name == container else h for h in arch.aux))
    block, branch = branch_at(arch, container)
    branches = tuple(replace(b, ops=inside) if b.name == branch.name else b for b in block.branches)
    return with_block(arch, replace(block, branches=branches))
