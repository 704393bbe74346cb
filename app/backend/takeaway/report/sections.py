"""The sections of a report about a network: story, totals, diagram, table 1, costs, code, how to cite."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import torch

from inception_models import __version__
from inception_models.arch.about import Claim
from inception_models.codegen import FRAMEWORK_TITLES, FRAMEWORKS, source
from inception_models.edits.diff import changes

from ...analysis.network import Analysis
from ...common.links import to_query
from ...common.quantity import exact, float32_bytes, percent, percent_change, shape_text, short
from ...diagram import DiagramOptions
from ...diagram.labels import readable
from ...tables.cost_table import CostRow, cost_table
from ..figure import figure
from ..paper_table import bibtex, paper_table
from .markup import Content, Markup, element, in_a_row, inlined, table

INDENTS = {"stage": 0, "copy": 1, "branch": 1, "op": 2, "layer": 3}
LISTED_LEVELS = frozenset({"stage", "copy", "branch", "op"})


def told(analysis: Analysis, original: Analysis) -> Markup:
    """Who published the network, what it is, where sources differ, and what was edited."""
    about = analysis.arch.about
    made = [change.sentence() for change in changes(original.arch, analysis.arch)]
    edits = [element("h3", "Edits"), element("ul", *(element("li", sentence) for sentence in made))] if made else []
    paper = element("a", about.paper, href=about.url)
    return element(
        "section",
        element("h2", "The network"),
        element("p", f"{about.authors}: ", paper, f", {about.year}."),
        element("p", *(content for claim in about.story for content in (_claim(claim), " "))),
        *edits,
        element("h3", "Where the paper and its implementations differ") if about.differences else None,
        element("ul", *(element("li", _claim(claim)) for claim in about.differences)) if about.differences else None,
    )


def _claim(claim: Claim) -> Markup:
    return element("span", claim.text, title=f"{claim.kind}: {claim.source}")


def totals(analysis: Analysis, original: Analysis) -> Markup:
    """The totals beside the published network's."""
    counts = (
        ("parameters", analysis.params, original.params),
        ("parameters with auxiliary heads", analysis.params_with_aux, original.params_with_aux),
        ("MACs", analysis.macs, original.macs),
        ("FLOPs (2 × MACs)", analysis.flops, original.flops),
        ("bytes of weights, float32", float32_bytes(analysis.params), float32_bytes(original.params)),
        ("most values in memory at a time", analysis.peak_elements, original.peak_elements),
    )
    rows = [
        (name, exact(now), exact(was), percent_change(now, was) if now != was else "=") for name, now, was in counts
    ]
    shown = table(("of one picture", "this network", "published", "difference"), rows)
    return element(
        "section",
        element("h2", "Totals"),
        element("p", f"Input 3 × {analysis.input_size} × {analysis.input_size}. Counts are exact."),
        shown,
    )


def diagram(analysis: Analysis, original: Analysis) -> Markup:
    """The whole network, and each stage operation by operation, which a click opens."""
    whole = figure(analysis, DiagramOptions(), original).svg
    blocks = [
        stage
        for stage in (*analysis.stages, *analysis.aux)
        if stage.branches or stage.copies or stage.part in analysis.arch.aux
    ]
    opened = []
    for stage in blocks:
        drawn = figure(analysis, DiagramOptions("op"), original, stage.name).svg
        words = f"{readable(stage.name)}: {shape_text(stage.out_shape)}, {short(stage.params)} parameters"
        opened.append(element("details", element("summary", words), inlined(drawn), data_stage=stage.name))
    return element(
        "section",
        element("h2", "Diagram"),
        element("p", "Hover over a box for its numbers; click one to see its block operation by operation."),
        element("div", inlined(whole), class_="whole"),
        *opened,
    )


def table_one(analysis: Analysis, original: Analysis) -> Markup:
    """Table 1, with what was changed in bold."""
    made = paper_table(analysis, original)
    rows = []
    for number, row in enumerate(made.rows):
        tag = "th" if number in made.sections else "td"
        rows.append(element("tr", *(element(tag, element("b", text) if changed else text) for text, changed in row)))
    head = element("thead", element("tr", *(element("th", name) for name in made.heading)))
    return element("section", element("h2", "Table 1"), element("table", head, element("tbody", *rows)))


# --- costs -----------------------------------------------------------------------------------------------------------

COST_HEADINGS = ("part", "output", "parameters", "share", "MACs", "share", "published MACs")


def costs(analysis: Analysis, original: Analysis) -> Markup:
    """Bars of every stage's share, and every part with its costs: stages can be sorted, and opened with a click."""
    rows = [row for row in cost_table(analysis, original).rows if row.level in LISTED_LEVELS]
    groups: dict[str, list[CostRow]] = {}
    for row in rows:
        groups.setdefault(row.path.partition(".")[0], []).append(row)
    bodies = [element("tbody", *map(_cost_row, group), **_keys(group[0])) for group in groups.values()]
    buttons = [element("th", element("button", name, type="button"), scope="col") for name in COST_HEADINGS]
    head = element("thead", element("tr", *buttons))
    return element(
        "section",
        element("h2", "Costs"),
        _bars([group[0] for group in groups.values() if group[0].macs_share is not None]),
        element("p", "Click a heading to sort the stages, and a stage to open it."),
        element("table", head, *bodies, class_="sortable"),
    )


def _keys(row: CostRow) -> dict[str, str | int]:
    """What a stage is sorted by, in the order of the columns."""
    keys: tuple[str | int, ...] = (
        row.path,
        row.out_shape[0],
        row.params,
        row.params,
        row.macs,
        row.macs,
        row.macs - (row.macs_change or 0),
    )
    return {f"data_key{number}": key for number, key in enumerate(keys)}


def _cost_row(row: CostRow) -> Markup:
    was = None if row.macs_change is None else row.macs - row.macs_change
    share = [("", share)[share is not None] for share in (row.params_share, row.macs_share)]
    cells: list[Content] = [
        row.path,
        shape_text(row.out_shape),
        exact(row.params),
        f"{share[0]:.1%}" if share[0] else "",
        exact(row.macs),
        f"{share[1]:.1%}" if share[1] else "",
        "new" if was is None else exact(was) if was != row.macs else "=",
    ]
    name = element("td", row.path, title=row.what, class_=f"in{INDENTS[row.level]}")
    return element("tr", name, *(element("td", cell) for cell in cells[1:]), class_=f"level-{row.level}")


BAR, TEXT, WIDE = 18, 150, 640  # pixels: a row's height, room for names, the chart's width


def _bars(rows: Sequence[CostRow]) -> Markup:
    """Every stage's share of the parameters and of the MACs as two bars."""
    rows = [row for row in rows if row.params or row.macs]
    most = max([0.01, *(share or 0 for row in rows for share in (row.params_share, row.macs_share))])
    drawn = "".join(_bar(row, number * BAR, most) for number, row in enumerate(rows))
    legend = element(
        "p", element("span", "parameters", class_="key params"), element("span", "MACs", class_="key macs")
    )
    svg = f'<svg class="bars" viewBox="0 0 {WIDE} {BAR * len(rows)}" role="img">{drawn}</svg>'
    return in_a_row((legend, Markup(svg)))


def _bar(row: CostRow, y: int, most: float) -> str:
    parts = [element("text", readable(row.path), x=TEXT - 6, y=y + 12).html]
    for number, (name, count, share) in enumerate(
        (("params", row.params, row.params_share or 0), ("macs", row.macs, row.macs_share or 0))
    ):
        words = f"{row.path}: {exact(count)} {'parameters' if name == 'params' else 'MACs'}, {percent(share, 1)}"
        wide = f"{share / most * (WIDE - TEXT):.1f}"
        parts.append(
            element(
                "rect", element("title", words), x=TEXT, y=y + 2 + 7 * number, width=wide, height=6, class_=name
            ).html
        )
    return "".join(parts)


# --- code and sources ------------------------------------------------------------------------------------------------


def code(analysis: Analysis) -> Markup:
    """The network as source code in each framework."""
    files = {FRAMEWORK_TITLES[framework]: source(analysis.arch, framework) for framework in FRAMEWORKS}
    opened = [
        element("details", element("summary", title), element("pre", element("code", text)))
        for title, text in files.items()
    ]
    return element("section", element("h2", "Code"), *opened)


def reproduce(analysis: Analysis, address: str) -> Markup:
    """The link, the command, what to cite, and the versions."""
    query = to_query(analysis.arch)
    link = element("a", "Open this network", href=address) if address else None
    options = f" --edits '{query['edits']}'" if "edits" in query else ""
    command = f"python -m app report {analysis.arch.key}{options} -o report.html"
    versions = f"Inception Explorer {__version__}, PyTorch {torch.__version__}, Python {platform.python_version()}."
    return element(
        "section",
        element("h2", "Reproduce and cite"),
        element("p", link) if link else None,
        element("pre", element("code", command)),
        element("pre", element("code", bibtex(analysis.arch))),
        element("p", versions),
    )
