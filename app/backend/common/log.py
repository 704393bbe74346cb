"""What the server says of itself, for whoever runs it: with ``json``, one line of JSON for each event.

No line has a word that a person typed, or the name of anything of theirs. So the message of an exception is left out,
and so is whatever a library writes, since it may quote them; the place in the code and the stack are there instead.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType

from .limits import PREFIX

LOG = f"{PREFIX}LOG"
"""The environment variable with the format of the log."""

LOG_FORMATS = ("text", "json")
MOST_FRAMES = 30  # of a stack; the innermost are kept
MOST_CAUSES = 5

_EVENTS = logging.getLogger(__name__)


def noted(event: str, **facts: str | float) -> None:
    """Something happened. ``facts`` are kinds and quantities."""
    _EVENTS.info(event, extra={"facts": facts})


def note_failure(what: str) -> None:
    """``what`` failed, with the exception that is being handled. Written in every format."""
    _EVENTS.error("%s failed.", what, exc_info=True, extra={"facts": {"what": what}})


def log_format() -> str:
    """The format that the environment asks for.

    Raises:
        ValueError: where there is none of that name.
    """
    name = os.environ.get(LOG) or LOG_FORMATS[0]
    if name not in LOG_FORMATS:
        raise ValueError(f"{LOG} is {name[:40]!r}; {' or '.join(LOG_FORMATS)} is allowed.")
    return name


def log_as_json() -> None:
    """From now on all that is logged, by whomever, and every exception that nobody catches, is a line of JSON."""
    logging.Handler.format = lambda _, record: json_line(record)  # type: ignore[method-assign, assignment]
    logging.basicConfig(handlers=[logging.StreamHandler()], force=True)
    logging.captureWarnings(True)
    _EVENTS.setLevel(logging.INFO)
    sys.excepthook = _uncaught
    threading.excepthook = lambda failed: _uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)


def _uncaught(kind: type[BaseException], problem: BaseException | None, trace: TracebackType | None) -> None:
    _EVENTS.critical("uncaught", exc_info=(kind, problem or kind(), trace))


def json_line(record: logging.LogRecord) -> str:
    """What is written of a record."""
    line: dict[str, object] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
    }
    problem = record.exc_info[1] if record.exc_info else None
    if problem is not None:
        line["event"] = "failure"
    elif record.name == __name__:
        line["event"] = record.msg
    else:
        line["event"] = "message"
    facts = record.__dict__.get("facts", {"logger": record.name, "at": f"{record.module}:{record.lineno}"})
    return json.dumps(line | facts | _described(problem))


def _described(problem: BaseException | None, depth: int = 0) -> dict[str, object]:
    """The kind of an exception, where it came from, and what it came of."""
    if problem is None or depth > MOST_CAUSES:
        return {}
    frames = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(problem.__traceback__)
    ]
    cause = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    came_of = _described(cause, depth + 1)
    return {
        "error": type(problem).__name__,
        "stack": frames[-MOST_FRAMES:],
        **({"cause": came_of} if came_of else {}),
    }
