"""Search: many networks tried, and the best of them opened."""

from __future__ import annotations

from ..kit.panel import panel
from ..searching import search
from ..shell import frame


def page() -> None:
    """Render the page."""
    state, _, _ = frame.show()
    with panel("The search"):
        search.show(state)
