"""Where the files that ship with the program are: pictures, fonts, class names, the demo network."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent

ASSETS = HERE / "assets" if (HERE / "assets").is_dir() else HERE.parent / "assets"
"""Inside the installed package, or beside the packages in a checkout."""
