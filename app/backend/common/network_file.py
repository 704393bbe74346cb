"""A network as a small JSON file: ``{"variant": "inception_v3", "edits": {"v": 2, "x": 0.5}}``.

assets/network.schema.json describes it. What comes back is untrusted, and is checked as a link is.
"""

from __future__ import annotations

import json

from inception_models import ARCHITECTURES, Arch
from inception_models.arch.refusal import Refusal
from inception_models.edits.link import to_edits

from .links import edited_by, partly_read, unknown_variant

MAX_NETWORK_BYTES = 1 << 20


def network_json(arch: Arch) -> str:
    """A network as a file that :func:`saved_network` reads."""
    edits = to_edits(ARCHITECTURES[arch.key], arch)
    return json.dumps({"variant": arch.key, "edits": edits}, indent=1) + "\n"


def saved_network(name: str, content: bytes) -> Arch:
    """The network of a file called ``name`` as :func:`network_json` writes it, or of the card of weights.

    Raises:
        Refusal: where it has none.
    """
    if len(content) > MAX_NETWORK_BYTES:
        raise Refusal(f"{name} is longer than {MAX_NETWORK_BYTES >> 20} MiB, so it is not a saved network.")
    try:
        key, edits = _variant_and_edits(json.loads(content))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(f"{name} is not valid JSON, so it is not a saved network.") from None
    except ValueError:
        raise Refusal(f"{name} is not a saved network: it needs a known variant, and its edits.") from None
    if key not in ARCHITECTURES:
        raise unknown_variant(name, key, edits)
    try:
        return edited_by(ARCHITECTURES[key], edits)
    except ValueError as problem:
        raise partly_read(f"{name}: {problem}", ARCHITECTURES[key], edits) from None


def _variant_and_edits(known: object) -> tuple[str, str]:
    match known:
        case {"variant": str() as key, "edits": edits} | {"link": {"variant": str() as key, "edits": str() as edits}}:
            return key, edits if isinstance(edits, str) else json.dumps(edits)
        case _:
            raise ValueError("This is not a saved network.")
