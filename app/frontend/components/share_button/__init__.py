"""A button that copies the link in the address bar, as a Streamlit component: only a click's own script may copy."""

from __future__ import annotations

from ..shared.component import Component

_component = Component(
    __file__,
    "share_button",
    "share.js",
    isolate_styles=False,  # it is dressed like the buttons beside it
)


def share_button(key: str) -> None:
    """Show the button."""
    _component(key=key, data={})
