"""What the README says is so: each of its commands and snippets is run, and each path that it names is there."""

from __future__ import annotations

import gzip
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app.backend import analyze
from app.backend.common.links import from_query, link_text, to_query
from app.backend.common.network_file import network_json
from app.backend.common.quantity import short
from app.backend.takeaway.paper_table import bibtex
from app.cli import COMMANDS, main
from inception_models import ARCHITECTURES
from tests.app_server import ROOT, free_port, served

TEXTS = ("README.md", "CONTRIBUTING.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SNIPPETS = [text for language, text in BLOCKS if language == "python"]
LINES = [
    re.sub(r"\s+# .*", "", line) for language, text in BLOCKS if language in ("", "sh") for line in text.splitlines()
]
FIGURES = re.findall(r"^\| .* \| (.*\*\*.*) \| `(python -m app .*)` \|$", README, re.MULTILINE)
GALLERY = re.findall(r"^\| \[(.*)\]\((http://localhost:8501/\S*)\) \| (.*) \| (.*) \| .* \|$", README, re.MULTILINE)
SERVERS = ("-m app serve", "streamlit run")

# What is not run as it is written: the part of a line, what is run in its place, and why.
SUBSTITUTES: tuple[tuple[str, str, str], ...] = (
    ("make test", "make -n test", "it would run this test, and all others, once more"),
    ("make run", "make -n run", "tests/test_setup.py starts it, and asks who may visit it"),
    ("pip install -r requirements.txt &&", "", "this environment has the packages, as tests/test_setup.py makes sure"),
    (
        "pip install . && inception-explorer",
        "pip install --dry-run --no-deps .",
        "tests/test_package.py installs the program in an environment of its own and starts it",
    ),
    (
        "--require-hashes",
        "--require-hashes --no-deps --target packages",
        "PyTorch would be downloaded; here the lock has two small packages, and they go into a folder",
    ),
    ("--weights torchvision_inception_v3", "--weights random", "the published weights would be downloaded, 100 MB"),
    (
        "--data fashion-mnist",
        "--data fashion-mnist --folder fashion --epochs 1",
        "the data set is another package, and ten epochs of it take hours: here it has 40 pictures of noise",
    ),
    (
        "--epochs 3",
        "--epochs 1 --input-size 48",
        "more epochs, of pictures as large as the demo's, take ten seconds and no other way through the program",
    ),
    ("--pictures 3000", "--pictures 3000 --input-size 48", "as above"),
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the repo's files and what the commands read are, and into which they may write."""
    for path in ROOT.iterdir():
        if path.name not in ("README.md", "requirements.lock", ".git") and not path.name.endswith("_cache"):
            (tmp_path / path.name).symlink_to(path)
    shutil.copy(ROOT / "README.md", tmp_path)
    shutil.copy(ROOT / "assets" / "samples" / "chelsea.jpg", tmp_path / "photo.jpg")
    (tmp_path / "small_v3.json").write_text(network_json(ARCHITECTURES["inception_v3"]))
    _write_small_lock(tmp_path / "requirements.lock")
    _write_fashion(tmp_path / "fashion")
    return tmp_path


def _write_small_lock(file: Path) -> None:
    entries = re.findall(r"^[\w.-]+==(?:.*\\\n)+.*\n", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    file.write_text("".join(entry for entry in entries if entry.startswith(("graphviz==", "torchinfo=="))))


def _write_fashion(folder: Path) -> None:
    """Fashion-MNIST's four files, with few pictures."""
    folder.mkdir()
    dice = np.random.default_rng(0)
    for part, count in (("train", 30), ("t10k", 10)):
        pictures = dice.integers(0, 256, (count, 28, 28), np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        for kind, array in (("images", pictures), ("labels", labels)):
            header = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes()
            name = f"{part}-{kind}-idx{array.ndim}-ubyte.gz"
            (folder / name).write_bytes(gzip.compress(header + array.tobytes()))


@pytest.mark.parametrize("line", LINES, ids=[line[:60] for line in LINES])
def test_a_command_does_what_it_says(line: str, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for written, run, _ in SUBSTITUTES:
        line = line.replace(written, run)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # as after activating .venv
    if any(server in line for server in SERVERS):
        _assert_serves(line, checkout)
        return
    words = shlex.split(line)
    if words[:3] == ["python", "-m", "app"] and "&&" not in words:  # in a process that has imported torch already
        monkeypatch.chdir(checkout)
        assert main(words[3:]) == 0
    else:
        done = subprocess.run(line, shell=True, cwd=checkout, capture_output=True, text=True, timeout=280)
        assert done.returncode == 0, done.stdout + done.stderr
    if "-o" in words:
        output = checkout / words[words.index("-o") + 1]
        assert any(output.iterdir()) if output.is_dir() else output.stat().st_size > 0


def _assert_serves(line: str, checkout: Path) -> None:
    port = free_port()
    words = re.sub(r"--port \d+", "", line).split()
    option = {"python": f"--port={port}", "streamlit": f"--server.port={port}"}[words[0]]
    with served((*words, option), f"http://127.0.0.1:{port}", checkout / "server.log", checkout):
        pass


def test_each_substitute_is_used() -> None:
    assert all(any(written in line for line in LINES) for written, _, _ in SUBSTITUTES)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_runs(snippet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "snippet.py").write_text(snippet)
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(tmp_path / "snippet.py"))


def test_there_are_commands_and_snippets() -> None:
    assert len(LINES) >= 10
    assert SNIPPETS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_lists_its_options(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(ROOT / "app" / "__main__.py")])
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    said = capsys.readouterr()
    assert said.out.startswith(f"usage: python -m app {name} ")
    assert said.err == ""


@pytest.mark.parametrize("text", TEXTS)
def test_every_goal_of_make_that_is_named_is_there(text: str) -> None:
    goals = set(re.findall(r"(?:^|`|=\S+ )make ([a-z]+)", (ROOT / text).read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert goals
    assert goals <= known


@pytest.mark.parametrize("text", TEXTS)
def test_every_path_that_is_named_is_there(text: str) -> None:
    paths = re.findall(r"`((?:inception_models|app|tests|assets|\.github|\.ci)/[\w./-]*)`", (ROOT / text).read_text())
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_rooms_begin_with_files_that_are_there() -> None:
    rows = re.findall(r"^\| (`.*`.*) \| .* \| `(\S+\.py)` \|$", README, re.MULTILINE)
    assert len(rows) > 10
    missing = [f"{rooms}: {file}" for rooms, file in rows if not _holds(rooms, file)]
    assert missing == []


def _holds(rooms: str, file: str) -> bool:
    return any((ROOT / room / file).is_file() for room in re.findall(r"`([^`]+)`", rooms))


def test_every_room_is_in_the_table() -> None:
    rooms = {
        path.parent for root in ("inception_models", "app/backend") for path in (ROOT / root).glob("*/__init__.py")
    }
    assert [room.name for room in rooms if f"`{room.relative_to(ROOT)}/`" not in README] == []


@pytest.mark.parametrize("figure, line", FIGURES)
def test_a_figure_is_what_its_command_prints(
    figure: str, line: str, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    assert main(shlex.split(line)[3:]) == 0
    said = "".join(capsys.readouterr())
    for text in re.findall(r"\*\*(.*?)\*\*", figure):
        assert text in said


def test_there_are_figures_and_ten_links() -> None:
    assert len(FIGURES) == 3
    assert len(GALLERY) == len({title for title, *_ in GALLERY}) == 10


@pytest.mark.parametrize("title, link, params, macs", GALLERY)
def test_a_link_of_the_gallery_opens_what_its_row_says(title: str, link: str, params: str, macs: str) -> None:
    parts = urlsplit(link)
    arch, refusal = from_query(dict(parse_qsl(parts.query)))
    assert refusal is None
    assert parts.query == link_text(to_query(arch))  # as the address bar has it today
    assert parts.path.strip("/") in ("", "costs", "picture")
    analysis = analyze(arch)
    assert (params, macs) == (short(analysis.params), short(analysis.macs))


def test_the_table_of_networks_is_current() -> None:
    rows = [
        f"| `{key}` | {arch.about.label}, {arch.about.year} | {analyze(arch).params:,} | {analyze(arch).macs:,} |"
        for key, arch in ARCHITECTURES.items()
    ]
    assert "\n".join(rows) in README, "The table should be:\n" + "\n".join(rows)


def test_the_citation_is_what_the_tool_writes() -> None:
    (text,) = [text for language, text in BLOCKS if language == "bibtex"]
    assert text.strip().removesuffix("}") in bibtex(ARCHITECTURES["googlenet"])
