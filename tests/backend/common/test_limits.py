"""Limits are set by environment variables, checked, and in the README."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.backend.common.limits import LIMITS, PREFIX, Limit

README = Path(__file__).parents[3] / "README.md"


def test_the_readme_has_all_of_them() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\d+) \| (\d+) \.\. (\d+) \|", README.read_text(), re.MULTILINE)
    listed = {PREFIX + name: tuple(map(int, numbers)) for name, *numbers in rows}
    assert listed == {name: (limit.default, limit.least, limit.most) for name, limit in LIMITS.items()}


def test_every_variable_of_the_program_is_in_the_readme() -> None:
    sources = [
        file.read_text() for room in ("app", "inception_models") for file in (README.parent / room).rglob("*.py")
    ]
    named = {
        name for source in sources for name in re.findall(r"(?:\{PREFIX\}|INCEPTION_EXPLORER_)([A-Z_]+)\b", source)
    } | {name.removeprefix(PREFIX) for name in LIMITS}
    assert named == set(re.findall(r"^\| `([A-Z_]+[A-Z])` \|", README.read_text(), re.MULTILINE))


@pytest.mark.parametrize("text, value", [("", 20), ("1", 1), ("500", 500)])
def test_a_limit_is_what_the_variable_says(text: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_LIMIT", text)
    assert Limit("A_LIMIT", 20, 1, 500).value() == value


@pytest.mark.parametrize("text", ["0", "501", "-1", "2.5", "1e2", "many", " 3", "²", "9" * 5000])
def test_a_wrong_limit_ends_the_program_with_a_sentence(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_LIMIT", text)
    with pytest.raises(ValueError, match=r"^A_LIMIT is '.*'; a whole number from 1 to 500 is allowed\.$"):
        Limit("A_LIMIT", 20, 1, 500).value()


def test_the_command_line_says_so() -> None:
    wrong = {**os.environ, f"{PREFIX}WEIGHTS_MB": "lots"}
    command = [sys.executable, "-m", "app", "serve", "--port", "1"]
    ended = subprocess.run(command, cwd=README.parent, env=wrong, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"{PREFIX}WEIGHTS_MB is 'lots'; a whole number from 1 to 1024 is allowed.\n"
