"""What stands at the top of generated code: whose network it is, what was changed, and the table of its widths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..arch.spec import Arch
from ..arch.tree import walk
from ..edits.diff import changes
from ..variants import ARCHITECTURES
from .block_types import PartType

MOST_CHANGES = 12  # sentences at the top of the file
LONGEST_ROW = 100  # characters of a row of the table


def described(arch: Arch) -> Iterator[str]:
    """The paragraphs that cite the network and name its edits."""
    about = arch.about
    yield f"{about.label}."
    yield ""
    yield f'{about.authors}: "{about.paper}", {about.year}.'
    yield about.url
    made = [change.sentence() for change in changes(ARCHITECTURES[arch.key], arch)] if arch.key in ARCHITECTURES else []
    if made:
        more = len(made) - MOST_CHANGES
        yield ""
        yield f"Edited: {'; '.join(made[:MOST_CHANGES])}{f'; and {more} more' if more > 0 else ''}."
    yield ""
    yield "Written by Inception Explorer."


def widths_table(arch: Arch, types: Iterable[PartType]) -> Iterator[str]:
    """``WIDTHS``: the filter counts of every block, a section for each type, as the papers print them."""
    filters = {path: str(getattr(op, "width", None)) for path, op in walk(arch)}
    sections = [kind for kind in types if kind.arguments]
    if not sections:
        return
    names = max(len(stage) for kind in sections for stage in kind.stages) + 3
    yield "# Filters of each block, in the order of its arguments: by window, branches side by side."
    yield "# fmt: off"
    yield "WIDTHS = {"
    for kind in sections:
        rows = {stage: [filters[f"{stage}.{argument.path}"] for argument in kind.arguments] for stage in kind.stages}
        yield from _section(kind, rows, names)
    yield "}"
    yield "# fmt: on"


def _section(kind: PartType, rows: dict[str, list[str]], names: int) -> Iterator[str]:
    labels = [argument.label for argument in kind.arguments]
    columns = [max(map(len, column)) for column in zip(labels, *rows.values(), strict=True)]
    gaps = ["" if i == 0 else "   " if _new_branch(kind, i) else " " for i in range(len(columns))]
    heading = "".join(f"{gap}{label:>{wide}} " for gap, label, wide in zip(gaps, labels, columns, strict=True))
    start = f"    # {kind.name}"
    if len(heading) + names + 8 > LONGEST_ROW:
        yield start
        for stage, row in rows.items():
            yield from _long_row(stage, row)
        return
    yield f"{start:<{names + 6}}  {heading}".rstrip()
    for stage, row in rows.items():
        numbers = "".join(f"{gap}{n:>{wide}}," for gap, n, wide in zip(gaps, row, columns, strict=True))
        if len(row) > 1:
            numbers = numbers.removesuffix(",")
        key = f'"{stage}":'
        yield f"    {key:<{names}}  ({numbers}),"


def _new_branch(kind: PartType, i: int) -> bool:
    return kind.arguments[i].branch != kind.arguments[i - 1].branch


def _long_row(stage: str, row: list[str]) -> Iterator[str]:
    yield f'    "{stage}": ('
    for start in range(0, len(row), 16):
        yield f"        {', '.join(row[start : start + 16])},"
    yield "    ),"
