"""How published checkpoints name the weights that our networks have, one naming a function.

A layout is a function from a :class:`Slot`, one weighted module of our tree, to the prefix of its tensors in the file.
The names are those of torchvision 0.29 (googlenet, inception), timm 1.0 (inception_v3, inception_v4,
inception_resnet_v2, legacy_xception), Cadene's pretrained-models (bninception, inceptionv4, inceptionresnetv2) and
facenet-pytorch (inception_resnet_v1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..arch.spec import Arch, AuxHead, Branch, Conv, Fork, Inception, Linear, Op, Repeat, Residual, SepConv


@dataclass(frozen=True, slots=True)
class Slot:
    """One module with weights. ``path`` is ours; the rest says where it stands.

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


Layout = Callable[[Slot], str]


def slots(arch: Arch, modules: Mapping[str, object]) -> Iterator[Slot]:
    """Every module with weights of the built ``arch``; ``modules`` are its paths (``dict(net.named_modules())``)."""
    for part in (*arch.stages, *arch.aux):
        match part:
            case Repeat():
                for copy in range(part.times):
                    yield from _block(part.block, part.name, f"{part.name}.{copy}", copy, modules)
            case Inception() | Residual():
                yield from _block(part, part.name, part.name, None, modules)
            case AuxHead():
                for number, op in enumerate(part.ops):
                    for path, leaf in _leaves(op, f"{part.name}.{op.name}", modules):
                        yield Slot(path, part.name, leaf, head=True, ops=part.ops, op=number)
            case _:
                for path, leaf in _leaves(part, part.name, modules):
                    yield Slot(path, part.name, leaf)


def _block(
    block: Inception | Residual, stage: str, base: str, copy: int | None, modules: Mapping[str, object]
) -> Iterator[Slot]:
    for number, branch in enumerate(block.branches):
        yield from _branch(branch, number, stage, f"{base}.{branch.name}", copy, modules)
    for leaf in ("proj", "shortcut.conv", "shortcut.bn"):
        if f"{base}.{leaf}" in modules and modules[f"{base}.{leaf}"] is not None:
            yield Slot(f"{base}.{leaf}", stage, leaf, copy=copy)


def _branch(
    branch: Branch, number: int, stage: str, base: str, copy: int | None, modules: Mapping[str, object]
) -> Iterator[Slot]:
    for place, op in enumerate(branch.ops):
        inner = list(enumerate(op.ops)) if isinstance(op, Fork) else [(None, op)]
        for fork, leaf_op in inner:
            path = f"{base}.{op.name}" if fork is None else f"{base}.{op.name}.{leaf_op.name}"
            for full, leaf in _leaves(leaf_op, path, modules):
                yield Slot(full, stage, leaf, False, copy, branch.name, number, branch.ops, place, fork)


def _leaves(op: Op, path: str, modules: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for leaf in ("conv", "depthwise", "pointwise", "linear", "bn"):
        if isinstance(op, Conv | SepConv | Linear) and f"{path}.{leaf}" in modules:
            yield f"{path}.{leaf}", leaf


# --- torchvision -----------------------------------------------------------------------------------------------------


def torchvision_googlenet(slot: Slot) -> str:
    """``inception3a.branch2.1.conv``: branches from one, ops from zero, pools included."""
    if slot.head:
        return f"{slot.stage}.{slot.op_name}" + (f".{slot.leaf}" if slot.leaf != "linear" else "")
    if not slot.ops:
        return slot.stage + (f".{slot.leaf}" if slot.leaf != "linear" else "")
    place = f".{slot.op}" if len(slot.ops) > 1 else ""
    return f"{slot.stage}.branch{slot.branch + 1}{place}.{slot.leaf}"


def inception_v3(slot: Slot) -> str:
    """``Mixed_7b.branch3x3dbl_3a.conv``: torchvision's and timm's; convolutions from one, pools left out."""
    if slot.head:
        name = {"reduce": "conv0", "conv": "conv1", "fc": "fc"}[slot.op_name]
        return f"AuxLogits.{name}" + (f".{slot.leaf}" if slot.leaf != "linear" else "")
    if not slot.ops:
        return slot.stage + (f".{slot.leaf}" if slot.leaf != "linear" else "")
    weighted = [op for op in slot.ops if isinstance(op, Conv | Fork)]
    name = "branch7x7x3" if (slot.stage, slot.branch_name) == ("Mixed_7a", "branch7x7") else slot.branch_name
    if len(weighted) > 1:
        name += f"_{weighted.index(slot.ops[slot.op]) + 1}" + _letter(slot)  # type: ignore[arg-type]  # it has weights
    return f"{slot.stage}.{name}.{slot.leaf}"


def _letter(slot: Slot) -> str:
    return "" if slot.fork is None else "ab"[slot.fork]


# --- timm and Cadene -------------------------------------------------------------------------------------------------

V4_FEATURES = {
    "Conv2d_1a_3x3": 0, "Conv2d_2a_3x3": 1, "Conv2d_2b_3x3": 2, "Mixed_3a": 3, "Mixed_4a": 4, "Mixed_5a": 5,
    "inception_a": 6, "reduction_a": 10, "inception_b": 11, "reduction_b": 18, "inception_c": 19,
}  # fmt: skip


def inception_v4(slot: Slot) -> str:
    """``features.19.branch1_1a.conv``. The heads are TF-slim's; no port has them."""
    if slot.head:
        return f"AuxLogits.{slot.op_name}.{slot.leaf}"
    if slot.leaf == "linear":
        return "last_linear"
    base = f"features.{V4_FEATURES[slot.stage] + (slot.copy or 0)}"
    if not slot.ops:
        return f"{base}.{slot.leaf}"
    if slot.stage in ("Mixed_3a", "Mixed_5a"):  # one convolution beside a pool
        return f"{base}.conv.{slot.leaf}"
    if any(isinstance(op, Fork) for op in slot.ops):
        return f"{base}.branch{slot.branch}_{slot.op}{_letter(slot)}.{slot.leaf}"
    return f"{base}.{_numbered(slot)}.{slot.leaf}"


def _numbered(slot: Slot) -> str:
    """``branch1.2``: both from zero, pools included; a branch of one op has no second number."""
    return f"branch{slot.branch}" + (f".{slot.op}" if len(slot.ops) > 1 else "")


def inception_resnet(slot: Slot, classifier: str = "classif", norm: str = "last_bn") -> str:
    """``repeat_1.19.branch1.2.conv`` and ``repeat_1.19.conv2d``. The head is TF-slim's; no port has it."""
    if slot.head:
        return f"AuxLogits.{slot.op_name}.{slot.leaf}"
    if slot.leaf == "linear":
        return classifier
    if slot.stage == "fc":
        return norm
    base = slot.stage if slot.copy is None or slot.stage == "block8" else f"{slot.stage}.{slot.copy}"
    if slot.leaf == "proj":
        return f"{base}.conv2d"
    return f"{base}.{_numbered(slot)}.{slot.leaf}" if slot.ops else f"{base}.{slot.leaf}"


def inception_resnet_last(slot: Slot) -> str:
    """The same with Cadene's and facenet-pytorch's name for the classifier."""
    return inception_resnet(slot, "last_linear")


def xception(slot: Slot) -> str:
    """``block2.rep.1.pointwise``: the numbers count activations, convolutions and norms."""
    if slot.leaf == "linear":
        return "fc"
    if not slot.ops and not slot.leaf.startswith("shortcut"):
        if slot.leaf == "bn":
            return f"bn{slot.stage[-1]}"
        return slot.stage + {"conv": "", "depthwise": ".conv1", "pointwise": ".pointwise"}[slot.leaf]
    base = f"block{4 + slot.copy}" if slot.copy is not None else slot.stage
    if slot.leaf.startswith("shortcut"):
        return f"{base}.{'skip' if slot.leaf.endswith('conv') else 'skipbn'}"
    before = [op for op in slot.ops[: slot.op] if isinstance(op, SepConv)]
    own = slot.ops[slot.op]
    place = sum(2 + (op.activate == "before") for op in before) + (
        isinstance(own, SepConv) and own.activate == "before"
    )
    if slot.leaf == "bn":
        return f"{base}.rep.{place + 1}"
    return f"{base}.rep.{place}.{'conv1' if slot.leaf == 'depthwise' else 'pointwise'}"


BN_INCEPTION_OPS = {
    "branch1x1.conv": "1x1", "branch3x3.reduce": "3x3_reduce", "branch3x3.conv": "3x3",
    "branch3x3dbl.reduce": "double_3x3_reduce", "branch3x3dbl.conv1": "double_3x3_1",
    "branch3x3dbl.conv2": "double_3x3_2", "branch_pool.proj": "pool_proj",
}  # fmt: skip


def bn_inception(slot: Slot) -> str:
    """Flat names: ``inception_3a_3x3_reduce``, and the same with ``_bn``."""
    if slot.leaf == "linear":
        return "last_linear"
    name = f"{slot.stage}_{BN_INCEPTION_OPS[f'{slot.branch_name}.{slot.op_name}']}" if slot.ops else slot.stage
    return f"{name}_bn" if slot.leaf == "bn" else name


def ours(slot: Slot) -> str:
    """Our own names."""
    return slot.path


LAYOUTS: Mapping[str, Mapping[str, Layout]] = {
    "googlenet_torchvision": {"torchvision": torchvision_googlenet},
    "bn_inception": {"Cadene": bn_inception},
    "inception_v3": {"torchvision and timm": inception_v3},
    "inception_v4": {"timm and Cadene": inception_v4},
    "inception_resnet_v1_facenet": {"facenet-pytorch": inception_resnet_last},
    "inception_resnet_v2": {"timm": inception_resnet, "Cadene": inception_resnet_last},
    "xception": {"timm": xception},
}
"""The published layouts of each variant, by who uses them. Every variant also has our own."""
