"""The head of every page: what network this is, what was refused, and the way back."""

from __future__ import annotations

from html import escape

from inception_models.edits.diff import changes

from ...backend import Analysis
from ..components.network_head import network_head
from ..state import State
from . import notice
from . import totals as metrics

LISTED = 40  # changes shown one by one


def show(state: State, analysis: Analysis, reference: Analysis, linked: bool) -> None:
    """Title, undo and redo, and the row of totals. ``linked``: whether the address bar holds all changes."""
    found = [change.sentence() for change in changes(state.original, state.arch)]
    network_head(
        _title(state),
        _about(state),
        _changes(found, linked),
        count=len(found),
        key="head",
        acts={
            "undo": state.undo if state.past else None,
            "redo": state.redo if state.future else None,
            "reset": (lambda: state.become(state.original)) if found else None,
        },
    )
    if state.problem:
        notice.refused(state.problem)
    metrics.show(analysis, reference)


def _title(state: State) -> str:
    about = state.arch.about
    edited = '<span class="edited">edited</span>' if state.edited else ""
    return (
        f"<h1>{escape(about.title)}</h1>{edited}"
        f"<p>{escape(about.paper)}, {about.year}. Input {state.arch.input_size} × {state.arch.input_size},"
        f" {state.arch.classes:,} classes.</p>"
    )


def _about(state: State) -> str:
    about = state.arch.about
    parts = [
        f"<p><b>{escape(about.title)}</b>, {about.year}</p><p>{escape(about.summary)}</p>",
        f'<p><a href="{escape(about.url, quote=True)}" target="_blank" rel="noopener">{escape(about.paper)}</a>.'
        f" {escape(about.authors)}.</p>",
    ]
    if about.differences:
        parts.append(f"<p><b>Paper and code</b></p>{_list(about.differences)}")
    if about.top1_percent:
        parts.append(f"<p>ImageNet top-1 accuracy {about.top1_percent:g} % ({escape(about.top1_source)}).</p>")
    return "".join(parts)


def _changes(found: list[str], linked: bool) -> str:
    """What differs from the published network, as sentences."""
    more = f'<p class="note">and {len(found) - LISTED} more</p>' if len(found) > LISTED else ""
    if linked:
        link = "The address bar holds these changes: its link opens this network anywhere."
    else:
        link = "These changes are too many for a link."
    return f'{_list(found[:LISTED])}{more}<p class="note">{link}</p>'


def _list(sentences: tuple[str, ...] | list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
