"""Weights in a network as files: one that opens again as the same network, and those that other libraries load."""

from __future__ import annotations

import io
from contextlib import suppress

import torch
from safetensors.torch import save
from torch import Tensor

from ..arch.spec import Arch
from ..checkpoints import card
from ..checkpoints.key_names import OURS, THEIR_NETWORKS
from ..checkpoints.weighted_modules import weighted_modules
from ..edits.diff import changes
from ..net.builder import Network
from ..variants import ARCHITECTURES
from .loading import Loaded

KEPT = frozenset({"classes", "input_size", "aux", "p"})
"""What may differ in a network that is still a library's: every library has arguments for it."""


def safetensors_with_card(loaded: Loaded, library: str = OURS) -> bytes:
    """The weights as a .safetensors file with the card in its header, named as ``library`` names them.

    Raises:
        ValueError: as :func:`state_named`.
    """
    tensors = {name: value.contiguous() for name, value in state_named(loaded.net, library).items()}
    return save(tensors, {card.WITHIN: card_of(loaded)})


def state_dict_file(loaded: Loaded, library: str = OURS) -> bytes:
    """The weights as a state dict that ``torch.load`` reads, named as ``library`` names them.

    Raises:
        ValueError: as :func:`state_named`.
    """
    buffer = io.BytesIO()
    torch.save({name: value.clone() for name, value in state_named(loaded.net, library).items()}, buffer)
    return buffer.getvalue()


def state_named(net: Network, library: str = OURS) -> dict[str, Tensor]:
    """The state dict that ``library``'s network of the same kind loads; without the heads that it does not have.

    Raises:
        ValueError: where the network is not, or no longer, one of that library's.
    """
    state = net.state_dict()
    if library == OURS:
        return dict(state)
    check_theirs(net.arch, library)
    layout = THEIR_NETWORKS[library][net.arch.key]
    prefixes = {module.path: layout(module) for module in weighted_modules(net.arch)}
    heads = () if library == "torchvision" else tuple(f"{head.name}." for head in net.arch.aux)
    paths = ((name.rpartition("."), value) for name, value in state.items() if not name.startswith(heads))
    return {f"{prefixes[path]}.{leaf}": value for (path, _, leaf), value in paths}


def check_theirs(arch: Arch, library: str) -> None:
    """Refuse a network that ``library`` does not have.

    Raises:
        ValueError: naming the networks that it has, or what was changed.
    """
    known = THEIR_NETWORKS[library]
    if arch.key not in known:
        raise ValueError(f"{library} does not have {arch.about.title}; of these networks it has {', '.join(known)}.")
    edits = [change.sentence() for change in changes(ARCHITECTURES[arch.key], arch) if change.kind not in KEPT]
    if edits:
        raise ValueError(
            f"{library} would not load these weights: the network is edited ({edits[0]}); --layout {OURS} keeps them."
        )


def libraries_of(arch: Arch) -> list[str]:
    """Whose names the weights of ``arch`` can have: our own, then those of the libraries that would load them."""
    theirs = []
    for library in THEIR_NETWORKS:
        with suppress(ValueError):
            check_theirs(arch, library)
            theirs.append(library)
    return [OURS, *theirs]


def card_of(loaded: Loaded) -> str:
    """The card of the weights, as JSON."""
    return card.card_text(loaded.trained_weights, loaded.net.arch, _notes(loaded))


def _notes(loaded: Loaded) -> tuple[str, ...]:
    if all(change.kind == "kept" for change in loaded.changes):
        return loaded.report
    title = loaded.trained_weights.title
    return (*loaded.report, f"Carried over from {title} to an edited network, and not trained again after that.")
