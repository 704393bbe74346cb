"""The output shape of every part of a network: pure arithmetic, the one place where sizes are computed. No torch.

A shape is ``(channels, height, width)``, or ``(features,)`` after a fully connected layer.
"""

from __future__ import annotations

from collections.abc import Iterator

from .spec import (
    Arch,
    AuxHead,
    Block,
    Branch,
    Conv,
    Dropout,
    Fork,
    GlobalPool,
    Inception,
    LayerNorm,
    LayerScale,
    Linear,
    LocalResponseNorm,
    Norm,
    Normalize,
    Op,
    Padding,
    Pool,
    Repeat,
    Residual,
    SepConv,
    SplitConv,
    Stage,
)

Shape = tuple[int, ...]


SPLIT_NAMES = ("identity", "square", "wide", "tall")
"""The groups of a split convolution, in order."""


class ShapeError(ValueError):
    """The parts do not fit together; the message names the place and says what would fit."""


def padding_of(padding: Padding, size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Rows of padding before and after a side of ``size`` pixels."""
    match padding:
        case "valid":
            return 0, 0
        case "same":
            return (kernel - 1) // 2, (kernel - 1) // 2
        case "tf":
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            return total // 2, total - total // 2


def window_count(size: int, kernel: int, stride: int, pads: tuple[int, int] = (0, 0), ceil: bool = False) -> int:
    """How many windows of ``kernel`` fit on a side; zero or less where none does.

    With ``ceil`` a last window may hang over the end, but must start inside the input or its left padding (PyTorch).
    """
    span = size + pads[0] + pads[1] - kernel
    count = (-(-span // stride) if ceil else span // stride) + 1
    if ceil and (count - 1) * stride >= size + pads[0]:
        count -= 1
    return count if span >= 0 or ceil else 0


def _slide(op: Conv | SepConv | Pool, shape: Shape, where: str, kernel: tuple[int, int], ceil: bool = False) -> Shape:
    """Height and width of the output of a sliding window."""
    if len(shape) != 3:
        raise ShapeError(f"{where}: a window needs an image, but a vector of {shape[0]} arrives.")
    height, width = (
        window_count(size, k, op.stride, padding_of(op.padding, size, k, op.stride), ceil)
        for size, k in ((shape[1], kernel[0]), (shape[2], kernel[1]))
    )
    if height < 1 or width < 1:
        raise ShapeError(
            f"{where}: a {kernel[0]}x{kernel[1]} window does not fit on the {shape[1]}x{shape[2]} grid there;"
            " a larger input size would."
        )
    return height, width


def op_shape(op: Op, shape: Shape, classes: int, where: str, block_channels: int) -> Shape:
    """The output shape of one op. ``block_channels``: what a width of None means inside a residual block."""
    match op:
        case Conv() | SepConv():
            return (op.width or block_channels, *_slide(op, shape, where, op.kernel))
        case Pool():
            return (shape[0], *_slide(op, shape, where, (op.size, op.size), op.ceil))
        case GlobalPool():
            if len(shape) != 3:
                raise ShapeError(f"{where}: pooling needs an image, but a vector of {shape[0]} arrives.")
            return shape[0], op.size, op.size
        case Linear():
            return (op.width or classes,)
        case Fork():
            return _concat([op_shape(o, shape, classes, f"{where}.{o.name}", block_channels) for o in op.ops], where)
        case LocalResponseNorm() | Dropout() | Normalize() | LayerNorm() | LayerScale():
            return shape
        case Norm():
            if len(shape) != 3:
                raise ShapeError(f"{where}: batch normalisation needs an image, but a vector of {shape[0]} arrives.")
            return shape
        case SplitConv():
            return _split(op, shape, where)


def _split(op: SplitConv, shape: Shape, where: str) -> Shape:
    if len(shape) != 3:
        raise ShapeError(f"{where}: a window needs an image, but a vector of {shape[0]} arrives.")
    if op.square % 2 == 0 or op.band % 2 == 0:
        raise ShapeError(f"{where}: windows of {op.square} and {op.band} would shrink the grid; odd ones would not.")
    if op.groups(shape[0])[0] < 1:
        raise ShapeError(f"{where}: {shape[0]} channels cannot be split into four groups; 4 or more can.")
    return shape


def _concat(shapes: list[Shape], where: str) -> Shape:
    if not shapes:
        raise ShapeError(f"{where}: there is no branch left to concatenate; at least one is needed.")
    if any(len(s) != 3 for s in shapes) or len({s[1:] for s in shapes}) > 1:
        grids = ", ".join("x".join(map(str, s[1:])) if len(s) == 3 else "a vector" for s in shapes)
        raise ShapeError(f"{where}: branches of different grids cannot be concatenated ({grids}); strides must agree.")
    return (sum(s[0] for s in shapes), *shapes[0][1:])


def chain_shape(
    ops: tuple[Op, ...], shape: Shape, classes: int, where: str, block_channels: int | None = None
) -> Shape:
    """The output shape of ops in a row."""
    channels = shape[0] if block_channels is None else block_channels
    for op in ops:
        shape = op_shape(op, shape, classes, f"{where}.{op.name}", channels)
    return shape


def branch_shapes(block: Block, shape: Shape, classes: int = 0) -> list[Shape]:
    """The output shape of each branch, in order."""
    return [chain_shape(b.ops, shape, classes, f"{block.name}.{b.name}", shape[0]) for b in block.branches]


def block_shape(block: Block, shape: Shape, classes: int = 0) -> Shape:
    """The output shape of a block."""
    if len(shape) != 3:
        raise ShapeError(f"{block.name}: a block needs an image, but a vector of {shape[0]} arrives.")
    joined = _concat(branch_shapes(block, shape, classes), block.name)
    match block:
        case Inception():
            return joined
        case Residual():
            out = (shape[0], *joined[1:]) if block.projection and block.shortcut_stride is None else joined
            stride = block.shortcut_stride or 1
            straight = (out[0] if block.shortcut_stride else shape[0], *(-(-s // stride) for s in shape[1:]))
            if straight != out:
                raise ShapeError(
                    f"{block.name}: the branches give {'x'.join(map(str, out))}, which cannot be added to the"
                    f" shortcut's {'x'.join(map(str, straight))}; both must be equal."
                )
            return out


def stage_shape(stage: Stage, shape: Shape, classes: int) -> Shape:
    """The output shape of a stage."""
    match stage:
        case Repeat():
            for _ in range(stage.times):
                before, shape = shape, block_shape(stage.block, shape, classes)
                if shape == before:
                    break
            return shape
        case Inception() | Residual():
            return block_shape(stage, shape, classes)
        case _:
            return op_shape(stage, shape, classes, stage.name, shape[0])


def stage_shapes(arch: Arch) -> Iterator[tuple[Stage | AuxHead, Shape, Shape]]:
    """Every stage, then every aux head, with the shape that enters it and the shape that leaves it.

    Raises:
        ShapeError: where a part does not fit.
    """
    shape: Shape = (3, arch.input_size, arch.input_size)
    taps: dict[str, Shape] = {}
    for stage in arch.stages:
        before, shape = shape, stage_shape(stage, shape, arch.classes)
        taps[stage.name] = shape
        yield stage, before, shape
    for head in arch.aux:
        if head.tap not in taps:
            raise ShapeError(f"{head.name}: there is no stage {head.tap!r} for it to read.")
        yield head, taps[head.tap], chain_shape(head.ops, taps[head.tap], arch.classes, head.name)


def op_input(arch: Arch, path: str) -> tuple[Shape, int]:
    """The shape that enters the op at ``path`` of a stage, branch or head, and what a width of None means there.

    Inside a repeat it is the first copy's.

    Raises:
        KeyError: where there is no such op.
    """
    first, _, rest = path.partition(".")
    part, shape = next((part, before) for part, before, _ in stage_shapes(arch) if part.name == first)
    row: tuple[Op, ...] = ()
    match part:
        case AuxHead():
            row = part.ops
        case Repeat() | Inception() | Residual():
            block = part.block if isinstance(part, Repeat) else part
            row = next((b.ops for b in block.branches if rest.startswith(f"{b.name}.")), ())
        case _:
            return shape, shape[0]
    channels, last = shape[0], path.rpartition(".")[2]
    for op in row:
        if op.name == last:
            return shape, channels
        shape = op_shape(op, shape, arch.classes, path, channels)
    raise KeyError(path)


def out_widths(part: Stage | AuxHead | Branch, shape: Shape, classes: int) -> dict[str, int]:
    """Output channels of every weighted op below ``part``, derived ones included, by path relative to ``part``.

    ``""`` is the part itself where it is a single op. A block's ``proj`` and ``shortcut`` appear under these names, the
    groups of a split convolution as ``cut_identity`` and so on.
    """
    match part:
        case Conv() | SepConv():
            return {"": part.width or shape[0]}
        case Linear():
            return {"": part.width or classes}
        case SplitConv():
            return {f"cut_{name}": count for name, count in zip(SPLIT_NAMES, part.groups(shape[0]), strict=True)}
        case Fork() | Branch() | AuxHead():
            return _row_widths(part, shape, classes)
        case Repeat():
            return out_widths(part.block, shape, classes)
        case Inception() | Residual():
            widths = {
                f"{b.name}.{path}": width
                for b in part.branches
                for path, width in out_widths(b, shape, classes).items()
            }
            if isinstance(part, Residual):
                out = block_shape(part, shape, classes)[0]
                if part.projection:
                    widths["proj"] = out
                if part.shortcut_stride:
                    widths["shortcut"] = out
            return widths
        case _:
            return {}


def _row_widths(row: Fork | Branch | AuxHead, shape: Shape, classes: int) -> dict[str, int]:
    widths: dict[str, int] = {}
    for number, op in enumerate(row.ops):
        here = shape
        if isinstance(op, SplitConv):  # the only op whose widths depend on what is before it
            here = chain_shape(row.ops[:number], shape, classes, row.name)
        for path, width in out_widths(op, here, classes).items():
            widths[f"{op.name}.{path}" if path else op.name] = width
    return widths
