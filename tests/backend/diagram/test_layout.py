"""Graphviz as a program: where it puts everything, and what happens when it fails."""

import stat
import sysconfig
from pathlib import Path

import pytest

from app.backend.diagram import layout
from app.backend.diagram.layout import LayoutError, graphviz_svg, layout_of

SMALL = """digraph {
  node [shape=box fixedsize=true width=1 height=0.5]
  subgraph cluster_c { id=c label="block" a [id=a] b [id=b] }
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
    assert "<svg" in graphviz_svg("digraph { a -> b }")


def test_coordinates_are_those_of_the_drawing() -> None:
    layout = layout_of(SMALL)
    assert set(layout.nodes) == {"a", "b", "d"}
    assert set(layout.edges) == {"a->b", "a->d"}
    assert [(round(r.width), round(r.height)) for r in layout.nodes.values()] == [(72, 36)] * 3
    a, b, cluster = layout.nodes["a"], layout.nodes["b"], layout.clusters["c"]
    assert a.centre[1] < b.centre[1]  # y points down, and b comes second
    assert cluster.x < a.x
    assert cluster.y < a.y
    assert cluster.x + cluster.width > b.x + b.width
    assert cluster.label is not None
    assert layout.edges["a->b"].label is not None
    assert layout.edges["a->d"].label is None
    x, y = layout.shift
    assert all(0 <= r.x + x <= layout.width and 0 <= r.y + y <= layout.height for r in layout.nodes.values())


@pytest.mark.parametrize(
    "dot, says",
    [
        ("", "could not be laid out: the program returned nothing"),  # graphviz-pure calls that a success
        ("digraph { a -> ", "could not be laid out: "),
        ("not a graph", "could not be laid out: "),
    ],
)
def test_refuses_with_a_sentence(dot: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LayoutError, match=says) as caught:
        graphviz_svg(dot)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_without_any_graphviz(bare: Path) -> None:
    with pytest.raises(LayoutError, match="neither graphviz-pure nor dot is installed"):
        graphviz_svg(SMALL)


@pytest.mark.parametrize(
    "broken", ["exit 1", "exit 0", "echo no such font >&2; exit 3", "kill -9 $$", "echo '<svg>'", None]
)
def test_the_systems_dot_replaces_it(broken: str | None, pure: str, bare: Path) -> None:
    """For a graphviz-pure that is missing, fails, is killed, or returns nothing or only a part."""
    if broken is not None:
        program(bare / "graphviz-pure", broken)
    program(bare / "dot", f'exec "{pure}" "$@"')
    assert "<svg" in graphviz_svg(SMALL)


@pytest.mark.parametrize(
    "broken, says",
    [
        ("kill -9 $$", "the program was ended by signal 9"),
        ("echo '<svg>'", "the program returned no whole drawing"),
        ("exec sleep 60", "it took longer than 0.2 seconds"),
    ],
)
def test_a_program_that_dies_or_hangs(broken: str, says: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LAYOUT_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setenv("PATH", f"{bare}:/usr/bin:/bin")
    program(bare / "dot", broken)
    with pytest.raises(LayoutError, match=f"^The diagram could not be laid out: {says}\\.$"):
        layout_of(SMALL)


def test_a_program_that_does_not_start(bare: Path) -> None:
    program(bare / "dot", "").write_bytes(b"\x7fELF")
    with pytest.raises(LayoutError, match="does not start"):
        graphviz_svg(SMALL)
