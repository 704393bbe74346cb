"""The licences of everything that the app is installed with: none that a user would not expect goes unnamed."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache

import pytest

from tests.app_server import ROOT

# Licences that allow any use as long as their text is kept; MPL 2.0 asks for changed files only. As packages word them.
EXPECTED = re.compile(
    r"(MIT|MIT-CMU|BSD|0BSD|\d-Clause BSD|BSD-\d-Clause|Apache( |-)2\.0|Apache (Software|License)|ISC|Zlib|BSL-1\.0"
    r"|CC0-1\.0|PSF-2\.0|Python Software Foundation|MPL-2\.0|Mozilla Public License 2\.0|EPL-2\.0|OFL-1\.1)\b"
)
# Packages under other licences, or that state none in their metadata; README names the first word of each.
NAMED = {
    "svglib": "LGPL-3.0-or-later",
    "resvg_py": "UNKNOWN",  # its LICENSE file is MIT's text
}
CUDA = re.compile(r"nvidia-|cuda-")


@cache
def licences() -> dict[str, str]:
    """The licence of every installed package that the app needs, through `make licences`."""
    command = ("make", "--silent", "licences", "ARGS=--format=json")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {package["Name"]: package["License"] for package in json.loads(done.stdout)}


def test_the_list_has_what_the_app_needs() -> None:
    assert {"torch", "streamlit", "svglib", "numpy"} <= licences().keys()


def test_every_licence_is_an_expected_one_or_is_named() -> None:
    surprises = {
        name: licence
        for name, licence in licences().items()
        if not CUDA.match(name) and NAMED.get(name) != licence and not _expected(licence)
    }
    assert surprises == {}


@pytest.mark.parametrize("licence", ["GPL-3.0", "MIT AND GPL-2.0-only", "Proprietary", "UNKNOWN", "MIT OR SSPL-1.0"])
def test_other_licences_are_noticed(licence: str) -> None:
    assert not _expected(licence)


def test_the_readme_names_what_is_not_plain() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "svglib" in readme
    assert "LGPL" in readme
    assert "proprietary" in readme


def _expected(licence: str) -> bool:
    return all(EXPECTED.match(part) for part in re.split(r" (?:AND|OR) |; ", licence.strip("()")))
