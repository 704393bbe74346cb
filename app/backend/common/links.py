"""Links: a network as the difference from its published variant, in the address bar.

``?variant=googlenet&edits=v:2,x:0.5,w:(inception3a.branch1x1.conv:96)``. The edits are JSON without what an address
cannot have: parentheses for braces, none around the whole, no quotes around words. JSON itself, as in links of version
1, is read too. What comes back from a link is untrusted text: its size is capped, it is parsed as JSON, and checked
like anything that a person types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from urllib.parse import urlencode

from inception_models import ARCHITECTURES, Arch
from inception_models.arch.refusal import Refusal, Remedy
from inception_models.edits.link import apply_edits, readable_edits, to_edits

from .limits import MAX_LINK_BYTES

DEFAULT_VARIANT = "googlenet"
_WRITTEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]')
_READ = re.compile(r'"(?:[^"\\]|\\.)*"?|-?\d[\w.+-]*|[A-Za-z_][\w.]*|[()]', re.ASCII)
_WORD = re.compile(r'"(?!(?:true|false|null)")[A-Za-z_][\w.]*"', re.ASCII)
_BRACES = {"{": "(", "}": ")", "(": "{", ")": "}"}


def to_query(arch: Arch) -> dict[str, str]:
    """The query parameters of a link to ``arch``; short for small differences."""
    original = ARCHITECTURES[arch.key]
    if arch == original:
        return {"variant": arch.key}
    return {"variant": arch.key, "edits": compact(to_edits(original, arch))}


def compact(edits: object) -> str:
    """Edits as a link holds them."""

    def token(match: re.Match[str]) -> str:
        text = match[0]
        return _BRACES.get(text) or (text[1:-1] if _WORD.fullmatch(text) else text)

    return _WRITTEN.sub(token, json.dumps(edits, separators=(",", ":")))[1:-1]


def _as_json(text: str) -> str:
    """The JSON that :func:`compact` wrote as ``text``, which may have been cut; without the last brace."""

    def token(match: re.Match[str]) -> str:
        text = match[0]
        word = text[0].isalpha() or text[0] == "_"
        return _BRACES.get(text) or (f'"{text}"' if word and text not in ("true", "false", "null") else text)

    return "{" + _READ.sub(token, text)


def link_text(query: Mapping[str, str]) -> str:
    """A query as the address bar has it: with what may stay readable there."""
    return urlencode(query, safe=":,()")


def fits(query: Mapping[str, str]) -> bool:
    """Whether a link is short enough to be read back."""
    return sum(len(name) + len(value) for name, value in query.items()) <= MAX_LINK_BYTES


def from_query(query: Mapping[str, str]) -> tuple[Arch, Refusal | None]:
    """The network that a link describes; where something in it was refused, the published one, and why."""
    default = ARCHITECTURES[DEFAULT_VARIANT]
    if not fits(query):
        return default, Refusal(f"The link is longer than {MAX_LINK_BYTES // 1024} kB and was not read.")
    key = query.get("variant", DEFAULT_VARIANT)
    if key not in ARCHITECTURES:
        return default, unknown_variant("The link", key, query.get("edits"))
    original = ARCHITECTURES[key]
    if "edits" not in query:
        return original, None
    try:
        return edited_by(original, query["edits"]), None
    except ValueError as problem:
        return original, partly_read(f"The link's edits were not applied: {problem}", original, query["edits"])


def unknown_variant(what: str, key: str, edits: str | None) -> Refusal:
    """``what`` names the variant ``key``, which there is not; the remedy is the most similar one, with the edits."""
    near = get_close_matches(key[:40], ARCHITECTURES, n=1)
    if not near:
        return Refusal(f"{what} names no known variant ({key[:40]!r}); known are {', '.join(ARCHITECTURES)}.")
    meant = _readable(ARCHITECTURES[near[0]], edits)
    sentence = f"{what} names no known variant ({key[:40]!r}); did you mean {near[0]}?"
    return Refusal(sentence, Remedy(f"Open {meant.about.title}", lambda _: meant))


def partly_read(sentence: str, original: Arch, edits: str) -> Refusal:
    """Not all ``edits`` work; the remedy is what can be read of them, where there is something."""
    rest = _readable(original, edits)
    return Refusal(sentence, *([Remedy("Open what could be read", lambda _: rest)] if rest != original else []))


def _readable(original: Arch, text: str | None) -> Arch:
    """``original`` with whatever of these edits can be read and works, such as the beginning of a link that was cut."""
    text = text or ""
    with suppress(ValueError, RecursionError):
        return readable_edits(original, parsed(text))
    if not text.lstrip().startswith("{"):
        text = _as_json(text)
    closing, ends = "", []
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[][{},]', text):
        match token[0]:
            case "{" | "[":
                closing = ("}" if token[0] == "{" else "]") + closing
            case "}" | "]":
                closing = closing[1:]
                ends.append((token.end(), closing))
            case ",":
                ends.append((token.start(), closing))
            case _:
                pass
    for end, closing in reversed(ends):
        try:
            return readable_edits(original, json.loads(text[:end] + closing))
        except (ValueError, RecursionError):
            pass
    return original


def linked_network(query: object) -> Arch:
    """The network of a query that :func:`to_query` wrote, however long.

    Raises:
        ValueError: where it is none.
    """
    match query:
        case {"variant": str() as key, "edits": str() as text} if key in ARCHITECTURES:
            return edited_by(ARCHITECTURES[key], text)
        case {"variant": str() as key} if key in ARCHITECTURES:
            return ARCHITECTURES[key]
        case _:
            raise ValueError("This is no network's link.")


def edited_by(original: Arch, text: str) -> Arch:
    """``original`` with the edits that ``text`` holds, as JSON or as a link has them.

    Raises:
        ValueError: with one sentence, where the text is neither or the network would not work.
    """
    try:
        edits = parsed(text)
    except json.JSONDecodeError as problem:
        what = problem.msg.removesuffix(" starting at")
        where = f"{what[:1].lower()}{what[1:]} at character {problem.pos + 1}"
        raise ValueError(f"The edits are not valid JSON: {where}.") from None
    except (ValueError, RecursionError):  # a number with thousands of digits is a ValueError too
        raise ValueError("The edits are not valid JSON: a number or the nesting is too large.") from None
    return apply_edits(original, edits)


def parsed(text: str) -> object:
    """The JSON value that ``text`` says, as JSON or as :func:`compact` wrote it."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        if ":" not in text or text.lstrip()[:1] in ("{", "["):
            raise
    return json.loads(_as_json(text) + "}")
