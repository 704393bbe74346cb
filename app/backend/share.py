"""Links: a network as the difference from its published variant, in the address bar.

``?variant=googlenet&input=256&widths={"inception3a.branch1x1.conv":96}``. What comes back from a link is somebody's
text: it is size-capped, parsed as JSON, and checked like anything a person types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from inception_models import ARCHITECTURES, Arch, widths, with_widths
from inception_models.edit import with_classes, with_input_size, without_aux

from .limits import MAX_LINK_BYTES

DEFAULT = "googlenet"


def to_query(arch: Arch) -> dict[str, str]:
    """The query parameters of a link to ``arch``; short for small differences."""
    original = ARCHITECTURES[arch.key]
    query = {"variant": arch.key}
    if arch.input_size != original.input_size:
        query["input"] = str(arch.input_size)
    if arch.classes != original.classes:
        query["classes"] = str(arch.classes)
    if original.aux and not arch.aux:
        query["aux"] = "off"
    published = widths(original)
    if changed := {path: width for path, width in widths(arch).items() if width != published.get(path)}:
        query["widths"] = json.dumps(changed, separators=(",", ":"))
    return query


def from_query(query: Mapping[str, str]) -> tuple[Arch, str]:
    """The network a link describes, and a sentence about what in it was refused (empty where all was well)."""
    if sum(len(k) + len(v) for k, v in query.items()) > MAX_LINK_BYTES:
        return ARCHITECTURES[DEFAULT], f"The link is longer than {MAX_LINK_BYTES // 1024} kB and was not read."
    key = query.get("variant", DEFAULT)
    if key not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        return ARCHITECTURES[DEFAULT], f"The link names no known variant ({key[:40]!r}); known are {known}."
    arch = ARCHITECTURES[key]
    try:
        return _applied(arch, query), ""
    except ValueError as refusal:
        return arch, f"The link's changes were not applied: {refusal}"


def _applied(arch: Arch, query: Mapping[str, str]) -> Arch:
    if query.get("aux") == "off":
        arch = without_aux(arch)
    if "classes" in query:
        arch = with_classes(arch, _number(query["classes"], "classes"))
    if "widths" in query:
        arch = with_widths(arch, _widths(query["widths"]))
    if "input" in query:
        arch = with_input_size(arch, _number(query["input"], "input"))
    return arch


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValueError(f"{name} must be a whole number, not {text[:40]!r}.")
    return int(text)


def _widths(text: str) -> dict[str, int]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("its widths are not valid JSON.") from None
    if not isinstance(parsed, dict):
        raise ValueError("its widths must be a JSON object of paths and whole numbers.")
    return parsed
