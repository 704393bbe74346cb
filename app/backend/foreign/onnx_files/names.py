"""Where in its author's module tree each node of an ONNX file was: from what the exporter noted, or from the names."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from onnx import NodeProto

from ...common.text import visible

_LONGEST = 4096  # letters of one node's note
_SCOPES, _CLASSES = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy"


class Hierarchy:
    """The module that owns each node, by path, and the class of every module that the file names."""

    def __init__(self) -> None:
        self.classes: dict[str, str] = {}
        self._owners: dict[str, str] = {}  # of tensors, by name

    def owner(self, node: NodeProto, weights: Sequence[str], reads: Sequence[str]) -> str:
        """The path of the module in which ``node`` is. ``weights``: the names of what it reads from the file;
        ``reads``: of what it reads from other nodes."""
        owner = self._noted(node)
        if owner is None:
            owner = _of_name(node.name)
        for name in weights:  # what an optimiser has made of several nodes is noted as the last of them
            module, dot, word = name.rpartition(".")
            if dot and word in ("weight", "bias") and node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
                owner = module
                break
        if owner is None:
            owner = _common([self._owners.get(name, "").rpartition(".")[0] for name in reads])
        for name in node.output:
            self._owners[name] = owner
        return cleaned_name(owner)

    def _noted(self, node: NodeProto) -> str | None:
        notes = {entry.key: entry.value for entry in node.metadata_props if entry.key in (_SCOPES, _CLASSES)}
        scopes, classes = _words(notes.get(_SCOPES, "")), _words(notes.get(_CLASSES, ""))
        if len(scopes) < 2:
            return None
        for path, name in zip(scopes[:-1], classes, strict=False):
            self.classes[cleaned_name(path)] = visible(name.rpartition(".")[2], 80)
        return scopes[-2]


def _words(note: str) -> list[str]:
    """A list of words as Python writes it."""
    if len(note) > _LONGEST or not note.startswith("['") or note.count("[") != 1:
        return []
    try:
        words: object = ast.literal_eval(note)
    except (ValueError, SyntaxError):
        return []
    return [word for word in words if isinstance(word, str)] if isinstance(words, list) else []


def _of_name(name: str) -> str | None:
    """``/layer1/layer1.0/conv1/Conv``, where a child of a list repeats the list's name: ``layer1.0.conv1``."""
    if "/" not in name.strip("/") and not name.startswith("/"):
        return None
    path: list[str] = []
    last = ""
    for segment in name.strip("/").split("/")[:-1]:
        path.append(segment.removeprefix(f"{last}.") if last else segment)
        last = segment
    return ".".join(path)


def _common(paths: Sequence[str]) -> str:
    parts = [path.split(".") for path in paths] or [[]]
    shared = 0
    while all(len(part) > shared for part in parts) and len({part[shared] for part in parts}) == 1:
        shared += 1
    return ".".join(parts[0][:shared])


def cleaned_name(path: str) -> str:
    """A path that is one in every other part of this program: names with dots between, and no strange characters."""
    return ".".join(re.sub(r"[^\w-]+", "_", part)[:80] for part in path.split(".")[:32] if part)


def paths_of(owners: Sequence[str], ops: Sequence[str]) -> list[str]:
    """A path for each node: that of its module where it is one operation, else the module's and the operation's."""
    inside: Mapping[str, set[str]] = defaultdict(set)
    for owner, op in zip(owners, ops, strict=True):
        inside[owner].add(op)
    parents = {".".join(owner.split(".")[:depth]) for owner in owners for depth in range(1, owner.count(".") + 1)}
    paths = []
    for owner, op in zip(owners, ops, strict=True):
        alone = owner and len(inside[owner]) == 1 and owner not in parents
        paths.append(owner if alone else f"{owner}.{op.lower()}".lstrip("."))
    return paths
