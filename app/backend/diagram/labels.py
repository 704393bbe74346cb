"""The text in a diagram: names as people write them, and what tooltips say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from inception_models.arch.spec import (
    AuxHead,
    Channelwise,
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
    Pool,
    Repeat,
    Residual,
    SepConv,
    SplitConv,
)
from inception_models.variants import plain_name

from ..analysis.changes import WidthChange
from ..analysis.graph import Node
from ..analysis.kinds import LayerKind
from ..analysis.network import StageCost
from ..analysis.receptive_field import Fields
from ..common.quantity import shape_text
from ..learn.glossary import split_at_terms
from ..learn.reading import glossary
from .boxes import BoxSpec
from .scene import Box, Cluster

LAYER_NAMES: Mapping[LayerKind, str] = {
    "input": "input",
    "concat": "filter concatenation",
    "add": "+",
    "scale": "scale",
    "conv": "conv",
    "max_pool": "max pool",
    "avg_pool": "avg pool",
    "pad": "pad",
    "linear": "fully connected",
}

# What a part of a convolution's name says that it is for; the glossary explains these words.
CONV_WORDS = {"reduce": "reduction", "proj": "projection", "linear": "linear", "shortcut": "shortcut"}


@lru_cache(maxsize=4096)
def readable(name: str) -> str:
    """A name as people write it: ``inception4e`` -> ``inception 4e``, ``conv2_3x3_reduce`` -> ``conv2 3×3 reduce``."""
    if simple := re.fullmatch(r"([A-Za-z]{3,}?)(\d+[a-z]?)", name):
        return f"{simple[1]} {simple[2]}"
    return re.sub(r"(?<=\d)x(?=\d)", "×", name).replace("_", " ").strip()


def window(op: Conv | SepConv | Pool) -> str:
    """``3×3/2``: a window and its stride."""
    height, width = (op.size, op.size) if isinstance(op, Pool) else op.kernel
    return f"{height}×{width}" + (f"/{op.stride}" if op.stride > 1 else "")


def op_name(op: Op) -> str:
    """What an op is, in the papers' words."""
    match op:
        case Conv():
            word = next((word for part, word in CONV_WORDS.items() if part in op.name), "conv")
            return f"{window(op)} {word}"
        case SepConv():
            return f"{window(op)} separable"
        case Pool():
            return f"{op.kind} pool {window(op)}"
        case GlobalPool():
            return "global avg pool" if op.size == 1 else f"avg pool to {op.size}×{op.size}"
        case LocalResponseNorm():
            return "local response norm"
        case Dropout():
            return f"dropout {op.p:g}"
        case Linear():
            return "fully connected"
        case Normalize():
            return "to length 1"
        case Fork():
            return " | ".join(window(o) for o in op.ops)
        case SplitConv() | Norm() | LayerNorm() | LayerScale():
            return _channelwise_name(op)


def _channelwise_name(op: Channelwise) -> str:
    match op:
        case SplitConv():
            return " | ".join(f"{high}×{wide}" for high, wide in op.kernels)
        case Norm():
            return "BatchNorm"
        case LayerNorm():
            return "LayerNorm"
        case LayerScale():
            return "layer scale"


@lru_cache(maxsize=2048)
def box_name(box: BoxSpec) -> str:
    """What a box is: an op, a layer, or the join of branches."""
    if box.role.op is not None:
        return op_name(box.role.op)
    if len(box.nodes) == 1:
        return layer_name(box.nodes[0])
    if not any(n.layer.kind == "add" for n in box.nodes):
        return LAYER_NAMES["concat"]
    block, last = box.part.part, box.nodes[-1].layer
    plus = f"+ {block.scale:g} ×" if isinstance(block, Residual) and block.scale != 1 else "+"
    return f"{plus}, {last.detail}" if last.kind == "activation" else plus


def layer_name(node: Node) -> str:
    """What a traced layer is: ``conv 3×3/2``, ``BatchNorm``."""
    layer = node.layer
    name = LAYER_NAMES.get(layer.kind, layer.detail)
    return f"{name} {layer.detail}" if layer.kind in ("conv", "max_pool", "avg_pool") else name


def stage_line(stage: StageCost) -> str:
    """A stage in short: the output widths of its branches, or what its one op does."""
    match stage.part:
        case Repeat():
            return f"× {len(stage.copies)}"
        case AuxHead():
            return "auxiliary classifier"
        case Inception() | Residual():
            widths = " + ".join(str(b.out_shape[0]) for b in stage.branches)
            return f"+ ({widths})" if isinstance(stage.part, Residual) else widths
        case op:
            return op_name(op)


# --- tooltips --------------------------------------------------------------------------------------------------------


def says_the_same(path: str, name: str) -> bool:
    """Whether the paper's ``name`` of a part only repeats its path."""
    return plain_name(path) == plain_name(name)


def box_tip(box: Box, changes: Iterable[WidthChange], name: str = "") -> str:
    """Everything about a box, line by line; each of ``changes`` has its own. ``name``: how the paper calls it."""
    numbers = _numbers(box.spec, box.times, box.params, box.macs)
    lines = (_titled(box.path, name), *_meanings(name), numbers, field_line(box.seen), *map(str, changes))
    return "\n".join(lines)


def _titled(path: str, name: str) -> str:
    return f"{path} ({name} in the paper)" if name else path


@lru_cache(maxsize=1024)
def _meanings(what: str) -> tuple[str, ...]:
    """What the glossary says about the terms in a name, a line each."""
    return tuple(term.meaning for _, term in split_at_terms(what, glossary()) if term)


def _numbers(box: BoxSpec, times: int, params: int, macs: int) -> str:
    """The lines that do not depend on where in the network a box is."""
    what = box_name(box) if box.nodes else stage_line(box.part)
    scaled = any(node.layer.kind == "scale" for node in box.nodes)  # which the name has as a number
    meanings = _meanings(f"residual scale, {what}" if scaled else what)
    if len(box.nodes) > 1:
        what += f" ({', '.join(map(layer_name, box.nodes))})"
    copies = f" ({times} copies together)" if times > 1 else ""
    shapes = f"{shape_text(box.in_shape)} → {shape_text(box.out_shape)}"
    return "\n".join((what, *meanings, shapes, f"{params:,} params, {macs:,} MACs{copies}"))


def cluster_tip(cluster: Cluster, changes: Iterable[WidthChange], name: str) -> str:
    """Everything about a block, line by line; each of ``changes`` has its own. ``name``: how the paper calls it."""
    part = cluster.part
    lines = (
        _titled(cluster.path, name),
        stage_line(part),
        *_meanings(name if part.branches or part.copies else f"{name}, {stage_line(part)}"),  # these lines are numbers
        f"{shape_text(part.in_shape)} → {shape_text(part.out_shape)}",
        f"{part.params:,} params, {part.macs:,} MACs",
        *map(str, changes),
    )
    return "\n".join(lines)


def field_line(seen: Fields) -> str:
    """A receptive field in words."""
    if seen is None:
        return "sees the whole picture"
    return f"sees {seen[0].size} × {seen[1].size} pixels, every {seen[0].jump}"
