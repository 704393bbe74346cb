"""A network as the difference from its published variant, as JSON: what a link and a saved file hold.

``{"v": 2, "x": 0.5, "w": {"inception3a.branch1x1.conv": 96}}``. The keys, all but ``v`` optional:

- ``v``: the version of this format, 2; files and links of version 1, which is a part of it, stay readable
- ``activation``: a name; ``bn``: true or false; ``aux``: false; ``dropout``, ``classes``, ``input``: numbers
- ``x``: what all published widths are multiplied by, rounded to a multiple of 8
- ``parts``: of a stage, aux head or branch whose structure changed, by its path, the list of those that replace it
- ``ops``: ops that changed in more than their width, by path; these two in the form of :mod:`.part_json`
- ``w``: widths by path, which may be nested, as in ``{"inception3a": {"branch1x1.conv": 96}}``
- ``r``: copies by path; ``s``: residual scales by path, or one number for all

``assets/network.schema.json`` describes it for other programs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..arch.rules import checked, shown
from ..arch.spec import Arch
from .link_reading import READERS, json_object
from .link_writing import leaves, replacements, stage_replacements, switches
from .multiplier import likely_factor
from .part_json import Json, part_to_json
from .widths import widths

LINK_VERSION = 2
READ_VERSIONS = (1, 2)


def to_edits(original: Arch, edited: Arch) -> dict[str, Json]:
    """The difference as JSON: ``apply_edits(original, to_edits(original, edited)) == edited``.

    Raises:
        ValueError: where the two differ in more than edits can change, as two variants do.
    """
    edits: dict[str, Json] = {"v": LINK_VERSION}
    arch = original

    def add(more: dict[str, Json]) -> None:
        """Each reader is applied once, in the order in which :func:`apply_edits` applies them."""
        nonlocal arch
        edits.update(more)
        arch = _read(arch, more, original)

    add(dict(switches(original, edited)))
    if (factor := likely_factor(widths(arch), widths(edited))) is not None:
        add({"x": factor})
    parts = stage_replacements(arch.stages, edited.stages) | replacements(arch.aux, edited.aux)
    if parts:
        add({"parts": {name: [part_to_json(part) for part in new] for name, new in parts.items()}})
    add(leaves(arch, edited))
    if arch != edited:
        raise ValueError(f"{edited.about.title} differs from {original.about.title} in more than edits can change.")
    return edits


def apply_edits(original: Arch, edits: object) -> Arch:
    """``original`` with the edits that :func:`to_edits` wrote, or somebody else: any JSON value may come in.

    Raises:
        ValueError: with one sentence, where ``edits`` is not of the format, or the network would not work.
    """
    return checked(_applied(original, edits))


def readable_edits(original: Arch, edits: object) -> Arch:
    """``original`` with as many of ``edits`` as work, each tried on top of those before it."""
    arch = original
    for key, read in READERS.items():
        if not isinstance(edits, dict) or key not in edits:
            continue
        value = edits[key]
        if (whole := _tried(read, arch, value, original)) is not None:
            arch = whole
        elif isinstance(value, dict):
            for name, item in value.items():
                arch = _tried(read, arch, {name: item}, original) or arch
    return arch


def _tried(read: Callable[[Arch, object, Arch], Arch], arch: Arch, value: object, original: Arch) -> Arch | None:
    try:
        return checked(read(arch, value, original))
    except ValueError:
        return None


def _applied(original: Arch, edits: object) -> Arch:
    """``original`` with ``edits``; whether the result works is not checked here."""
    given = json_object(edits, "The changes")
    for key in given:
        if key not in ("v", *READERS):
            raise ValueError(f"{shown(key)} is not a kind of change; known are {', '.join(READERS)}.")
    if type(given.get("v")) is not int or given["v"] not in READ_VERSIONS:
        known = " and ".join(map(str, READ_VERSIONS))
        raise ValueError(f"The changes are of version {shown(given.get('v'))}; this program reads versions {known}.")
    return _read(original, given, original)


def _read(arch: Arch, edits: Mapping[str, object], original: Arch) -> Arch:
    for key, read in READERS.items():
        if key in edits:
            arch = read(arch, edits[key], original)
    return arch
