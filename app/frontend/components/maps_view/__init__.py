"""Feature maps as a Streamlit component: tiles under which every value can be read, and the pixels that a cell sees.

Python sends each branch's mosaic as a PNG, the values under it, and what each row and column of cells sees. So pointing
at a cell needs no answer from Python; picking one is told, once (see :mod:`app.frontend.components.shared.events`).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from ....backend.picture.mosaic import Cell, Mosaic, png
from ....backend.picture.receptive_pixels import Reach
from ..shared.component import Component
from ..shared.events import handled, new_events

EXACT_VALUES = 1_000_000
"""Values that are sent with all their digits: 5 MB of the page. More are sent with three digits, up to three times as
many; beyond that only colours can be seen."""


@dataclass(frozen=True, eq=False)
class Maps:
    """The feature maps of one branch. ``values``: those that are drawn, ``[tiles, rows, columns]``; ``shared``: whether
    one scale of colours serves all of them; ``note``: a line below them."""

    path: str
    name: str
    colour: str
    size: str
    drawn: Mosaic
    values: npt.NDArray[np.float32]
    reach: Reach
    shared: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """A cell of the output at ``path``."""

    path: str
    cell: Cell


_component = Component(__file__, "maps_view", "view.js", style="view.css")


@dataclass(frozen=True, eq=False)
class Payload:
    """What the browser gets; made once for maps that are shown again and again."""

    data: dict[str, object]
    sizes: dict[str, tuple[int, int, int]]  # path: channels, rows, columns


def payload(maps: Sequence[Maps], picture_png: bytes, picture_px: int) -> Payload:
    """``maps`` and the picture, packed."""
    count = sum(item.values.size for item in maps)
    bits = 32 if count <= EXACT_VALUES else 16 if count <= 3 * EXACT_VALUES else 0
    data: dict[str, object] = {
        "version": secrets.token_hex(8),  # so that the browser need not compare megabytes
        "picture": _base64(picture_png),
        "picturePx": picture_px,
        "bits": bits,
        "maps": [_packed(item, bits) for item in maps],
    }
    sizes = {item.path: (1 + max(item.drawn.channels), *item.drawn.map_size) for item in maps}
    return Payload(data, sizes)


def maps_view(
    content: Payload, *, picked: Picked | None, explained: str, key: str, on_pick: Callable[[Picked], None]
) -> None:
    """Show maps; ``on_pick`` gets the cell that was clicked, or chosen with Enter, before the next script run.

    ``explained``: HTML about the picked cell, in which whatever a person wrote is escaped.
    """
    _component(
        key=key,
        data={
            **content.data,
            "picked": None if picked is None else [picked.path, *_triple(picked.cell)],
            "explained": explained,
            "handled": handled(key),
        },
        on_events_change=partial(_dispatch, key, content.sizes, on_pick),
    )


def _triple(cell: Cell) -> tuple[int, int, int]:
    return cell.channel, cell.row, cell.column


def _packed(item: Maps, bits: int) -> dict[str, object]:
    drawn = item.drawn
    height, width = drawn.tile_size
    together = item.shared or item.values[0].size == 1
    spans = [_span(item.values)] * len(item.values) if together else [_span(tile) for tile in item.values]
    return {
        "path": item.path,
        "name": item.name,
        "colour": item.colour,
        "size": item.size,
        "note": item.note,
        "image": _base64(png(drawn)),
        "imageSize": drawn.indices.shape,
        "tile": [height, width],
        "columns": drawn.columns,
        "gap": drawn.gap,
        "scale": drawn.scale,
        "step": drawn.step,
        "cells": item.values.shape[1:],
        "channels": drawn.channels,
        "spans": spans,
        "values": _base64(_bytes(item.values, bits)),
        "rows": item.reach.rows,
        "cols": item.reach.columns,
    }


def _span(tile: npt.NDArray[np.float32]) -> tuple[float, float] | None:
    """The values that have the first and the last colour."""
    finite = tile[np.isfinite(tile)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def _bytes(values: npt.NDArray[np.float32], bits: int) -> bytes:
    match bits:
        case 32:
            return values.astype("<f4").tobytes()
        case 16:
            with np.errstate(over="ignore"):
                return values.astype("<f2").tobytes()
        case _:
            return b""


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _dispatch(key: str, sizes: dict[str, tuple[int, int, int]], on_pick: Callable[[Picked], None]) -> None:
    for event in new_events(key):
        match event:
            case {"pick": [str() as path, int() as channel, int() as row, int() as column]} if path in sizes:
                place = (channel, row, column)
                if all(0 <= at < size for at, size in zip(place, sizes[path], strict=True)):
                    on_pick(Picked(path, Cell(*place)))
            case _:
                pass
