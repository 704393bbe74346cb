"""What a file is called that leaves the program."""

from __future__ import annotations

import json
from hashlib import blake2s

from inception_models import ARCHITECTURES, Arch
from inception_models.edits.link import to_edits


def saved_name(arch: Arch, ending: str, part: str = "") -> str:
    """``inception_v3-edited-7c1a-Mixed_5b.svg``: the variant, four digits that tell edits apart, what of it."""
    original = ARCHITECTURES[arch.key]
    edits = json.dumps(to_edits(original, arch), sort_keys=True)
    edited = [] if arch == original else ["edited", blake2s(edits.encode(), digest_size=2).hexdigest()]
    return "-".join([arch.key, *edited, *([part] if part else [])]) + ending
