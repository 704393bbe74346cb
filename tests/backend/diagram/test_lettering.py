"""The letters of diagrams: never smaller than they can be read, and never over a border, by a real font's measure."""

from __future__ import annotations

import re
from functools import cache

import pytest
from PIL import ImageFont

from app.backend import analyze
from app.backend.diagram import DiagramOptions, Drawing, draw
from app.backend.diagram.export import FONT_FILES
from app.backend.diagram.options import ColorBy, DiagramLevel
from inception_models import ARCHITECTURES, widths, with_widths

RECT = re.compile(r'<rect x="([-.\d]+)" y="[-.\d]+" width="([.\d]+)"')
LINE = re.compile(r'<text([^>]*) x="([-.\d]+)"[^>]* font-size="([.\d]+)"([^>]*)>([^<]*)</text>')
SMALLEST_POINTS = 10  # the camera shows these at 13 px or larger


@cache
def font(weight: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_FILES[weight], 100)


def over_its_border(drawing: Drawing) -> list[str]:
    """The lines that are wider than the box or frame they are in, by the font of saved figures."""
    wide = []
    for item in drawing.items:
        for before, x, size, after, text in LINE.findall(item.svg) if item.kind != "edge" else ():
            assert float(size) >= SMALLEST_POINTS, (item.id, text)
            left, width = map(float, RECT.findall(item.svg)[0])
            weight = "bold" if "bold" in before + after else "normal"
            text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            long = font(weight).getlength(text) * float(size) / 100
            start = float(x) - (0 if item.kind == "cluster" else long / 2)
            if start < left or start + long > left + width:
                wide.append(f"{item.id}: {text}")
    return wide


@pytest.mark.parametrize("level", ["stage", "branch"])
@pytest.mark.parametrize("color_by", ["kind", "macs"])
@pytest.mark.parametrize("variant", ["googlenet", "inception_v3", "inception_resnet_v2", "xception"])
def test_no_line_shrinks_or_crosses_a_border(variant: str, level: DiagramLevel, color_by: ColorBy) -> None:
    published = analyze(ARCHITECTURES[variant])
    before = widths(published.arch)
    edited = analyze(with_widths(published.arch, {path: width + 1000 for path, width in list(before.items())[::3]}))
    for analysis in (published, edited):
        assert not over_its_border(draw(analysis, DiagramOptions(level, color_by=color_by), published))
