"""Graphviz as a program: where things go, and what happens when it cannot say."""

import stat
import sysconfig
from pathlib import Path

import pytest

from app.backend.diagram.layout import LayoutError, places, svg_of

SMALL = """digraph {
  node [shape=box fixedsize=true width=1 height=0.5]
  subgraph cluster_c { id=c label="frame" a [id=a] b [id=b] }
  a -> b [id="a->b" headlabel="shape"]
  a -> d [id="a->d"]
  d [id=d]
}"""


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def pure() -> str:
    return str(Path(sysconfig.get_path("scripts")) / "graphviz-pure")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No Graphviz anywhere, and an empty directory on PATH to put one in."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "nothing"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_needs_no_system_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "<svg" in svg_of("digraph { a -> b }")


def test_places_are_those_of_the_drawing() -> None:
    found = places(SMALL)
    assert set(found.nodes) == {"a", "b", "d"}
    assert set(found.edges) == {"a->b", "a->d"}
    assert [(round(r.width), round(r.height)) for r in found.nodes.values()] == [(72, 36)] * 3
    a, b, frame = found.nodes["a"], found.nodes["b"], found.clusters["c"]
    assert a.centre[1] < b.centre[1]  # y points down, and b comes second
    assert frame.x < a.x
    assert frame.y < a.y
    assert frame.x + frame.width > b.x + b.width
    assert frame.label is not None
    assert found.edges["a->b"].label is not None
    assert found.edges["a->d"].label is None
    x, y = found.shift
    assert all(0 <= r.x + x <= found.width and 0 <= r.y + y <= found.height for r in found.nodes.values())


@pytest.mark.parametrize(
    "dot, says",
    [
        ("", "could not be laid out: the program gave back nothing"),  # graphviz-pure calls that a success
        ("digraph { a -> ", "could not be laid out: "),
        ("not a graph", "could not be laid out: "),
    ],
)
def test_refuses_with_a_sentence(dot: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LayoutError, match=says) as caught:
        svg_of(dot)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_without_any_graphviz(bare: Path) -> None:
    with pytest.raises(LayoutError, match="neither graphviz-pure nor dot is installed"):
        svg_of(SMALL)


@pytest.mark.parametrize("broken", ["exit 1", "exit 0", "echo no such font >&2; exit 3", None])
def test_the_system_dot_stands_in(broken: str | None, pure: str, bare: Path) -> None:
    """For a graphviz-pure that is missing, that fails, or that gives back nothing."""
    if broken is not None:
        program(bare / "graphviz-pure", broken)
    program(bare / "dot", f'exec "{pure}" "$@"')
    assert "<svg" in svg_of(SMALL)


def test_a_program_that_does_not_start(bare: Path) -> None:
    program(bare / "dot", "").write_bytes(b"\x7fELF")
    with pytest.raises(LayoutError, match="does not start"):
        svg_of(SMALL)
