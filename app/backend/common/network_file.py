"""A network as a small JSON file: ``{"variant": "inception_v3", "edits": {"v": 2, "x": 0.5}}``.

assets/network.schema.json describes it. What comes back is untrusted, and is checked as a link is.
"""

from __future__ import annotations

import json

from inception_models import ARCHITECTURES, Arch
from inception_models.edits.link import apply_edits, to_edits

from .links import edited_by

MAX_NETWORK_BYTES = 1 << 20


def network_json(arch: Arch) -> str:
    """A network as a file that :func:`saved_network` reads."""
    edits = to_edits(ARCHITECTURES[arch.key], arch)
    return json.dumps({"variant": arch.key, "edits": edits}, indent=1) + "\n"


def saved_network(name: str, content: bytes) -> Arch:
    """The network of a file called ``name`` as :func:`network_json` writes it, or of the card of weights.

    Raises:
        ValueError: with one sentence, where it has none.
    """
    if len(content) > MAX_NETWORK_BYTES:
        raise ValueError(f"{name} is longer than {MAX_NETWORK_BYTES >> 20} MiB, so it is not a saved network.")
    try:
        known = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError(f"{name} is not valid JSON, so it is not a saved network.") from None
    match known:
        case {"variant": str() as key, "edits": edits} if key in ARCHITECTURES:
            return apply_edits(ARCHITECTURES[key], edits)
        case {"link": {"variant": str() as key, "edits": str() as edits}} if key in ARCHITECTURES:
            return edited_by(ARCHITECTURES[key], edits)
        case _:
            raise ValueError(f"{name} is not a saved network: it needs a known variant, and its edits.")
