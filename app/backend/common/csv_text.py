"""Comma-separated values."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO


def csv_text(heading: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A line of headings, then a line for each row; numbers have every digit."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(heading)
    table.writerows(rows)
    return text.getvalue()
