"""Parts of our trees in the op language of tests/facts/architectures.yaml (described there under ``op_language``)."""

from __future__ import annotations

from inception_models.arch.spec import (
    AuxHead,
    Branch,
    Conv,
    Dropout,
    Fork,
    GlobalPool,
    Inception,
    Linear,
    Pool,
    Repeat,
    Residual,
    SepConv,
    Stage,
    Unit,
)


def in_words(part: Stage | Branch | AuxHead, channels: int = 0) -> str:
    """A part of our tree in the file's op language. ``channels``: those that enter the block."""
    match part:
        case Repeat():
            return f"{part.times} x {in_words(part.block, channels)}"
        case Branch() | AuxHead():
            return ", ".join(in_words(op, channels) for op in part.ops)
        case Inception():
            return " | ".join(in_words(b) for b in part.branches)
        case Residual():
            return residual_in_words(part, channels)
        case Fork():
            return f"fork({'|'.join(in_words(op) for op in part.ops)})"
        case Conv() | SepConv() | Pool():
            return window_in_words(part, channels)
        case Linear():
            return f"fc{part.width or 1000}" + (f" {part.activation}" if part.activation != "none" else "")
        case GlobalPool():
            return "gap" if part.size == 1 else f"adaptive_avg{part.size}"
        case Dropout():
            return f"drop{part.p}"
        case _:
            raise AssertionError(part)


def window_in_words(op: Conv | SepConv | Pool, channels: int) -> str:
    kernel = (op.size, op.size) if isinstance(op, Pool) else op.kernel
    same = f" p{(max(kernel) - 1) // 2}" if isinstance(op, Pool) or op.stride > 1 else ""
    pads = {"valid": "" if kernel == (1, 1) else " V", "same": same, "tf": " S"}[op.padding]
    if isinstance(op, Pool):
        counted = (" incl" if op.include_pad else " excl") if op.kind == "avg" and op.padding != "valid" else ""
        return f"{op.kind}{op.size}/{op.stride}{' ceil' if op.ceil else pads}{counted}"
    size = f"{op.width or channels}@{kernel[0]}x{kernel[1]}" + (f"/{op.stride}" if op.stride > 1 else "")
    if isinstance(op, Conv):
        assert op.unit is None
        return size + pads
    if op.multiplier > 1:
        assert op.unit == Unit(bias=True, norm=None, activation="relu")
        return f"dwm{op.multiplier}:{size}{pads} bias"
    assert op.unit is None
    return {"before": "relu ", "never": "", "after": ""}[op.activate] + f"sep{size}{pads}"


def residual_in_words(block: Residual, channels: int) -> str:
    branches = " | ".join(in_words(b, channels) for b in block.branches)
    if not block.projection:
        assert (block.scale, block.activation) == (1.0, "none")
        width = block.branches[0].ops[-2].width if block.shortcut_stride else None  # type: ignore[union-attr]
        return f"{width}@1x1/{block.shortcut_stride}(x) + ({branches})" if width else f"x + ({branches})"
    total = f"x + {block.scale} * {channels}@1x1({branches})"
    return total if block.activation == "none" else f"{block.activation}({total})"
