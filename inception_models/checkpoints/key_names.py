"""How published checkpoints name the weights that our networks have: one function for each way of naming.

A layout is a function from a :class:`WeightedModule` of our tree to the prefix of its tensors in the file. The names
are those of torchvision 0.29 (googlenet, inception), timm 1.0 (inception_v3, inception_v4, inception_resnet_v2,
legacy_xception), Cadene's pretrained-models (bninception, inceptionv4, inceptionresnetv2) and facenet-pytorch
(inception_resnet_v1).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..arch.spec import Arch, AuxHead, Branch, Conv, Fork, Inception, Op, Repeat, Residual, SepConv, Weighted


@dataclass(frozen=True, slots=True)
class WeightedModule:
    """One module with weights. ``path`` is ours; the rest says where it is.

    ``leaf``: conv, bn, linear, depthwise, pointwise, proj, shortcut.conv or shortcut.bn. ``copy``: its number inside of
    a repeat. ``branch`` and ``op``: positions; ``ops``: all of the branch. ``fork``: the position inside of a fork.
    """

    path: str
    stage: str
    leaf: str
    head: bool = False
    copy: int | None = None
    branch_name: str = ""
    branch: int = 0
    ops: tuple[Op, ...] = ()
    op: int = 0
    fork: int | None = None

    @property
    def op_name(self) -> str:
        return self.ops[self.op].name if self.ops else ""


KeyLayout = Callable[[WeightedModule], str]


def weighted_modules(arch: Arch, keys: Iterable[str]) -> Iterator[WeightedModule]:
    """Every module with weights of a network of ``arch``; ``keys`` are those of its state dict."""
    paths = frozenset(key.rpartition(".")[0] for key in keys)
    for part in (*arch.stages, *arch.aux):
        match part:
            case Repeat():
                for copy in range(part.times):
                    yield from _block(part.block, part.name, f"{part.name}.{copy}", copy, paths)
            case Inception() | Residual():
                yield from _block(part, part.name, part.name, None, paths)
            case AuxHead():
                for number, op in enumerate(part.ops):
                    for path, leaf in _leaves(op, f"{part.name}.{op.name}", paths):
                        yield WeightedModule(path, part.name, leaf, head=True, ops=part.ops, op=number)
            case _:
                for path, leaf in _leaves(part, part.name, paths):
                    yield WeightedModule(path, part.name, leaf)


def _block(
    block: Inception | Residual, stage: str, base: str, copy: int | None, paths: Collection[str]
) -> Iterator[WeightedModule]:
    for number, branch in enumerate(block.branches):
        yield from _branch(branch, number, stage, f"{base}.{branch.name}", copy, paths)
    for leaf in ("proj", "shortcut.conv", "shortcut.bn"):
        if f"{base}.{leaf}" in paths:
            yield WeightedModule(f"{base}.{leaf}", stage, leaf, copy=copy)


def _branch(
    branch: Branch, number: int, stage: str, base: str, copy: int | None, paths: Collection[str]
) -> Iterator[WeightedModule]:
    for place, op in enumerate(branch.ops):
        inner = list(enumerate(op.ops)) if isinstance(op, Fork) else [(None, op)]
        for fork, leaf_op in inner:
            path = f"{base}.{op.name}" if fork is None else f"{base}.{op.name}.{leaf_op.name}"
            for full, leaf in _leaves(leaf_op, path, paths):
                yield WeightedModule(full, stage, leaf, False, copy, branch.name, number, branch.ops, place, fork)


def _leaves(op: Op, path: str, paths: Collection[str]) -> Iterator[tuple[str, str]]:
    for leaf in ("conv", "depthwise", "pointwise", "linear", "bn"):
        if isinstance(op, Weighted) and f"{path}.{leaf}" in paths:
            yield f"{path}.{leaf}", leaf


# --- torchvision -----------------------------------------------------------------------------------------------------


def torchvision_googlenet_keys(module: WeightedModule) -> str:
    """``inception3a.branch2.1.conv``: branches from one, ops from zero, pools included."""
    if module.head:
        return f"{module.stage}.{module.op_name}" + (f".{module.leaf}" if module.leaf != "linear" else "")
    if not module.ops:
        return module.stage + (f".{module.leaf}" if module.leaf != "linear" else "")
    place = f".{module.op}" if len(module.ops) > 1 else ""
    return f"{module.stage}.branch{module.branch + 1}{place}.{module.leaf}"


def inception_v3_keys(module: WeightedModule) -> str:
    """``Mixed_7b.branch3x3dbl_3a.conv``: torchvision's and timm's; convolutions from one, pools left out."""
    if module.head:
        name = {"reduce": "conv0", "conv": "conv1", "fc": "fc"}[module.op_name]
        return f"AuxLogits.{name}" + (f".{module.leaf}" if module.leaf != "linear" else "")
    if not module.ops:
        return module.stage + (f".{module.leaf}" if module.leaf != "linear" else "")
    weighted = [op for op in module.ops if isinstance(op, Conv | Fork)]
    name = "branch7x7x3" if (module.stage, module.branch_name) == ("Mixed_7a", "branch7x7") else module.branch_name
    if len(weighted) > 1:
        name += f"_{weighted.index(module.ops[module.op]) + 1}" + _letter(module)  # type: ignore[arg-type]  # it has weights
    return f"{module.stage}.{name}.{module.leaf}"


def _letter(module: WeightedModule) -> str:
    return "" if module.fork is None else "ab"[module.fork]


# --- timm and Cadene -------------------------------------------------------------------------------------------------

V4_FEATURES = {
    "Conv2d_1a_3x3": 0, "Conv2d_2a_3x3": 1, "Conv2d_2b_3x3": 2, "Mixed_3a": 3, "Mixed_4a": 4, "Mixed_5a": 5,
    "inception_a": 6, "reduction_a": 10, "inception_b": 11, "reduction_b": 18, "inception_c": 19,
}  # fmt: skip


def inception_v4_keys(module: WeightedModule) -> str:
    """``features.19.branch1_1a.conv``. The heads are TF-slim's; no port has them."""
    if module.head:
        return f"AuxLogits.{module.op_name}.{module.leaf}"
    if module.leaf == "linear":
        return "last_linear"
    base = f"features.{V4_FEATURES[module.stage] + (module.copy or 0)}"
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
    if module.leaf == "linear":
        return classifier
    if module.stage == "fc":
        return norm
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
    base = f"block{4 + module.copy}" if module.copy is not None else module.stage
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


def our_keys(module: WeightedModule) -> str:
    """Our own names."""
    return module.path


LAYOUTS: Mapping[str, Mapping[str, KeyLayout]] = {
    "googlenet_torchvision": {"torchvision": torchvision_googlenet_keys},
    "bn_inception": {"Cadene": bn_inception_keys},
    "inception_v3": {"torchvision and timm": inception_v3_keys},
    "inception_v4": {"timm and Cadene": inception_v4_keys},
    "inception_resnet_v1_facenet": {"facenet-pytorch": inception_resnet_last_linear_keys},
    "inception_resnet_v2": {"timm": inception_resnet_keys, "Cadene": inception_resnet_last_linear_keys},
    "xception": {"timm": xception_keys},
}
"""The published layouts of each variant, by who uses them. Every variant also has our own."""
