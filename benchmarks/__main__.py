"""``python -m benchmarks [NAME ...] [--quick] [--json FILE]``: measure against other tools, in one run."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

NAMES = ("analysis", "activations", "diagram", "fit", "load", "loading", "modules")
SLOW = ("endurance",)  # only when named


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)}, all by default; {SLOW[0]}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    args = parser.parse_args()
    if unknown := set(args.names) - {*NAMES, *SLOW}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join((*NAMES, *SLOW))}")
    found = {}
    for name in args.names or NAMES:
        found[name] = importlib.import_module(f"benchmarks.{name}").run(quick=args.quick)
        for title, rows in found[name].items():
            print(f"\n{name}: {title}")
            _print(rows)
    if args.json:
        args.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0


def _print(rows: list[dict[str, float | str]]) -> None:
    texts = [[_text(value) for value in row.values()] for row in rows]
    heads = list(rows[0])
    wide = [max(len(head), *(len(row[i]) for row in texts)) for i, head in enumerate(heads)]
    for row in (heads, *texts):
        print(
            "  ".join(
                cell.rjust(width) if i else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, wide, strict=True))
            )
        )


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"


sys.exit(main())
