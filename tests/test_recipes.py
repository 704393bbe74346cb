"""A recipe of CONTRIBUTING.md, followed in a copy of the repository: a variant is one file and one line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from inception_models.variants import FAMILIES
from tests.app_server import ROOT

VARIANT = '''"""A toy. Filter counts: of no paper."""

from __future__ import annotations

from ..arch.about import About
from ..arch.spec import Arch, AuxHead, Conv, GlobalPool, Inception, Linear, Pool, Unit
from .branches import branch1x1, branch3x3, branch_pool, classifier_head
from .stories import code, paper

# The two modules.
#           1x1 3x3r 3x3 proj
TOY_MODULES = (
    ("mixed1", 16,  8,  32,  8),
    ("mixed2", 32, 16,  64, 16),
)


def toy_module(name: str, n1: int, r3: int, n3: int, proj: int) -> Inception:
    """Three branches."""
    return Inception(name, (branch1x1(n1), branch3x3(r3, n3), branch_pool(proj)))


toy = Arch(
    key="toy",
    about=About(
        title="Toy",
        year=2100,
        paper="None",
        authors="Nobody",
        url="https://arxiv.org/abs/0000.00000",
        story=(paper("Two small modules.", "nowhere"),),
        differences=(code("A thought experiment: nobody else has built it.", "nowhere"),),
        standing="thought experiment",
        aliases=("small",),
        part_names=(("mixed1", "module"),),
    ),
    unit=Unit(),
    stages=(
        Conv("stem", 16, (3, 3), 2),
        Pool("pool1", "max", 3, 2, "same"),
        *(toy_module(*row) for row in TOY_MODULES),
        *classifier_head(dropout=0.2),
    ),
    aux=(AuxHead("aux1", "mixed1", (GlobalPool("pool"), Linear("fc")), 0.3),),
    input_size=64,
)

VARIANTS = (toy,)
'''
# Reading torch's types takes mypy a minute, and a variant uses none of them.
WITHOUT_TORCH = """
[[tool.mypy.overrides]]
module = ["torch.*", "numpy.*", "PIL.*"]
follow_imports = "skip"
"""
EVERY_VARIANT = (  # fast tests that run over every variant
    "tests/models/variants/test_facts.py",
    "tests/models/net/test_meta_state.py",
    "tests/models/edits/test_widths.py",
    "tests/models/edits/test_link.py",
    "tests/backend/analysis/test_network.py",
)
FILE = "inception_models/variants/toy.py"
CHECKS = {
    "lint": (sys.executable, "-m", "ruff", "check", "--no-cache", "inception_models"),
    "format": (sys.executable, "-m", "ruff", "format", "--check", "--no-cache", "inception_models"),
    "imports": (str(Path(sys.executable).parent / "lint-imports"), "--no-cache"),
    "types": (sys.executable, "-m", "mypy", "--follow-imports=silent", FILE),
    "summary": (sys.executable, "-m", "app", "summary", "toy", "--json"),
    "tests": (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "toy or listed", *EVERY_VARIANT),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository's source with one more variant: its file, and its line."""
    for folder in ("inception_models", "app", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", "browser")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text() + WITHOUT_TORCH)
    (tmp_path / FILE).write_text(VARIANT)
    registry = tmp_path / "inception_models" / "variants" / "__init__.py"
    last = f'    "{FAMILIES[-1]}",\n'
    before = registry.read_text()
    assert before.count(last) == 1
    registry.write_text(before.replace(last, f'{last}    "toy",\n'))
    return tmp_path


def run(folder: Path, *command: str) -> str:
    """What the command prints in ``folder``; it must succeed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_a_variant_is_one_file_and_one_line(copy: Path) -> None:
    with ThreadPoolExecutor(2) as two_at_a_time:
        said = dict(zip(CHECKS, two_at_a_time.map(lambda command: run(copy, *command), CHECKS.values()), strict=True))
    summary = json.loads(said["summary"])
    assert summary["variant"] == "toy"
    assert summary["params"] == 464 + 2_944 + 13_056 + 113_000  # stem, modules, classifier
    assert " passed" in said["tests"]
