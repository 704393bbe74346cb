"""The wheel: what it contains, and that the program it installs works where there is no checkout."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

import inception_models
from app.backend import analyze
from inception_models import ARCHITECTURES
from tests.app_server import ROOT, free_port, served, websocket_status
from tests.browser import chromium

FOLDERS = {"app": "inception_explorer", "inception_models": "inception_models", "assets": "inception_models/assets"}
SLOW_MS = 30_000  # the first trace and layout on a busy machine


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", str(ROOT), "--no-deps", "--wheel-dir", str(folder))
    (built,) = folder.iterdir()
    return built


@dataclass(frozen=True)
class Installation:
    """An environment with the wheel in it, and an empty folder to start from."""

    environment: Path
    empty: Path

    def program(self, name: str) -> str:
        return str(self.environment / "bin" / name)

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = (self.program(name), *arguments)
        return subprocess.run(command, cwd=self.empty, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What the wheel depends on is taken from this environment: PyTorch alone would take minutes."""
    environment, empty = tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("empty")
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", environment), check=True)
    python = environment / "bin" / "python"
    _pip("--python", str(python), "install", "--no-deps", str(wheel))
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.run((python, "-c", query), capture_output=True, text=True, check=True).stdout.strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    layout = "graphviz-pure"  # the one dependency that is a program
    (environment / "bin" / layout).symlink_to(Path(sysconfig.get_path("scripts"), layout).resolve())
    return Installation(environment, empty)


@pytest.fixture(scope="module")
def port(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the installed program serves the page."""
    port = free_port()
    command = (installation.program("inception-explorer"), "serve", "--port", str(port))
    log = tmp_path_factory.mktemp("log") / "server.log"
    with served(command, f"http://127.0.0.1:{port}", log, installation.empty):
        yield port


def _pip(*arguments: str) -> None:
    command = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_contains_every_file_of_the_program_and_no_other(wheel: Path) -> None:
    files = {
        f"{name}/{path.relative_to(ROOT / folder)}"
        for folder, name in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".DS_Store"
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == files


def test_a_build_leaves_nothing_in_the_checkout(wheel: Path) -> None:
    assert not [path.name for path in ROOT.iterdir() if path.name == "build" or path.suffix == ".egg-info"]


def test_the_version_is_written_down_once(wheel: Path, installation: Installation) -> None:
    version = inception_models.__version__
    assert wheel.name == f"inception_explorer-{version}-py3-none-any.whl"
    for command in (("inception-explorer",), ("python", "-m", "inception_explorer")):
        assert installation.run(*command, "--version").stdout == f"Inception Explorer {version}\n"
    mentions = [
        path
        for path in ROOT.glob("*.*")  # package-lock.json is full of other packages' versions
        if path.is_file() and path.name != "package-lock.json" and f'"{version}"' in path.read_text(encoding="utf-8")
    ]
    assert mentions == []


@pytest.mark.parametrize(
    "command, program",
    [(("inception-explorer",), "inception-explorer"), (("python", "-m", "inception_explorer"), "python -m incept")],
)
def test_help_names_the_installed_program(installation: Installation, command: tuple[str, ...], program: str) -> None:
    assert installation.run(*command, "summary", "--help").stdout.startswith(f"usage: {program}")


def test_the_checkout_s_name_for_the_app_is_not_installed(installation: Installation) -> None:
    assert "No module named 'app'" in installation.run("python", "-c", "import app").stderr


def test_a_command_runs_in_an_empty_folder(installation: Installation) -> None:
    done = installation.run("inception-explorer", "summary", "googlenet", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["params"] == analyze(ARCHITECTURES["googlenet"]).params
    assert list(installation.empty.iterdir()) == []


def test_assets_are_found(installation: Installation, tmp_path: Path) -> None:
    sample = ROOT / "assets" / "samples" / "coffee.jpg"
    command = ("activations", "googlenet_bn", "--stage", "inception3a", "--image", str(sample), "-o", str(tmp_path))
    done = installation.run("inception-explorer", *command)  # it names the classes, which are a file of assets
    assert done.returncode == 0, done.stderr
    done = installation.run("inception-explorer", "diagram", "googlenet", "-o", str(tmp_path / "net.pdf"))  # fonts
    assert done.returncode == 0, done.stderr


def test_the_page_is_served_with_its_settings(port: int) -> None:
    assert websocket_status(port, "127.0.0.1") == http.client.SWITCHING_PROTOCOLS
    assert websocket_status(port, "rebound.example") == http.client.FORBIDDEN


@pytest.mark.browser
def test_the_page_shows_a_network(port: int) -> None:
    analysis = analyze(ARCHITECTURES["googlenet"])
    with sync_playwright() as playwright:
        launched = chromium.launch(playwright)
        assert launched, chromium.MISSING
        page = launched[1].new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.goto(f"http://127.0.0.1:{port}")
        parameters = page.locator(".metric", has=page.get_by_text("Parameters", exact=True))
        expect(parameters).to_have_attribute(
            "data-tip", re.compile(f"^{analysis.params:,} parameters"), timeout=SLOW_MS
        )
        expect(page.locator('g.node[id="inception3a.branch1x1.conv"]')).to_be_visible(timeout=SLOW_MS)
        launched[1].close()
