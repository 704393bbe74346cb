"""What the browser keeps of a person's session, as a Streamlit component that shows nothing.

The server may be restarted, and a session ends two minutes after its connection. So each run hands the browser what
has changed, and a new session is told what the browser has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ..shared.component import Component
from ..shared.events import handled, new_events

_component = Component(__file__, "session_memory", "memory.js")


def session_memory(
    now: Mapping[str, object],
    key: str,
    on_record: Callable[[object, str], None] | None,
    on_back: Callable[[str, str], None] | None = None,
) -> None:
    """Let the browser keep ``now``, whose fields messages.d.ts explains.

    ``on_record`` is called with what the browser has kept of another session, before anything is checked, and the
    address bar's query. ``on_back`` is called with the variant and the stage that the browser's history went to,
    which are not checked either. Both must be given outside of fragments: a new session knows none.
    """
    _component(
        key=key,
        data={**now, "handled": handled(key) if on_record else None},
        on_events_change=partial(_dispatch, key, on_record, on_back) if on_record else None,
    )


def _dispatch(key: str, on_record: Callable[[object, str], None], on_back: Callable[[str, str], None] | None) -> None:
    for event in new_events(key):
        match event:
            case {"record": record, "query": str() as query}:
                on_record(record, query)
            case {"variant": str() as variant, "stage": str() as stage} if on_back:
                on_back(variant, stage)
            case _:  # the connection is back: a run is all that was wanted
                pass
