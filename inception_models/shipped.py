"""Where the files are that ship with the program: pictures, fonts, class names, the demo network."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent

ASSETS = HERE / "assets" if (HERE / "assets").is_dir() else HERE.parent / "assets"
"""Inside of the installed package, or beside the packages in a checkout."""
