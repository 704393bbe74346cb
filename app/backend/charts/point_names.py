"""Where the names of points go, so that none covers another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NAME_PX = (7.5, 15)  # of a letter
LabelBox = tuple[float, float, float, float]  # middle, width, height
PLACES: tuple[tuple[str, float, float], ...] = (  # of a name: its middle, in its own widths and heights from the point
    ("bottom center", 0, -1), ("top center", 0, 1), ("middle right", 0.6, 0), ("middle left", -0.6, 0),
)  # fmt: skip


def free_places(
    names: Sequence[str], at: Sequence[tuple[float, float]], sizes_px: Sequence[float], width_px: float
) -> Mapping[str, str]:
    """Where each name goes, as plotly calls it, so that it covers no name and no point, and stays in the plot; those
    without a place are left out.

    ``at``: the points, in pixels from the left and from below, first those of ``names``; ``sizes_px``: of their marks.
    """
    taken: list[LabelBox] = [(x, y, size, size) for (x, y), size in zip(at, sizes_px, strict=True)]
    places: dict[str, str] = {}
    for name, (x, y), marker_px in zip(names, at, sizes_px, strict=False):  # marks after the last name have none
        width, height = NAME_PX[0] * len(name), NAME_PX[1]
        for place, right, up in PLACES:
            box = (x + right * (width + marker_px), y + up * max(height, (height + marker_px) / 2), width, height)
            inside = width <= 2 * box[0] <= 2 * width_px - width
            if inside and not any(_overlap(box, other) for other in taken):
                places[name] = place
                taken.append(box)
                break
    return places


def _overlap(a: LabelBox, b: LabelBox) -> bool:
    return abs(a[0] - b[0]) * 2 < a[2] + b[2] and abs(a[1] - b[1]) * 2 < a[3] + b[3]
