"""What each of ONNX's operations is to the diagram, the table and the memory model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onnx import NodeProto

from inception_models.arch.shapes import Shape

from ...analysis.graph import Layer
from ...analysis.kinds import LayerKind
from ..convolutions import Window, convolution
from .attributes import ints, number, text
from .macs import WEIGHT_PLACES

_KINDS: Mapping[LayerKind, str] = {
    "batch_norm": "BatchNormalization InstanceNormalization LayerNormalization GroupNormalization RMSNormalization",
    "activation": """Relu LeakyRelu PRelu Elu Selu Celu Gelu Mish Swish SwiGLU Sigmoid HardSigmoid HardSwish Tanh
        Softplus Softsign ThresholdedRelu Clip Softmax LogSoftmax""",
    "adaptive_pool": "GlobalAveragePool GlobalMaxPool GlobalLpPool",
    "lrn": "LRN",
    "dropout": "Dropout",
    "add": "Add Sum Sub",
    "scale": "Mul Div",
    "flatten": "Flatten Reshape Transpose Squeeze Unsqueeze",
    "identity": "Identity Split Slice",
}
_KIND_OF = {op: kind for kind, ops in _KINDS.items() for op in ops.split()}
_WORDS = {"Relu": "ReLU", "BatchNormalization": "BatchNorm", "LayerNormalization": "LayerNorm", "Gemm": "linear"}
_CONVOLUTIONS = ("Conv", "ConvInteger", "DeformConv", "QLinearConv", "ConvTranspose")
_POOLS: Mapping[str, LayerKind] = {"MaxPool": "max_pool", "AveragePool": "avg_pool", "LpPool": "avg_pool"}
_PARTS = ("Split", "Slice")


def layer_of_op(node: NodeProto, inputs: Sequence[Shape], out: Shape, stored: Sequence[bool]) -> Layer:
    """``stored``: of each input, whether it comes from the file alone and not from the picture."""
    op = node.op_type
    if op in _CONVOLUTIONS:
        weight = inputs[WEIGHT_PLACES.get(op, 1)]
        bias = len(inputs) > 2 and op in ("Conv", "ConvTranspose")
        return convolution(weight[:2], window_of(node, inputs), op == "ConvTranspose", number(node, "group", 1), bias)
    if op in _POOLS:
        window = window_of(node, inputs)
        kernel, stride, padding = ((side[0], side[-1]) for side in (window.kernel, window.stride, window.padding))
        return Layer(_POOLS[op], window.words, 0, kernel, stride, padding, ceil=bool(number(node, "ceil_mode", 0)))
    if op == "Concat":
        return Layer("concat", "concat")
    if op in ("Gemm", "MatMul", "MatMulInteger", "QLinearMatMul") and any(stored[1:]):
        return Layer("linear", "linear", out[-1] if out else 0)
    kind = _KIND_OF.get(op, "other")
    if kind == "add" and any(stored):
        kind = "scale"  # it joins nothing
    if kind == "adaptive_pool":
        return Layer(kind, "to 1×1")
    return Layer(kind, "part" if op in _PARTS else _WORDS.get(op, op))


def window_of(node: NodeProto, inputs: Sequence[Shape]) -> Window:
    """The window of a convolution or pool; ``auto_pad`` is what its name says (SAME: as TensorFlow pads)."""
    is_pool = node.op_type in _POOLS
    sides = ints(node, "kernel_shape", () if is_pool else inputs[WEIGHT_PLACES.get(node.op_type, 1)][2:])
    ones = (1,) * len(sides)
    stride, dilation = ints(node, "strides", ones), ints(node, "dilations", ones)
    padding = ints(node, "pads", (0,) * (2 * len(sides)))[: len(sides)]
    same = text(node, "auto_pad")
    if same.startswith("SAME"):
        needed = [
            max((-(-size // step) - 1) * step + (side - 1) * gap + 1 - size, 0)
            for size, side, step, gap in zip(inputs[0][2:], sides, stride, dilation, strict=False)
        ]
        padding = tuple((pixels + (same == "SAME_LOWER")) // 2 for pixels in needed)
    return Window(sides, stride, padding, dilation)
