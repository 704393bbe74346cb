"""HTML as text: elements whose content is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is right as it is."""

    html: str


Content = str | Markup | None


def element(tag: str, *contents: Content, **attributes: str | int) -> Markup:
    """``<tag ...>contents</tag>``; text is escaped, None left out. ``class_`` and ``data_key`` are those attributes."""
    names = (name.rstrip("_").replace("_", "-") for name in attributes)
    given = "".join(f' {n}="{escape(str(v))}"' for n, v in zip(names, attributes.values(), strict=True))
    return Markup(f"<{tag}{given}>{in_a_row(contents).html}</{tag}>")


def in_a_row(contents: Iterable[Content]) -> Markup:
    """One after another."""
    texts = (c.html if isinstance(c, Markup) else escape(c) for c in contents if c is not None)
    return Markup("".join(texts))


def table(heading: Iterable[Content], rows: Iterable[Iterable[Content]], **attributes: str) -> Markup:
    """A table with one line of heading."""
    head = element("thead", element("tr", *(element("th", cell) for cell in heading)))
    body = element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
    return element("table", head, body, **attributes)


def inlined(svg: str) -> Markup:
    """A drawing to be put into the page: it scales, and its ids are not the page's."""
    plain = re.sub(r' id="(?:column\d+:)?([^"]*)"', r' data-path="\1"', svg.strip())
    return Markup(re.sub(r' width="([\d.]+)" height="[\d.]+"', r' style="width:\1px"', plain, count=1))
