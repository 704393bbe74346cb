"""What the browser has of a component's data, and the least that brings it up to date.

Streamlit sends a component's whole data with every run. Here each run's data is a version of a series, and the server
notes which version the browser said last that it has. A message sets everything that changed after that version, so it
can be applied to that version and to any later one: whatever an interrupted run or a lost connection swallowed comes
again with the next message. A browser that has another series, or nothing, gets the whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace

DataPath = tuple[str | int, ...]
"""The keys and indices that lead to a value in nested dicts and lists."""


@dataclass(frozen=True)
class Sent:
    """The newest version of a series. ``changed``: where something changed after the version ``seen``, and in which
    version it last did; ``seen``: the newest that the browser said it has, 0 for none."""

    data: Mapping[str, object]
    series: str = field(default_factory=lambda: secrets.token_hex(4))
    version: int = 1
    changed: Mapping[DataPath, int] = field(default_factory=dict)
    seen: int = 0

    def followed_by(self, data: Mapping[str, object]) -> Sent:
        """The next version, or this one if ``data`` is no different."""
        paths = dict.fromkeys(_differences(self.data, data, ()))
        if not paths:
            return self
        version = self.version + 1
        before = {path: at for path, at in self.changed.items() if not _lies_in(path, paths)}
        return replace(self, data=data, version=version, changed=before | dict.fromkeys(paths, version))

    def seen_at(self, version: int) -> Sent:
        """The same after the browser said that it has ``version``."""
        if not self.seen < version <= self.version:
            return self
        return replace(self, seen=version, changed={path: at for path, at in self.changed.items() if at > version})

    def message(self) -> dict[str, object]:
        """What to send: ``changes`` since a version that the browser has, or the ``whole``."""
        message: dict[str, object] = {"series": self.series, "version": self.version}
        if not self.seen:
            return message | {"whole": self.data}
        return message | {"since": self.seen, "changes": list(self._changes())}

    def _changes(self) -> Iterator[list[object]]:
        """Each new value after the steps to it, and before them how many the path shares with the one before."""
        before: DataPath = ()
        for path in self.changed:
            shared = next((i for i, (a, b) in enumerate(zip(path, before, strict=False)) if a != b), len(before))
            yield [shared, *path[shared:], _value(self.data, path)]
            before = path


def _differences(old: object, new: object, path: DataPath) -> Iterator[DataPath]:
    """Where ``new`` differs: at single values, or at a dict or list whose keys or length are others."""
    if old is new or old == new:
        return
    match old, new:
        case dict(), dict() if list(old) == list(new):
            for key in new:
                yield from _differences(old[key], new[key], (*path, key))
        case ((list() | tuple()), (list() | tuple())) if len(old) == len(new):
            for index, pair in enumerate(zip(old, new, strict=True)):
                yield from _differences(*pair, (*path, index))
        case _:
            yield path


def _lies_in(path: DataPath, places: Container[DataPath]) -> bool:
    return any(path[:length] in places for length in range(len(path)))


def _value(data: object, path: DataPath) -> object:
    for step in path:
        if isinstance(data, dict):
            data = data[step]
        else:
            assert isinstance(data, list | tuple)
            assert isinstance(step, int)
            data = data[step]
    return data
