"""A diagram as a file, read back by other programs."""

import re
from base64 import b64decode
from functools import cache
from html import unescape
from io import BytesIO
from math import floor
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from pypdf import PdfReader

from app.backend import Analysis, analyze
from app.backend.common.colours import THEMES
from app.backend.diagram import DiagramLevel, DiagramOptions, Drawing, dot_text, draw, export
from app.backend.diagram.export import FigureFormat, figure_file
from app.backend.diagram.layout import layout_of
from app.backend.diagram.svg import layout_template
from inception_models import ARCHITECTURES

SVG = "{http://www.w3.org/2000/svg}"


@cache
def analysis_of(variant: str) -> Analysis:
    return analyze(ARCHITECTURES[variant])


def drawn(variant: str, options: DiagramOptions | None = None) -> Drawing:
    return draw(analysis_of(variant), options)


def svg_of(variant: str, options: DiagramOptions | None = None) -> str:
    return figure_file(drawn(variant, options), "svg").decode()


@pytest.mark.parametrize("fmt, start", [("svg", b"<svg "), ("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_files_need_no_program_but_the_package(
    fmt: FigureFormat, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    layout_template.cache_clear()
    assert figure_file(drawn("googlenet", DiagramOptions("stage")), fmt).startswith(start)


def test_files_and_notebooks_have_a_background_and_the_page_has_its_own() -> None:
    options = DiagramOptions("stage", theme="dark")
    paper = f'<rect width="100%" height="100%" fill="{THEMES["dark"].paper}"/>'
    assert paper in svg_of("googlenet", options)
    assert paper in drawn("googlenet", options)._repr_svg_()
    assert paper not in drawn("googlenet", options).svg
    assert layout_of(dot_text(analysis_of("googlenet"), options, None)).nodes


def test_an_svg_carries_the_letters_it_uses() -> None:
    text = svg_of("googlenet")
    fonts = [
        TTFont(BytesIO(b64decode(data))) for data in re.findall(r"url\(data:font/woff;base64,([A-Za-z0-9+/=]+)\)", text)
    ]
    assert len(fonts) == 2  # normal and bold
    used = {ord(letter) for line in re.findall(r"<text[^>]*>([^<]*)<", text) for letter in unescape(line)}
    assert ord("×") in used
    for font in fonts:
        assert used <= set(font.getBestCmap())
    assert ElementTree.fromstring(text).find(f".//{SVG}text") is not None


def test_a_pdf_embeds_its_fonts_and_keeps_its_text() -> None:
    pages = PdfReader(BytesIO(figure_file(drawn("googlenet"), "pdf"))).pages
    assert len(pages) == 1
    text = pages[0].extract_text()
    assert all(line in text for line in ("inception 4e", "fully connected", "832 × 14 × 14"))
    embedded = {
        font["/BaseFont"].partition("+")[2]
        for font in (f.get_object() for f in pages[0]["/Resources"]["/Font"].values())
        if "/FontDescriptor" in font and "/FontFile2" in font["/FontDescriptor"]
    }
    assert embedded == {"LiberationSans", "LiberationSans-Bold"}


def test_a_png_shows_what_the_page_shows() -> None:
    """Pixels in boxes have the boxes' colours, at every box."""
    image = Image.open(BytesIO(figure_file(drawn("inception_v3"), "png"))).convert("RGB")
    root = ElementTree.fromstring(drawn("inception_v3").svg)
    scale = image.width / float(root.attrib["width"])
    assert scale == pytest.approx(3, rel=1e-2)
    graph = root.find(f"{SVG}g")
    assert graph is not None
    right, down = map(float, re.findall(r"-?[\d.]+", graph.attrib["transform"]))
    boxes = [group for group in graph if "node" in group.attrib["class"].split()]
    assert len(boxes) > 50
    for box in boxes:
        rect = box.find(f"{SVG}rect")
        assert rect is not None
        corner = (float(rect.attrib["x"]) + right + 3, float(rect.attrib["y"]) + down + 3)  # inside, left of the text
        seen = image.getpixel((floor(corner[0] * scale), floor(corner[1] * scale)))
        assert isinstance(seen, tuple)
        assert "#{:02x}{:02x}{:02x}".format(*seen) == rect.attrib["fill"].lower(), box.attrib["id"]


def test_a_long_png_has_fewer_pixels_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_PNG_PIXELS", 4e6)
    every = frozenset(stage.name for stage in analysis_of("inception_resnet_v2").stages)
    drawing = drawn("inception_resnet_v2", DiagramOptions("op", every))
    width, height = Image.open(BytesIO(figure_file(drawing, "png"))).size
    assert 3.9e6 < width * height < 4.1e6


@pytest.mark.parametrize(
    "level, words", [("stage", "Inception-ResNet-A × 10"), ("branch", "repeat · Inception-ResNet-A × 10")]
)
def test_a_saved_diagram_has_the_papers_names_of_the_blocks(level: DiagramLevel, words: str) -> None:
    """As drawings of the network call them, beside our paths; a name that only repeats the path is not said twice."""
    svg = svg_of("inception_resnet_v2", DiagramOptions(level))
    texts = [unescape("".join(text.itertext())) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert words in texts
    assert any(text.startswith("Reduction-A") or "Reduction-A" in text for text in texts)
    plain = svg_of("googlenet", DiagramOptions("stage"))
    assert "inception (3a)" not in re.sub(r"<title>.*?</title>", "", plain, flags=re.DOTALL)
