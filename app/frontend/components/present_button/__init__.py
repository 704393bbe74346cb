"""A button that shows Explore's diagram alone, in large letters, as a Streamlit component; it is all the browser's."""

from __future__ import annotations

from ..shared.component import Component

_component = Component(
    __file__,
    "present_button",
    "present.js",
    isolate_styles=False,  # it is dressed like the buttons beside it
)


def present_button(offered: bool, key: str) -> None:
    """Show the button where it is ``offered``: on the page that has the diagram."""
    _component(key=key, data={"offered": offered})
