"""A diagram as a file for a paper or a slide, which looks the same everywhere: an SVG or PDF contains its fonts."""

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
from .svg import Drawing, svg_text

FigureFormat = Literal["svg", "pdf", "png"]

FONTS = ASSETS / "fonts"
FAMILY = "Liberation Sans"  # as wide as Helvetica, letter by letter
FIGURE_FONT = f"'{FAMILY}',{FONT}"
FONT_FILES: Mapping[str, Path] = {
    "normal": FONTS / "LiberationSans-Regular.ttf",
    "bold": FONTS / "LiberationSans-Bold.ttf",
}
PNG_SCALE = 3  # pixels for each point, which is 216 for each inch
MAX_PNG_PIXELS = 40e6
MAX_PDF_POINTS = 14_400  # the longest side that PDF readers take


def figure_file(drawing: Drawing, fmt: FigureFormat) -> bytes:
    """A drawing on its paper, as a file in the format ``fmt``.

    An SVG contains those letters of its font that it uses; a PDF embeds them; a PNG has three pixels for each point,
    fewer where that would be more than 40 megapixels.
    """
    return svg_file(svg_text(drawing, drawing.paper, FIGURE_FONT), fmt, drawing.width, drawing.height)


def svg_file(svg: str, fmt: FigureFormat, width: float, height: float) -> bytes:
    """An SVG document of this size in points, with text in :data:`FIGURE_FONT`, as :func:`figure_file` has it."""
    match fmt:
        case "svg":
            return svg.replace(">", f"><style>{_font_faces(svg)}</style>", 1).encode()
        case "pdf":
            return _pdf(svg)
        case "png":
            return _png(svg, width, height)


def _font_faces(svg: str) -> str:
    """CSS with the letters of ``svg``, by weight."""
    letters = "".join(sorted(set("".join(unescape(text) for text in findall(r"<text[^>]*>([^<]*)<", svg)))))
    rule = "@font-face{font-family:'%s';font-weight:%s;src:url(data:font/woff;base64,%s)format('woff')}"
    return "".join(rule % (FAMILY, weight, _subset(file, letters)) for weight, file in FONT_FILES.items())


def _subset(file: Path, letters: str) -> str:
    from fontTools.subset import Options, Subsetter, load_font, save_font

    options = Options(flavor="woff", layout_features=["kern"], drop_tables=["FFTM"])  # WOFF 2 would need a compressor
    font = load_font(str(file), options)
    cutter = Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    buffer = BytesIO()
    save_font(font, buffer, options)
    return b64encode(buffer.getvalue()).decode()


def _pdf(svg: str) -> bytes:
    from reportlab.graphics import renderPDF
    from reportlab.pdfgen.canvas import Canvas
    from svglib.fonts import register_font
    from svglib.svglib import svg2rlg

    for weight, file in FONT_FILES.items():
        register_font(FAMILY, str(file), weight=weight)
    drawing = svg2rlg(BytesIO(sub(r"<title>[^<]*</title>", "", svg).encode()))
    assert drawing is not None, "our own SVG can be read"
    scale = min(1.0, MAX_PDF_POINTS / max(drawing.width, drawing.height))
    buffer = BytesIO()
    page = Canvas(buffer, (drawing.width * scale, drawing.height * scale))
    page.scale(scale, scale)
    renderPDF.draw(drawing, page, 0, 0)
    page.save()
    return buffer.getvalue()


def _png(svg: str, width: float, height: float) -> bytes:
    import resvg_py

    zoom = min(PNG_SCALE, sqrt(MAX_PNG_PIXELS / (width * height)))
    files = [str(file) for file in FONT_FILES.values()]
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, font_files=files, skip_system_fonts=True))
