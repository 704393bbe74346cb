"""How published checkpoints name the weights that our networks have: one function for each way of naming.

A layout is a function from a :class:`WeightedModule` of our tree to the prefix of its tensors in the file. The names
are those of torchvision 0.29 (googlenet, inception), timm 1.0 (inception_v3, inception_v4, inception_resnet_v2,
legacy_xception), Cadene's pretrained-models (bninception, inceptionv4, inceptionresnetv2) and facenet-pytorch
(inception_resnet_v1).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..arch.spec import (
    Arch,
    AuxHead,
    Branch,
    Conv,
    Fork,
    Inception,
    Kernel,
    Linear,
    Op,
    Repeat,
    Residual,
    SepConv,
    Stage,
    Unit,
)
from ..variants import ARCHITECTURES


@dataclass(frozen=True, slots=True)
class WeightedModule:
    """One module with weights. ``path`` is ours; the rest says where it is.

    ``stage``: its name in the published variant, whatever an edit calls it; ``number``: how many stages with weights,
    copies included, come before. ``leaf``: conv, bn, linear, depthwise, pointwise, proj, shortcut.conv or shortcut.bn.
    ``copy``: its number inside of a repeat. ``branch`` and ``op``: positions; ``ops``: all of the branch. ``fork``: the
    position inside of a fork. ``width_path``: the op that it belongs to, empty where its width follows from others.
    ``kernel``: of a convolution. ``classifier``: it is the network's last fully connected layer.
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
    number: int = 0
    width_path: str = ""
    kernel: Kernel | None = None
    classifier: bool = False

    @property
    def op_name(self) -> str:
        return self.ops[self.op].name if self.ops else ""


KeyLayout = Callable[[WeightedModule], str]


def weighted_modules(arch: Arch) -> Iterator[WeightedModule]:
    """Every module with weights of a network of ``arch``, in the order in which they are registered; heads last."""
    number = 0
    last = classifier_stage(arch)
    known = ARCHITECTURES.get(arch.key, arch)
    names = _published_names(arch.stages, known.stages)
    for stage in arch.stages:
        place = _Place(arch.unit, names[stage.name], number)
        match stage:
            case Repeat():
                for copy in range(stage.times):
                    inside = _Place(arch.unit, place.stage, number + copy, copy)
                    yield from _block(stage.block, f"{stage.name}.{copy}", inside)
                number += stage.times
            case Inception() | Residual():
                yield from _block(stage, stage.name, place)
                number += 1
            case _:
                for leaf, kernel in _leaves(stage, arch.unit):
                    yield WeightedModule(
                        f"{stage.name}.{leaf}", place.stage, leaf, number=number, width_path=stage.name, kernel=kernel,
                        classifier=stage.name == last,
                    )  # fmt: skip
                number += isinstance(stage, Conv | SepConv | Linear)
    names = _published_names(arch.aux, known.aux)
    for head in arch.aux:
        for position, op in enumerate(head.ops):
            for leaf, kernel in _leaves(op, arch.unit):
                path = f"{head.name}.{op.name}"
                yield WeightedModule(
                    f"{path}.{leaf}", names[head.name], leaf, True, ops=head.ops, op=position, width_path=path,
                    kernel=kernel,
                )  # fmt: skip


def classifier_stage(arch: Arch) -> str:
    """The name of the last fully connected layer among the stages; empty where there is none."""
    return next((stage.name for stage in reversed(arch.stages) if isinstance(stage, Linear)), "")


def _published_names(parts: tuple[Stage | AuxHead, ...], known: tuple[Stage | AuxHead, ...]) -> dict[str, str]:
    """The name that each part has in the published variant: its own, or that of the one in whose place it is."""
    ours, theirs = [part.name for part in parts], [part.name for part in known]
    names = {name: name for name in ours}
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            names |= zip(ours[a:b], theirs[c:d], strict=True)
    return names


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block is: the network's unit, the published name of the stage, its number, and which copy it is."""

    unit: Unit
    stage: str
    number: int
    copy: int | None = None


def _block(block: Inception | Residual, base: str, place: _Place) -> Iterator[WeightedModule]:
    for number, branch in enumerate(block.branches):
        yield from _branch(block.name, branch, number, f"{base}.{branch.name}", place)
    if isinstance(block, Residual):
        leaves = ["proj"] if block.projection else []
        if block.shortcut_stride:
            leaves += ["shortcut.conv", *(["shortcut.bn"] if place.unit.norm else [])]
        for leaf in leaves:
            kernel = None if leaf.endswith("bn") else (1, 1)
            yield WeightedModule(
                f"{base}.{leaf}", place.stage, leaf, copy=place.copy, number=place.number, kernel=kernel
            )


def _branch(block: str, branch: Branch, number: int, base: str, place: _Place) -> Iterator[WeightedModule]:
    for position, op in enumerate(branch.ops):
        inner = list(enumerate(op.ops)) if isinstance(op, Fork) else [(None, op)]
        for fork, leaf_op in inner:
            tail = op.name if fork is None else f"{op.name}.{leaf_op.name}"
            for leaf, kernel in _leaves(leaf_op, place.unit):
                yield WeightedModule(
                    f"{base}.{tail}.{leaf}", place.stage, leaf, False, place.copy, branch.name, number, branch.ops,
                    position, fork, place.number, f"{block}.{branch.name}.{tail}", kernel,
                )  # fmt: skip


def _leaves(op: Stage, network: Unit) -> Iterator[tuple[str, Kernel | None]]:
    """The modules with weights that an op is made of, with their kernels."""
    match op:
        case Conv():
            yield "conv", op.kernel
        case SepConv():
            yield "depthwise", op.kernel
            yield "pointwise", (1, 1)
        case Linear():
            yield "linear", None
        case _:
            return
    norm = op.norm if isinstance(op, Linear) else (op.unit or network).norm
    if norm is not None:
        yield "bn", None


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


def our_published_keys(module: WeightedModule) -> str:
    """Our own names of the published variant's stages, for a network in which an edit gave one another name."""
    return f"{module.stage}.{module.path.partition('.')[2]}"


OWN_LAYOUTS: Mapping[str, KeyLayout] = {"ours": our_keys, "ours, before a stage was renamed": our_published_keys}
LAYOUTS: Mapping[str, Mapping[str, KeyLayout]] = {
    "googlenet": {"torchvision": torchvision_googlenet_keys},
    "googlenet_plain": {"torchvision": torchvision_googlenet_keys},
    "googlenet_bn": {"torchvision": torchvision_googlenet_keys},
    "googlenet_torchvision": {"torchvision": torchvision_googlenet_keys},
    "googlenet_naive": {"torchvision": torchvision_googlenet_keys},
    "bn_inception": {"Cadene": bn_inception_keys},
    "inception_v3": {"torchvision and timm": inception_v3_keys},
    "inception_v4": {"timm and Cadene": inception_v4_keys},
    "inception_resnet_v1_facenet": {"facenet-pytorch": inception_resnet_last_linear_keys},
    "inception_resnet_v2": {"timm": inception_resnet_keys, "Cadene": inception_resnet_last_linear_keys},
    "xception": {"timm": xception_keys},
}
"""The published layouts of each variant, by who uses them. Every variant also has our own."""
SURPLUS: Mapping[str, tuple[str, ...]] = {"inception_resnet_v1_facenet": ("logits",)}
"""What a variant's published files have beyond its network: facenet-pytorch's classifier over people."""
UNLIKELY = frozenset({"googlenet"})
"""Not these where a file of other names than ours fits two variants: ports leave out Caffe's normalisation."""
