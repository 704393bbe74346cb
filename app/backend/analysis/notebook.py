"""An analysis as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inception_models.arch.notebook import html_table

from ..common.quantity import exact, shape_text

if TYPE_CHECKING:
    from .network import Analysis


def analysis_html(analysis: Analysis) -> str:
    """The totals, and what each stage and head costs."""
    rows = [
        (s.name, shape_text(s.out_shape), exact(s.params), exact(s.macs)) for s in (*analysis.stages, *analysis.aux)
    ]
    caption = (
        f"{analysis.arch.about.label}: {exact(analysis.params)} parameters, {exact(analysis.macs)} MACs"
        f" at {analysis.input_size} × {analysis.input_size} pixels"
    )
    return html_table(caption, ("stage", "output", "parameters", "MACs"), rows)
