"""The install on PyTorch's CPU build, from nothing: `make test ARGS="-m install"`. It takes minutes and 1.6 GB."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.backend import analyze
from inception_models import ARCHITECTURES
from tests.app_server import ROOT, free_port, served, websocket_status

pytestmark = [pytest.mark.install, pytest.mark.timeout(1800)]
MAX_BYTES = 2_000_000_000  # the CUDA build makes it three times as large


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the newest CPU build that pip is offered, and requirements.txt."""
    offered = _run(sys.executable, "-m", "pip", "index", "versions", "torch")
    builds = re.findall(r"[\d.]+\+cpu", offered)
    if not builds:
        pytest.skip("pip is offered no build of PyTorch that is named +cpu")
    environment = tmp_path_factory.mktemp("cpu")
    _run(sys.executable, "-m", "venv", str(environment))
    python = environment / "bin" / "python"
    _run(str(python), "-m", "pip", "install", f"torch=={builds[0]}")
    _run(str(python), "-m", "pip", "install", "-r", str(ROOT / "requirements.txt"))
    return python


def test_it_is_small_and_complete(python: Path) -> None:
    _run(str(python), "-m", "pip", "check")
    files = [path for path in python.parents[1].rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < MAX_BYTES


def test_it_counts_and_serves(python: Path, tmp_path: Path) -> None:
    summary = json.loads(_run(str(python), "-m", "app", "summary", "inception_v3", "--json"))
    assert summary["macs"] == analyze(ARCHITECTURES["inception_v3"]).macs
    port = free_port()
    command = (str(python), "-m", "app", "serve", "--port", str(port))
    with served(command, f"http://127.0.0.1:{port}", tmp_path / "server.log"):
        assert websocket_status(port, "127.0.0.1") == 101


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
