"""Weights in a network as a file that opens again as the same network, without being told which."""

from __future__ import annotations

from safetensors.torch import save

from ..checkpoints import card
from .loading import Loaded


def safetensors_with_card(loaded: Loaded) -> bytes:
    """The weights by this project's names, as a .safetensors file with the card in its header."""
    tensors = {name: value.contiguous() for name, value in loaded.net.state_dict().items()}
    return save(tensors, {card.WITHIN: card.card_text(loaded.trained_weights, loaded.net.arch, _notes(loaded))})


def _notes(loaded: Loaded) -> tuple[str, ...]:
    if all(change.kind == "kept" for change in loaded.changes):
        return loaded.report
    title = loaded.trained_weights.title
    return (*loaded.report, f"Carried over from {title} to an edited network, and not trained again after that.")
