"""A network as a notebook shows it: a table in the notebook's own colours, light or dark. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .shapes import stage_shapes
from .spec import Arch, AuxHead, Inception, Repeat, Residual, Stage


def arch_html(arch: Arch) -> str:
    """Every stage and head with what it is and the shape of its output."""
    rows = [(part.name, _words(part), " × ".join(map(str, after))) for part, _, after in stage_shapes(arch)]
    caption = f"{arch.about.label} ({arch.key}), {arch.input_size} × {arch.input_size} pixels, {arch.classes:,} classes"
    return html_table(caption, ("stage", "what it is", "output"), rows)


def html_table(caption: str, heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table without colours of its own."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heading)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _words(part: Stage | AuxHead) -> str:
    match part:
        case Repeat():
            return f"{part.times} × {_words(part.block)}"
        case Inception() | Residual():
            return f"{'residual ' if isinstance(part, Residual) else ''}block of {len(part.branches)}"
        case AuxHead():
            return f"auxiliary head after {part.tap}"
        case _:
            return part.title
