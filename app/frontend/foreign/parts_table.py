"""What every part costs, as a table whose levels open and close in the browser, without asking the server."""

from __future__ import annotations

import streamlit as st

from ...backend import ModuleAnalysis
from ...backend.common.quantity import percent, shape_text, short
from ...backend.common.text import html_text
from ...backend.foreign.hierarchy import ModulePart, part_tree

MOST_ROWS = 3000  # the files have all
_HEADS = ("Part", "Output", "Parameters", "MACs", "Share of MACs", "Sees, pixels")


def show(analysis: ModuleAnalysis) -> None:
    """Render the table."""
    tree = part_tree(analysis)
    depth = max((part.path.count(".") for part in tree), default=0)
    while len(tree) > MOST_ROWS and depth > 0:
        tree = tuple(part for part in tree if part.path.count(".") < depth)
        depth -= 1
    head = "".join(f"<span>{title}</span>" for title in _HEADS)
    st.html(f'<div class="parts"><div class="head">{head}</div>{_rows(tree, analysis.macs)}</div>')


def _rows(tree: tuple[ModulePart, ...], macs: int) -> str:
    """Parts in the order of the tree, each before those inside it, as nested elements that open."""
    html: list[str] = []
    around: list[str] = []
    for place, part in enumerate(tree):
        while around and not part.path.startswith(f"{around[-1]}."):
            around.pop()
            html.append("</details>")
        row = _row(part, macs, len(around))
        if place + 1 < len(tree) and tree[place + 1].path.startswith(f"{part.path}."):
            around.append(part.path)
            html.append(f"<details><summary>{row}</summary>")
        else:
            html.append(f"<div>{row}</div>")
    return "".join(html) + "</details>" * len(around)


def _row(part: ModulePart, macs: int, level: int) -> str:
    name = html_text(part.path.rpartition(".")[2])
    field = f"{part.field[0].size} × {part.field[1].size}" if part.field else "–"
    share, width = percent(part.macs, part.macs and macs), 100 * part.macs / (macs or 1)
    return (
        f'<span style="--level:{level}" title="{html_text(part.path)}"><b>{name}</b>'
        f" <small>{html_text(part.words)}</small></span>"
        f"<span>{shape_text(part.out_shape) or '1'}</span>"
        f'<span title="{part.params:,}">{short(part.params)}</span>'
        f'<span title="{part.macs:,}">{short(part.macs)}</span>'
        f'<span class="share"><i style="width:{width:.1f}%"></i>{share}</span><span>{field}</span>'
    )
