"""Weights from files: which layout they have, whether every tensor fits, and the network that carries them.

Nothing is ever unpickled: ``.safetensors``, or ``.pt`` and ``.pth`` read with PyTorch's ``weights_only``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from struct import error as StructError

import torch
from torch import Tensor, nn

from .builder import Network, build
from .layouts import LAYOUTS, Layout, ours, slots
from .spec import Arch

LISTED = 3  # keys named in an error


class WeightsError(ValueError):
    """A checkpoint does not fit; the message names the first keys that are missing, extra or misshapen."""


def load(arch: Arch, source: str | Path = "random") -> Network:
    """The network of ``arch`` with weights, in evaluation mode.

    Args:
        source: ``random``, or the path of a checkpoint in our own layout or in one of :mod:`inception_models.layouts`.
            Auxiliary heads that the file does not have keep their random weights.

    Raises:
        WeightsError: where the file does not fit ``arch``, naming what is missing, extra or misshapen.
        OSError: where the file cannot be read.
    """
    net = build(arch).eval()
    if source != "random":
        net.load_state_dict(net.state_dict() | translated(arch, read(Path(source))))
    return net


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint file by name.

    Raises:
        WeightsError: where it is no file of tensors.
        OSError: where it cannot be read.
    """
    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return load_file(path)
        except SafetensorError as problem:
            raise WeightsError(f"{path.name} is not a safetensors file: {problem}.") from None
    if path.suffix not in (".pt", ".pth"):
        raise WeightsError(f"{path.name} is not a .safetensors, .pt or .pth file.")
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, StructError):
        raise WeightsError(f"{path.name} holds more than tensors, or is damaged; only tensors are read.") from None
    inner = found.get("state_dict", found) if isinstance(found, dict) else found
    if not isinstance(inner, dict) or not all(isinstance(v, Tensor) for v in inner.values()):
        raise WeightsError(f"{path.name} does not hold tensors by name.")
    return {str(name).removeprefix("module."): value for name, value in inner.items()}


def translated(arch: Arch, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``state``, in whatever known layout, as a state dict of our network of ``arch``.

    A classifier with one class more than ``arch`` has lost its first row, the background; BatchNorm tensors of one
    more dimension are flattened; a count of batches that old files lack starts at zero. Auxiliary heads that only one
    of the two has are left out. Everything else must match to the letter.

    Raises:
        WeightsError: naming keys that are missing, extra or misshapen.
    """
    net = build(arch, "meta")
    wanted = net.state_dict()
    layouts: dict[str, Layout] = {**LAYOUTS.get(arch.key, {}), "ours": ours}
    name, keys = min(
        ((who, _keys(arch, net, layout)) for who, layout in layouts.items()),
        key=lambda option: len(set(option[1].values()) ^ set(state)),
    )
    for head in arch.aux:
        own = [our for our in keys if our.startswith(f"{head.name}.")]
        if not any(keys[our] in state for our in own):
            keys = {our: key for our, key in keys.items() if our not in own}
    unused = {key for key in set(state) - set(keys.values()) if not _is_surplus(key, arch)}
    missing = [key for key in keys.values() if key not in state and not key.endswith("num_batches_tracked")]
    if missing or unused:
        parts = [_listed("lacks", missing), _listed("has the unknown", sorted(unused))]
        raise WeightsError(f"The checkpoint, read in the layout {name}, {' and '.join(filter(None, parts))}.")
    return {our: _fitted(our, key, state.get(key), wanted[our]) for our, key in keys.items()}


def _keys(arch: Arch, net: nn.Module, layout: Layout) -> dict[str, str]:
    """The file's key of each of our keys."""
    modules = dict(net.named_modules())
    prefixes = {slot.path: layout(slot) for slot in slots(arch, modules)}
    found = {}
    for key in net.state_dict():
        path, _, leaf = key.rpartition(".")
        found[key] = f"{prefixes[path]}.{leaf}"
    return found


def _is_surplus(key: str, arch: Arch) -> bool:
    """Whether a key belongs to what the variant may go without: aux heads that were taken off, facenet's logits."""
    return (not arch.aux and key.startswith(("aux1.", "aux2.", "AuxLogits."))) or (
        arch.key == "inception_resnet_v1_facenet" and key.startswith("logits.")
    )


def _listed(verb: str, keys: list[str]) -> str:
    if not keys:
        return ""
    more = f" and {len(keys) - LISTED} more" if len(keys) > LISTED else ""
    return f"{verb} {', '.join(keys[:LISTED])}{more}"


def _fitted(our: str, key: str, value: Tensor | None, wanted: Tensor) -> Tensor:
    if value is None:
        return torch.zeros((), dtype=torch.long)
    if value.shape == wanted.shape:
        return value
    if value.ndim == wanted.ndim + 1 and value.shape[0] == 1 and value.shape[1:] == wanted.shape:
        return value[0]
    if our.startswith("fc.linear.") and len(value) == len(wanted) + 1 and value.shape[1:] == wanted.shape[1:]:
        return value[1:]
    raise WeightsError(
        f"{key} has the shape {list(value.shape)} where {our} has {list(wanted.shape)}; the checkpoint and the network"
        " must have the same widths."
    )
