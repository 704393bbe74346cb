"""A diagram as a file for a paper or a slide, the same everywhere: an SVG or PDF has its fonts inside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import unescape
from io import BytesIO
from math import sqrt
from pathlib import Path
from re import findall, sub
from typing import Literal

from inception_models.shipped import ASSETS

from .dot import FONT

Format = Literal["svg", "pdf", "png"]

FONTS = ASSETS / "fonts"
FAMILY = "Liberation Sans"  # as wide as Helvetica, letter by letter
WEIGHTS: Mapping[str, Path] = {
    "normal": FONTS / "LiberationSans-Regular.ttf",
    "bold": FONTS / "LiberationSans-Bold.ttf",
}
PNG_SCALE = 3  # pixels a point, which is 216 a inch
MAX_PNG_PIXELS = 40e6
MAX_PDF_POINTS = 14_400  # the longest side that PDF readers take


def figure(svg: str, fmt: Format) -> bytes:
    """A painted diagram (:func:`app.backend.diagram.svg.painted`) as a file in the format ``fmt``.

    An SVG carries those letters of its font that it uses; a PDF embeds them; a PNG has three pixels a point, fewer
    where it would pass 40 megapixels.
    """
    own = svg.replace(f'font-family="{FONT}"', f"font-family=\"'{FAMILY}',{FONT}\"", 1)
    match fmt:
        case "svg":
            return own.replace(">", f"><style>{_faces(svg)}</style>", 1).encode()
        case "pdf":
            return _pdf(own)
        case "png":
            return _png(own)


def _faces(svg: str) -> str:
    """CSS with the letters of ``svg``, by weight."""
    letters = "".join(sorted(set("".join(unescape(text) for text in findall(r"<text[^>]*>([^<]*)<", svg)))))
    rule = "@font-face{font-family:'%s';font-weight:%s;src:url(data:font/woff;base64,%s)format('woff')}"
    return "".join(rule % (FAMILY, weight, _subset(file, letters)) for weight, file in WEIGHTS.items())


def _subset(file: Path, letters: str) -> str:
    from fontTools.subset import Options, Subsetter, load_font, save_font

    options = Options(flavor="woff", layout_features=["kern"], drop_tables=["FFTM"])  # WOFF 2 would need a compressor
    font = load_font(str(file), options)
    cutter = Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    done = BytesIO()
    save_font(font, done, options)
    return b64encode(done.getvalue()).decode()


def _size(svg: str) -> tuple[float, float]:
    """Width and height in points."""
    width, height = findall(r'^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)[0]
    return float(width), float(height)


def _pdf(svg: str) -> bytes:
    from reportlab.graphics import renderPDF
    from reportlab.pdfgen.canvas import Canvas
    from svglib.fonts import register_font
    from svglib.svglib import svg2rlg

    for weight, file in WEIGHTS.items():
        register_font(FAMILY, str(file), weight=weight)
    drawing = svg2rlg(BytesIO(sub(r"<title>[^<]*</title>", "", svg).encode()))
    assert drawing is not None, "our own SVG can be read"
    scale = min(1.0, MAX_PDF_POINTS / max(drawing.width, drawing.height))
    done = BytesIO()
    page = Canvas(done, (drawing.width * scale, drawing.height * scale))
    page.scale(scale, scale)
    renderPDF.draw(drawing, page, 0, 0)
    page.save()
    return done.getvalue()


def _png(svg: str) -> bytes:
    import resvg_py

    width, height = _size(svg)
    zoom = min(PNG_SCALE, sqrt(MAX_PNG_PIXELS / (width * height)))
    files = [str(file) for file in WEIGHTS.values()]
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, font_files=files, skip_system_fonts=True))
