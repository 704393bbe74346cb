"""Accuracy against MACs after pruning, as an SVG for a README or a paper: error bars, a mark and a colour a method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...common.colours import THEMES
from ...common.quantity import short
from ...diagram.dot import FONT, escaped
from .heal_result import METHOD_TITLES, HealMethod, HealPoint, HealResult

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 40, 48
THEME = THEMES["light"]
LOOKS: Mapping[HealMethod, tuple[str, str]] = {  # Okabe and Ito's colours; the path of a mark
    "pruned": ("#0072B2", "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z"),
    "even": ("#E69F00", "M-5,-5h10v10h-10z"),
    "scratch": ("#009E73", "M0,-6l6,11h-12z"),
}


def heal_svg(result: HealResult) -> str:
    """The figure as an SVG document."""
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"',
            f' font-family="{FONT}" font-size="12" fill="{THEME.text}">',
            f'<rect width="100%" height="100%" fill="{THEME.paper}"/>',
            *_Figure(result).parts(),
            "</svg>\n",
        )
    )


class _Figure:
    def __init__(self, result: HealResult) -> None:
        self.result = result
        points = result.points
        lows = [100 * (point.accuracy - point.spread) for point in points]
        highs = [100 * (point.accuracy + point.spread) for point in points] + [100 * result.whole.accuracy]
        room = max(0.5, 0.1 * (max(highs) - min(lows)))
        self.low, self.high = max(0.0, min(lows) - room), min(100.0, max(highs) + room)

    def x(self, macs: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * macs / (1.05 * self.result.macs)

    def y(self, percent: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - percent) / (self.high - self.low)

    def parts(self) -> Iterator[str]:
        yield from self.axes()
        whole = self.y(100 * self.result.whole.accuracy)
        yield f'<path d="M{LEFT},{whole:.1f}H{WIDTH - RIGHT}" stroke="{THEME.line}" stroke-dasharray="4 3"/>'
        yield _text(WIDTH - RIGHT, whole - 5, f"before: {self.result.whole.accuracy:.1%}", "end")
        for place, (method, name) in enumerate(METHOD_TITLES.items()):
            points = [point for point in self.result.points if point.method == method]
            yield from self.series(method, points, 5 * (place - 1))
            colour, mark = LOOKS[method]
            at = LEFT + 8 + 200 * place
            yield f'<path d="{mark}" transform="translate({at},18)" fill="{colour}"/>'
            yield _text(at + 10, 22, name, "start")

    def series(self, method: HealMethod, points: Sequence[HealPoint], shift: float) -> Iterator[str]:
        """The points of a method, shifted a little so that bars do not cover each other."""
        colour, mark = LOOKS[method]
        places = [(self.x(point.macs) + shift, self.y(100 * point.accuracy), point) for point in points]
        line = "L".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
        yield f'<path d="M{line}" fill="none" stroke="{colour}" stroke-opacity="0.5"/>'
        for x, y, point in places:
            top, bottom = (self.y(100 * (point.accuracy + side * point.spread)) for side in (1, -1))
            yield f'<path d="M{x:.1f},{top:.1f}V{bottom:.1f}m-4,0h8M{x - 4:.1f},{top:.1f}h8" stroke="{colour}"/>'
            tip = escaped(
                f"{METHOD_TITLES[method]}: {100 * point.accuracy:.2f} ± {100 * point.spread:.2f}%, {point.macs:,} MACs"
            )
            yield f'<path d="{mark}" transform="translate({x:.1f},{y:.1f})" fill="{colour}"><title>{tip}</title></path>'

    def axes(self) -> Iterator[str]:
        bottom = HEIGHT - BOTTOM
        yield f'<path d="M{LEFT},{TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="{THEME.line}"/>'
        for share in (0, 0.25, 0.5, 0.75, 1):
            macs = share * self.result.macs
            yield _text(self.x(macs), bottom + 16, short(macs) if macs else "0", "middle")
        step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if (self.high - self.low) / s <= 8)
        tick = step * -(-self.low // step)
        while tick <= self.high:
            yield f'<path d="M{LEFT},{self.y(tick):.1f}H{WIDTH - RIGHT}" stroke="{THEME.quiet}"/>'
            yield _text(LEFT - 6, self.y(tick) + 4, f"{tick:g}", "end")
            tick = round(tick + step, 6)
        yield _text((LEFT + WIDTH) / 2, HEIGHT - 10, "MACs", "middle")
        turned = _text(0, 0, "test accuracy (%)", "middle")
        yield f'<g transform="translate(16,{(TOP + bottom) / 2}) rotate(-90)">{turned}</g>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escaped(text)}</text>'
