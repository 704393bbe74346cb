"""How published files that PyTorch did not write name the same weights, once they have PyTorch's names of tensors.

Keras: ``keras.applications`` of Keras 3.15, whose layers without a name of their own are numbered as they are made; the
reader of such files numbers them from one. TF-slim: tf_slim 1.1, without the network's own name. Caffe2: the ONNX model
zoo's GoogLeNet and Inception v2, as in the light copies that onnx 1.23 brings.
"""

from __future__ import annotations

from ..arch.spec import Conv
from .weighted_modules import WeightedModule


def keras_inception_v3_keys(module: WeightedModule) -> str:
    """``conv2d_37`` and ``batch_normalization_37``."""
    if module.leaf == "linear":
        return "predictions"
    return f"{'conv2d' if module.leaf == 'conv' else 'batch_normalization'}_{module.conv}"


def keras_inception_resnet_keys(module: WeightedModule) -> str:
    """The same, but for what closes a block, ``block35_1_conv``, and the last convolution, ``conv_7b``."""
    if module.leaf == "proj":
        copy = "" if module.copy is None else f"_{module.copy + 1}"
        return f"{module.stage}{copy}_conv"
    if module.stage == "conv_7b":
        return module.stage + ("_bn" if module.leaf == "bn" else "")
    return keras_inception_v3_keys(module)


def keras_xception_keys(module: WeightedModule) -> str:
    """``block5_sepconv2``; the convolutions of the shortcuts alone are numbered."""
    if module.leaf == "linear":
        return "predictions"
    if module.leaf.startswith("shortcut"):
        kind = "conv2d" if module.leaf.endswith("conv") else "batch_normalization"
        return f"{kind}_{module.conv - 2}"  # two convolutions come before the first block
    if module.number < 2:
        base = f"block1_conv{module.number + 1}"
    elif module.ops:
        base = f"block{module.number}_sepconv{module.op_name[-1]}"
    else:
        last = {"conv3": 0, "conv4": 1}[module.stage]
        base = f"block{module.number - last}_sepconv{last + 1}"
    return base + {"conv": "", "bn": "_bn"}.get(module.leaf, f".{module.leaf}")


SLIM_LETTERS = "abc"  # of the ops in a branch, pools included


def slim_keys(module: WeightedModule, classifier: str) -> str:
    """``Mixed_3b/Branch_1/Conv2d_0b_3x3`` and the same with ``/BatchNorm``."""
    if module.leaf == "linear":
        return f"Logits/{classifier}"
    name = module.stage
    if isinstance(op := module.ops[module.op] if module.ops else None, Conv):
        high, wide = op.kernel
        place = "1a" if op.stride > 1 else f"0{SLIM_LETTERS[module.op]}"
        name += f"/Branch_{module.branch}/Conv2d_{place}_{high}x{wide}"
    return name + {"conv": "", "bn": "/BatchNorm"}.get(module.leaf, f".{module.leaf}")


def slim_v1_keys(module: WeightedModule) -> str:
    """With a slip of the source, in which two layers of one branch have the letter a."""
    return slim_keys(module, "Conv2d_0c_1x1").replace("Mixed_5b/Branch_2/Conv2d_0b", "Mixed_5b/Branch_2/Conv2d_0a")


def slim_v2_keys(module: WeightedModule) -> str:
    """As TF-slim's inception_v2 has them."""
    return slim_keys(module, "Conv2d_1c_1x1")


CAFFE_STEM = {
    "conv1_7x7_s2": "conv1/7x7_s2", "conv1": "conv1/7x7_s2",
    "conv2_3x3_reduce": "conv2/3x3_reduce", "conv2_reduce": "conv2/3x3_reduce",
    "conv2_3x3": "conv2/3x3", "conv2": "conv2/3x3",
}  # fmt: skip
CAFFE_OPS = {
    "branch1x1.conv": "1x1", "branch3x3.reduce": "3x3_reduce", "branch3x3.conv": "3x3",
    "branch5x5.reduce": "5x5_reduce", "branch5x5.conv": "5x5", "branch_pool.proj": "pool_proj",
    "branch3x3dbl.reduce": "double3x3_reduce", "branch3x3dbl.conv1": "double3x3a", "branch3x3dbl.conv2": "double3x3b",
}  # fmt: skip


def caffe2_keys(module: WeightedModule) -> str:
    """``inception_3a/3x3_reduce`` and ``inception_3a/3x3_reduce/bn``."""
    if module.head:
        raise KeyError(module.path)  # the zoo's files have no heads
    if module.classifier:
        return "loss3/classifier"
    if module.ops:
        block = f"inception_{module.stage[-2:]}"
        name = f"{block}/{CAFFE_OPS[f'{module.branch_name}.{module.op_name}']}"
    else:
        name = CAFFE_STEM[module.stage]
    return f"{name}/bn" if module.leaf == "bn" else name
