"""How published checkpoints name the weights that our networks have: one function for each way of naming.

A layout is a function from a :class:`WeightedModule` of our tree to the prefix of its tensors in the file. The names
are those of torchvision 0.29 (googlenet, inception), timm 1.0 (inception_v3, inception_v4, inception_resnet_v2,
legacy_xception, xception41 and its like, inception_next), Cadene's pretrained-models (bninception, inceptionv4,
inceptionresnetv2) and facenet-pytorch (inception_resnet_v1); those of Inception5h are Lucent's, those of the network
for CIFAR kuangliu's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..arch.spec import Conv, Fork, SepConv
from .other_names import (
    caffe2_keys,
    keras_inception_resnet_keys,
    keras_inception_v3_keys,
    keras_xception_keys,
    slim_v1_keys,
    slim_v2_keys,
)
from .weighted_modules import WeightedModule

KeyLayout = Callable[[WeightedModule], str]


# --- torchvision -----------------------------------------------------------------------------------------------------


def torchvision_googlenet_keys(module: WeightedModule) -> str:
    """``inception3a.branch2.1.conv``: branches from one, ops from zero, pools included."""
    if module.head:
        return f"{module.stage}.{module.op_name}" + (f".{module.leaf}" if module.leaf != "linear" else "")
    if module.classifier:
        return "fc"
    if not module.ops:
        return f"conv{module.number + 1}.{module.leaf}"
    place = f".{module.op}" if len(module.ops) > 1 else ""
    return f"{module.stage}.branch{module.branch + 1}{place}.{module.leaf}"


def inception_v3_keys(module: WeightedModule) -> str:
    """``Mixed_7b.branch3x3dbl_3a.conv``: torchvision's and timm's; convolutions from one, pools left out."""
    if module.head:
        name = {"reduce": "conv0", "conv": "conv1", "fc": "fc"}[module.op_name]
        return f"AuxLogits.{name}" + (f".{module.leaf}" if module.leaf != "linear" else "")
    if module.classifier:
        return "fc"
    if not module.ops:
        return f"{module.stage}.{module.leaf}"
    weighted = [op for op in module.ops if isinstance(op, Conv | Fork)]
    name = "branch7x7x3" if (module.stage, module.branch_name) == ("Mixed_7a", "branch7x7") else module.branch_name
    if len(weighted) > 1:
        name += f"_{weighted.index(module.ops[module.op]) + 1}" + _letter(module)  # type: ignore[arg-type]  # it has weights
    return f"{module.stage}.{name}.{module.leaf}"


def _letter(module: WeightedModule) -> str:
    return "" if module.fork is None else "ab"[module.fork]


# --- timm and Cadene -------------------------------------------------------------------------------------------------


def inception_v4_keys(module: WeightedModule) -> str:
    """``features.19.branch1_1a.conv``. The heads are TF-slim's; no port has them."""
    if module.head:
        return f"AuxLogits.{module.op_name}.{module.leaf}"
    if module.leaf == "linear":
        return "last_linear"
    base = f"features.{module.number}"
    if not module.ops:
        return f"{base}.{module.leaf}"
    if module.stage in ("Mixed_3a", "Mixed_5a"):  # one convolution beside a pool
        return f"{base}.conv.{module.leaf}"
    if any(isinstance(op, Fork) for op in module.ops):
        return f"{base}.branch{module.branch}_{module.op}{_letter(module)}.{module.leaf}"
    return f"{base}.{_numbered(module)}.{module.leaf}"


def _numbered(module: WeightedModule) -> str:
    """``branch1.2``: both from zero, pools included; a branch of one op has no second number."""
    return f"branch{module.branch}" + (f".{module.op}" if len(module.ops) > 1 else "")


def inception_resnet_keys(module: WeightedModule, classifier: str = "classif", norm: str = "last_bn") -> str:
    """``repeat_1.19.branch1.2.conv`` and ``repeat_1.19.conv2d``. The head is TF-slim's; no port has it."""
    if module.head:
        return f"AuxLogits.{module.op_name}.{module.leaf}"
    if module.classifier:
        return classifier if module.leaf == "linear" else norm
    base = module.stage if module.copy is None or module.stage == "block8" else f"{module.stage}.{module.copy}"
    if module.leaf == "proj":
        return f"{base}.conv2d"
    return f"{base}.{_numbered(module)}.{module.leaf}" if module.ops else f"{base}.{module.leaf}"


def inception_resnet_last_linear_keys(module: WeightedModule) -> str:
    """The same with Cadene's and facenet-pytorch's name for the classifier."""
    return inception_resnet_keys(module, "last_linear")


def xception_keys(module: WeightedModule) -> str:
    """``block2.rep.1.pointwise``: the numbers count activations, convolutions and norms."""
    if module.leaf == "linear":
        return "fc"
    if not module.ops and not module.leaf.startswith("shortcut"):
        if module.leaf == "bn":
            return f"bn{module.stage[-1]}"
        return module.stage + {"conv": "", "depthwise": ".conv1", "pointwise": ".pointwise"}[module.leaf]
    base = f"block{module.number - 1}"  # two convolutions come before the first
    if module.leaf.startswith("shortcut"):
        return f"{base}.{'skip' if module.leaf.endswith('conv') else 'skipbn'}"
    before = [op for op in module.ops[: module.op] if isinstance(op, SepConv)]
    own = module.ops[module.op]
    place = sum(2 + (op.activate == "before") for op in before) + (
        isinstance(own, SepConv) and own.activate == "before"
    )
    if module.leaf == "bn":
        return f"{base}.rep.{place + 1}"
    return f"{base}.rep.{place}.{'conv1' if module.leaf == 'depthwise' else 'pointwise'}"


SEPARABLE = {"depthwise": "conv_dw", "depthwise_bn": "bn_dw", "pointwise": "conv_pw", "bn": "bn_pw"}


def xception_aligned_keys(module: WeightedModule) -> str:
    """``blocks.3.stack.conv2.bn_dw``; the last three separable convolutions are one block."""
    if module.leaf == "linear":
        return "head.fc"
    if module.number < 2:
        return f"stem.{module.number}.{module.leaf}"
    block = module.number - 2  # two convolutions come before the first
    if module.leaf.startswith("shortcut"):
        return f"blocks.{block}.{module.leaf}"
    conv = module.op_name or module.stage.removeprefix("exit2_")
    if not module.ops:
        block -= int(conv[-1]) - 1
    return f"blocks.{block}.stack.{conv}.{SEPARABLE[module.leaf]}"


INCEPTIONNEXT_OPS = {"fc1": "mlp.fc1", "fc2": "mlp.fc2", "norm": "norm", "gamma": "gamma"}
SPLIT_LEAVES = {"square": "dwconv_hw", "wide": "dwconv_w", "tall": "dwconv_h"}


def inceptionnext_keys(module: WeightedModule) -> str:
    """``stages.2.blocks.5.token_mixer.dwconv_w``."""
    if not module.ops:
        known = {"stem": f"stem.{int(module.leaf == 'bn')}", "head": "head.fc1", "head_norm": "head.norm"}
        if module.classifier or module.stage in known:
            return "head.fc2" if module.classifier else known[module.stage]
        return f"stages.{int(module.stage[-1]) - 1}.downsample.{int(module.leaf == 'conv')}"
    base = f"stages.{int(module.stage[-1]) - 1}.blocks.{module.copy or 0}"
    if module.leaf in SPLIT_LEAVES:
        return f"{base}.token_mixer.{SPLIT_LEAVES[module.leaf]}"
    return f"{base}.{INCEPTIONNEXT_OPS[module.op_name]}"


BN_INCEPTION_OPS = {
    "branch1x1.conv": "1x1", "branch3x3.reduce": "3x3_reduce", "branch3x3.conv": "3x3",
    "branch3x3dbl.reduce": "double_3x3_reduce", "branch3x3dbl.conv1": "double_3x3_1",
    "branch3x3dbl.conv2": "double_3x3_2", "branch_pool.proj": "pool_proj",
}  # fmt: skip


def bn_inception_keys(module: WeightedModule) -> str:
    """Flat names: ``inception_3a_3x3_reduce``, and the same with ``_bn``."""
    if module.leaf == "linear":
        return "last_linear"
    name = (
        f"{module.stage}_{BN_INCEPTION_OPS[f'{module.branch_name}.{module.op_name}']}" if module.ops else module.stage
    )
    return f"{name}_bn" if module.leaf == "bn" else name


INCEPTION5H_OPS = {
    "branch1x1.conv": "1x1", "branch3x3.reduce": "3x3_bottleneck", "branch3x3.conv": "3x3",
    "branch5x5.reduce": "5x5_bottleneck", "branch5x5.conv": "5x5", "branch_pool.proj": "pool_reduce",
}  # fmt: skip


def inception5h_keys(module: WeightedModule) -> str:
    """Flat names of TensorFlow's graph: ``mixed3a_3x3_bottleneck_pre_relu_conv``."""
    if module.leaf == "linear":
        return "softmax2_pre_activation_matmul"
    name = f"{module.stage}_{INCEPTION5H_OPS[f'{module.branch_name}.{module.op_name}']}" if module.ops else module.stage
    return f"{name}_pre_relu_conv"


def cifar_keys(module: WeightedModule) -> str:
    """``a3.b2.3``: branches from one, then a count of convolutions, norms, activations and pools from zero."""
    if module.leaf == "linear":
        return "linear"
    base = f"{module.stage}.b{module.branch + 1}" if module.ops else module.stage
    before = sum(3 if isinstance(op, Conv) else 1 for op in module.ops[: module.op])
    return f"{base}.{before + (module.leaf == 'bn')}"


def our_keys(module: WeightedModule) -> str:
    """Our own names."""
    return module.path


def our_published_keys(module: WeightedModule) -> str:
    """Our own names of the published variant's stages, for a network in which an edit gave one another name."""
    return f"{module.stage}.{module.path.partition('.')[2]}"


OWN_LAYOUTS: Mapping[str, KeyLayout] = {"ours": our_keys, "ours, before a stage was renamed": our_published_keys}
LAYOUTS: Mapping[str, Mapping[str, KeyLayout]] = {
    "googlenet": {"torchvision": torchvision_googlenet_keys, "Caffe2": caffe2_keys},
    "googlenet_plain": {"torchvision": torchvision_googlenet_keys},
    "googlenet_bn": {"torchvision": torchvision_googlenet_keys},
    "googlenet_torchvision": {"torchvision": torchvision_googlenet_keys},
    "googlenet_slim": {"TF-slim": slim_v1_keys},
    "googlenet_naive": {"torchvision": torchvision_googlenet_keys},
    "googlenet_cifar": {"kuangliu": cifar_keys},
    "inception5h": {"Lucent": inception5h_keys},
    "bn_inception": {"Cadene": bn_inception_keys},
    "inception_v2_slim": {"TF-slim": slim_v2_keys},
    "bn_inception_caffe2": {"Caffe2": caffe2_keys},
    "inception_v3": {"torchvision and timm": inception_v3_keys},
    "inception_v3_fid": {"pytorch-fid": inception_v3_keys},
    "inception_v3_keras": {"Keras": keras_inception_v3_keys},
    "inception_v4": {"timm and Cadene": inception_v4_keys},
    "inception_resnet_v1_facenet": {"facenet-pytorch": inception_resnet_last_linear_keys},
    "inception_resnet_v2": {"timm": inception_resnet_keys, "Cadene": inception_resnet_last_linear_keys},
    "inception_resnet_v2_keras": {"Keras": keras_inception_resnet_keys},
    "xception": {"timm": xception_keys, "Keras": keras_xception_keys},
    **{f"xception{layers}": {"timm": xception_aligned_keys} for layers in (41, 65, 71)},
    **{f"inceptionnext_{size}": {"timm": inceptionnext_keys} for size in ("atto", "tiny", "small", "base")},
}
"""The published layouts of each variant, by who uses them. Every variant also has our own."""
THEIR_NETWORKS: Mapping[str, Mapping[str, KeyLayout]] = {
    "torchvision": {"googlenet_torchvision": torchvision_googlenet_keys, "inception_v3": inception_v3_keys},
    "timm": {
        "inception_v3": inception_v3_keys,
        "inception_v4": inception_v4_keys,
        "inception_resnet_v2": inception_resnet_keys,
        "xception": xception_keys,
    },
    "cadene": {
        "bn_inception": bn_inception_keys,
        "inception_v4": inception_v4_keys,
        "inception_resnet_v2": inception_resnet_last_linear_keys,
    },
    "facenet-pytorch": {"inception_resnet_v1_facenet": inception_resnet_last_linear_keys},
}
"""The variants that are networks of a library too, and how it names their weights. Only torchvision's have heads."""
OURS = "ours"
LIBRARIES = (OURS, *THEIR_NETWORKS)
"""Who names the weights in a file: this project, or a library that has some of the networks."""
SURPLUS: Mapping[str, tuple[str, ...]] = {"inception_resnet_v1_facenet": ("logits",)}
"""What a variant's published files have beyond its network: facenet-pytorch's classifier over people."""
UNLIKELY = frozenset({"googlenet"})
"""Not these where a file of other names than ours fits two variants: ports leave out Caffe's normalisation."""
