"""Table 1 of any network as the papers print it: LaTeX with booktabs, Markdown, or CSV; what was changed is bold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from inception_models.arch.spec import Arch, Conv, Linear, Repeat, SepConv
from inception_models.codegen.block_types import PartType, part_types
from inception_models.edits.depth import repeats
from inception_models.edits.diff import changes
from inception_models.edits.widths import widths

from ..analysis.network import Analysis, StageCost
from ..common.csv_text import csv_text
from ..common.quantity import exact, short
from ..diagram.labels import op_name

CellText = tuple[str, bool]
"""A text, and whether it differs from the published network."""


@dataclass(frozen=True, slots=True)
class PaperTable:
    """``rows`` are in the order of the forward pass and as long as ``heading``; those in ``sections`` name columns."""

    caption: str
    heading: tuple[str, ...]
    rows: tuple[tuple[CellText, ...], ...]
    sections: frozenset[int]


def paper_table(analysis: Analysis, original: Analysis) -> PaperTable:
    """The table of ``analysis``; ``original`` is the published network."""
    arch = analysis.arch
    types = part_types(arch, ())
    wide = max([1, *(len(kind.arguments) for kind in types.values())])
    heading = ("layer", "copies", "output", *(["filters"] + [""] * (wide - 1)), "parameters", "MACs")
    rows: list[tuple[CellText, ...]] = []
    sections = set()
    last: PartType | None = None
    for stage in (*analysis.stages, *analysis.aux):
        kind = types.get(stage.name)
        if kind is not None and kind is not last and kind.arguments:
            sections.add(len(rows))
            labels = [(argument.label.replace("x", "×"), False) for argument in kind.arguments]
            rows.append(_padded([("", False)] * 3, labels, [("", False)] * 2, wide))
            last = kind
        rows.append(_stage_row(stage, kind, original, wide))
    totals: list[CellText] = [(short(analysis.params), False), (short(analysis.macs), False)]
    name = "total without heads" if analysis.aux else "total"
    rows.append(_padded([(name, False), ("", False), ("", False)], [], totals, wide))
    return PaperTable(caption(analysis, original), heading, tuple(rows), frozenset(sections))


def caption(analysis: Analysis, original: Analysis) -> str:
    """What a figure or table shows: the network, its edits, its totals."""
    arch = analysis.arch
    made = [change.sentence() for change in changes(original.arch, arch)]
    edits = f", edited ({'; '.join(made[:4])}{f'; {len(made) - 4} more' if len(made) > 4 else ''})" if made else ""
    size = analysis.input_size
    return (
        f"{arch.about.label}{edits}: {exact(analysis.params)} parameters, {short(analysis.macs, 'MACs')}"
        f" at {size} × {size} pixels."
    )


def _padded(first: list[CellText], filters: list[CellText], last: list[CellText], wide: int) -> tuple[CellText, ...]:
    return (*first, *filters, *([("", False)] * (wide - len(filters))), *last)


def _stage_row(stage: StageCost, kind: PartType | None, original: Analysis, wide: int) -> tuple[CellText, ...]:
    published, times = widths(original.arch), repeats(original.arch)
    part = stage.part
    copies: CellText = ("", False)
    if isinstance(part, Repeat):
        copies = (str(part.times), times.get(stage.name) != part.times)
    filters: list[CellText] = []
    label = stage.name
    if kind is not None:
        own = _own_widths(stage)
        filters = [(str(own[a.path]), published.get(f"{stage.name}.{a.path}") != own[a.path]) for a in kind.arguments]
    elif not isinstance(part, Repeat):
        label = f"{stage.name}: {op_name(part)}"  # type: ignore[arg-type]  # a stage without a type is an op
        if isinstance(part, Conv | SepConv | Linear) and part.width is not None:
            filters = [(str(part.width), published.get(stage.name) != part.width)]
    counts: list[CellText] = [(short(stage.params), False), (short(stage.macs), False)]
    return _padded([(label, False), copies, ("×".join(map(str, stage.out_shape)), False)], filters, counts, wide)


def _own_widths(stage: StageCost) -> dict[str, int]:
    """The filter counts of a block or head, by path within it."""
    part = stage.part.block if isinstance(stage.part, Repeat) else stage.part
    arch = Arch("", None, None, (part,))  # type: ignore[arg-type]  # only the stages are walked
    return {path.partition(".")[2]: width for path, width in widths(arch).items()}


# --- files -----------------------------------------------------------------------------------------------------------

LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$", "→": r"$\to$", "−": "--", "–": "--",
    "·": r"$\cdot$", "…": r"\ldots{}", "µ": r"$\mu$", "<": "$<$", ">": "$>$", "|": "$|$",
}  # fmt: skip


def latex_text(text: str) -> str:
    """``text`` as LaTeX that prints it."""
    return "".join(LATEX.get(letter, letter) for letter in text)


def latex_table(table: PaperTable) -> str:
    """A ``table`` environment. It needs ``\\usepackage{booktabs}``, and nothing else."""
    columns = "l" + "r" * (len(table.heading) - 1)
    lines = [
        "% Needs \\usepackage{booktabs}. Written by Inception Explorer.",
        "\\begin{table}",
        "  \\centering\\scriptsize\\setlength{\\tabcolsep}{3pt}",
        f"  \\caption{{{latex_text(table.caption)}}}",
        f"  \\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
        "    \\toprule",
        f"    {' & '.join(map(latex_text, table.heading))} \\\\",
        "    \\midrule",
    ]
    for number, row in enumerate(table.rows):
        if number and (number in table.sections or number == len(table.rows) - 1):
            lines.append("    \\midrule")
        cells = (f"\\textbf{{{latex_text(text)}}}" if changed else latex_text(text) for text, changed in row)
        lines.append(f"    {' & '.join(cells)} \\\\")
    return "\n".join([*lines, "    \\bottomrule", "  \\end{tabular}", "\\end{table}", ""])


def markdown_table(table: PaperTable) -> str:
    """A table in GitHub's Markdown, with its caption under it."""
    lines = [_markdown_row(table.heading), _markdown_row(["---", *["---:"] * (len(table.heading) - 1)])]
    for number, row in enumerate(table.rows):
        mark = "*" if number in table.sections else ""
        lines.append(_markdown_row([f"**{t}**" if changed else f"{mark}{t}{mark}" if t else "" for t, changed in row]))
    return "\n".join([*lines, "", f"{table.caption} Bold: changed.", ""])


def _markdown_row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def csv_table(table: PaperTable) -> str:
    """Comma-separated values; what names columns within the table is left out, since a column has one name here."""
    rows = ([text for text, _ in row] for number, row in enumerate(table.rows) if number not in table.sections)
    return csv_text(_numbered(table.heading), rows)


def _numbered(heading: tuple[str, ...]) -> Iterator[str]:
    first = heading.index("filters")
    for number, name in enumerate(heading):
        yield name if name and number != first else f"filters{number - first + 1}"


def bibtex(arch: Arch) -> str:
    """The entries of the paper and of this program."""
    from inception_models import __version__

    about = arch.about
    authors = " and ".join(name.strip() for name in about.authors.split(","))
    number = about.url.rsplit("/", 1)[-1] if "arxiv.org" in about.url else ""
    fields = {
        "author": authors,
        "title": f"{{{about.paper}}}",
        "year": str(about.year),
        **({"eprint": number, "archivePrefix": "arXiv"} if number else {}),
        "url": about.url,
    }
    tool = {
        "author": "{Inception Explorer contributors}",
        "title": "{Inception Explorer}",
        "version": __version__,
        "note": f"Network: {latex_text(arch.key)}",
    }
    return _entry("misc", arch.key, fields) + "\n" + _entry("software", "inception_explorer", tool)


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    return "\n".join([f"@{kind}{{{key},", *(f"  {name} = {{{text}}}," for name, text in fields.items()), "}", ""])


TABLE_FILES: Mapping[str, Callable[[PaperTable], str]] = {
    ".tex": latex_table,
    ".md": markdown_table,
    ".csv": csv_table,
}
