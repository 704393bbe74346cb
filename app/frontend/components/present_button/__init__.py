"""A button that shows Explore's diagram alone, in large letters, as a Streamlit component; it is all the browser's."""

from __future__ import annotations

from ..shared.component import Component

_component = Component(
    __file__,
    "present_button",
    "present.js",
    isolate_styles=False,  # it is dressed like the buttons beside it
)


def present_button(key: str) -> None:
    """Show the button. Where the page has no diagram it does nothing."""
    _component(key=key, data={})
