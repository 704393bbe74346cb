"""The set-up says what is true: the requirements, the import rules, `make run`, and what it says when it cannot."""

import ast
import http.client
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.app_server import ROOT, free_port, served, websocket_status

PACKAGES = ("inception_models", "app")


def requirements(name: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


@pytest.mark.parametrize("need", requirements("requirements.txt") + requirements("requirements-dev.txt"), ids=str)
def test_what_is_tested_here_is_what_the_requirements_admit(need: Requirement) -> None:
    assert need.specifier.contains(metadata.version(need.name))


def locked() -> dict[str, list[str]]:
    """The versions of each package in requirements.lock; it has several where they depend on the Python."""
    pins: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE):
        pins.setdefault(canonicalize_name(name), []).append(version)
    return pins


@pytest.mark.parametrize("need", requirements("requirements.txt"), ids=str)
def test_the_lock_pins_a_version_that_the_requirements_admit(need: Requirement) -> None:
    versions = locked()[canonicalize_name(need.name)]
    assert versions
    assert all(need.specifier.contains(version) for version in versions)


def test_every_pin_of_the_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    entries = [entry for entry in re.split(r"^(?=\w)", text, flags=re.MULTILINE) if not entry.startswith("#")]
    assert len(entries) == sum(map(len, locked().values()))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search("://|--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_import_of_the_app_is_in_the_requirements(package: str) -> None:
    declared = {canonicalize_name(need.name) for need in requirements("requirements.txt")}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"].values()
    declared |= {canonicalize_name(Requirement(need).name) for needs in extras for need in needs}
    providers = metadata.packages_distributions()
    known = {*sys.stdlib_module_names, *PACKAGES}
    undeclared = {
        f"{path.relative_to(ROOT)}: {root}"
        for path in (ROOT / package).rglob("*.py")
        for root in imported_roots(path) - known
        if not declared & {canonicalize_name(name) for name in providers.get(root, ())}
    }
    assert undeclared == set()


def imported_roots(path: Path) -> set[str]:
    roots: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            roots.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.partition(".")[0])
    return roots


def test_the_public_workflow_runs_what_ci_runs() -> None:
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert oldest == f">={job['strategy']['matrix']['python'][0]}"


def test_make_run_serves_its_own_visitors_only(tmp_path: Path) -> None:
    port = free_port()
    with served(("make", "run", f"PORT={port}", "HOST=127.0.0.1"), f"http://127.0.0.1:{port}", tmp_path / "log"):
        assert websocket_status(port, "127.0.0.1") == http.client.SWITCHING_PROTOCOLS
        assert websocket_status(port, "localhost") == http.client.SWITCHING_PROTOCOLS
        assert websocket_status(port, "rebound.example") == http.client.FORBIDDEN
        assert f"http://127.0.0.1:{port}" in (tmp_path / "log").read_text()


def test_the_script_finds_its_package_from_any_folder(tmp_path: Path) -> None:
    page = f"AppTest.from_file({str(ROOT / 'app' / 'main.py')!r}, default_timeout=120).run()"  # as `streamlit run` does
    code = f"from streamlit.testing.v1 import AppTest; print(len({page}.exception), 'exceptions')"
    run = subprocess.run((sys.executable, "-I", "-c", code), cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == "0 exceptions\n", run.stderr


@pytest.mark.parametrize(
    "python, sentence",
    [
        ("exit 1", "Python 3.11 or newer is needed"),
        ('case "$2" in *version_info*) exit 0;; *) exit 1;; esac', "venv module is missing"),
    ],
)
def test_a_python_that_cannot_be_used_is_named_in_one_sentence(tmp_path: Path, python: str, sentence: str) -> None:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "python").write_text(f"#!/bin/sh\n{python}\n")
    (tmp_path / "python").chmod(0o755)
    made = subprocess.run(("make", "run", "PYTHON=./python"), cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode != 0
    assert sentence in made.stderr
    assert not (tmp_path / ".venv").exists()
