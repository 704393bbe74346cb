"""Differences: what was added, removed and changed from one network to another, in words and in one diagram."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import streamlit as st

from ...backend.common.quantity import exact, short
from ...backend.common.text import file_name, html_text
from ...backend.decide.comparing.comparison import NetworkDifference, PartDifference
from ...backend.decide.comparing.difference_diagram import (
    COLOURS,
    FORMATS,
    MARKS,
    NAMES,
    differences_as_file,
    draw_differences,
)
from ..components.graph_view import graph_view
from ..kit.panel import panel
from ..kit.save_button import save_button
from .context import CompareContext, choose_among, choose_base

DIAGRAM_HEIGHT = "clamp(320px, calc(100svh - 220px), 760px)"


def show(context: CompareContext) -> None:
    """Render the tab."""
    first, others = context.names[0], context.names[1:]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choose_base(context, "From")
        other = choose_among("To", others, "compare_to", others[-1]) + 1
        _files(context, other)
    difference = context.comparison.differences[other - 1]
    with st.container(key="compare-differences"):
        st.html(_words(difference))
        with st.container(key="compare-diagram"), panel("The diagram"):
            graph_view(
                draw_differences(context.comparison, other, context.theme),
                network=f"{first} {context.names[other]}",
                selected=None,
                key="differences",
                on_select=lambda _: None,
                height=DIAGRAM_HEIGHT,
            )


def _files(context: CompareContext, other: int) -> None:
    name = f"{context.names[0]} to {context.names[other]}"
    for fmt in FORMATS:
        save_button(
            fmt.upper(),
            partial(differences_as_file, context.comparison, fmt, other, context.theme),
            file_name(f"{name}.{fmt}"),
            type="tertiary",
            key=f"differences.{fmt}",
            help="The diagram, with its fonts",
        )


def _words(difference: NetworkDifference) -> str:
    lines = [f"<li>{html_text(sentence)}</li>" for sentence in difference.sentences]
    lines += [line for part in difference.parts for line in _part(part)]
    following = [part for part in difference.parts.following if not part.aux]
    if following:
        macs, params = sum(part.macs for part in following), sum(part.params for part in following)
        count = f"{len(following)} part{'s' if len(following) > 1 else ''}"
        words = f"{count} the same, reading something else"
        lines.append(_line("follows", f"{html_text(words)} {_cost(macs, params)}"))
    inner = "".join(lines) or "<li>The two networks are the same.</li>"
    return f'<ul class="compare-words" tabindex="0">{inner}</ul>'


def _part(part: PartDifference) -> Iterator[str]:
    if part.fate != "follows":
        yield _line(part.fate, f"{html_text('; '.join(part.sentences), 400)} {_cost(part.macs, part.params)}")


def _line(fate: str, html: str) -> str:
    mark, colour, name = ((table[fate]) for table in (MARKS, COLOURS, NAMES))  # type: ignore[index]
    return f'<li><i style="--fate:{colour}" title="{name}">{mark.strip()}</i>{html}</li>'


def _cost(macs: int, params: int) -> str:
    words = [f"{'+' if n > 0 else ''}{short(n)} {unit}" for n, unit in ((macs, "MACs"), (params, "parameters")) if n]
    every_digit = f"{exact(macs, 'MACs')}, {exact(params, 'parameters')}"
    return f'<small title="{every_digit}">{", ".join(words)}</small>' if words else ""
