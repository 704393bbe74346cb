"""A button that copies the link in the address bar, as a Streamlit component: only a click's own script may copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..shared.component import Component
from ..shared.events import handled, new_events

OnShare = Callable[[str, bool, Sequence[object]], None]

_component = Component(
    __file__,
    "share_button",
    "share.js",
    isolate_styles=False,  # it is dressed like the buttons beside it
)


def share_button(key: str, on_share: OnShare) -> None:
    """Show the button.

    ``on_share`` is called after a click with the address, whether it is in the clipboard now, and the networks that the
    browser has kept as recent ones. Nothing of it is validated.
    """
    _component(key=key, data={"handled": handled(key)}, on_events_change=partial(_dispatch, key, on_share))


def _dispatch(key: str, on_share: OnShare) -> None:
    for event in new_events(key):
        match event:
            case {"address": str() as address, "copied": bool() as copied, "recent": list() as recent}:
                on_share(address, copied, recent)
            case _:
                pass
