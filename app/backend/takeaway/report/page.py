"""A report as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inception_models import ARCHITECTURES, Arch

from ...analysis.network import analyze
from ...common.text import html_text
from . import sections
from .markup import in_a_row

if TYPE_CHECKING:
    from ...picture.forward import Forward
    from .beside import OtherNetwork

REPORT_FOLDER = Path(__file__).parent
# Whatever the file contains, a browser that opens it asks nobody for anything.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'"


def report(
    arch: Arch,
    *,
    picture: Forward | None = None,
    others: Sequence[OtherNetwork] = (),
    address: str = "",
) -> str:
    """All that is known about ``arch`` as one HTML file.

    Args:
        picture: what :func:`app.backend.picture.forward.forward` found about one.
        others: up to five networks to compare with, each with its name.
        address: of the page that shows this network, for a link.

    Raises:
        ValueError: for more than five ``others``.
        ShapeError: where a part does not fit.
        LayoutError: where Graphviz cannot lay the diagram out.
    """
    analysis, original = analyze(arch), analyze(ARCHITECTURES[arch.key])
    parts = [
        sections.told(analysis, original),
        sections.totals(analysis, original),
        sections.diagram(analysis, original),
        sections.table_one(analysis, original),
        sections.costs(analysis, original),
        sections.code(analysis),
        sections.reproduce(analysis, address),
    ]
    if picture is not None:
        from .picture import picture_section

        parts.insert(3, picture_section(picture))
    if others:
        from .beside import beside_section

        parts.insert(2, beside_section(analysis, others))
    title = html_text(f"{arch.about.label}{'' if arch == original.arch else ', edited'}")
    css, script = ((REPORT_FOLDER / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{css}</style></head>'
        f"<body><h1>{title}</h1>{in_a_row(parts).html}<script>{script}</script></body></html>\n"
    )
