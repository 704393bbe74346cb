"""Real failures of the machine on real pages: a sentence at its place, and the rest of the page."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.diagram import layout
from app.backend.diagram.svg import layout_template
from app.frontend.state import State

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "app" / "main.py"


def test_explore_without_its_diagram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    monkeypatch.setattr(layout, "_programs", lambda: iter([str(program)]))
    layout_template.cache_clear()
    broken = AppTest.from_file(str(MAIN), default_timeout=60).run()
    monkeypatch.undo()
    whole = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert not broken.exception
    assert [warning.value for warning in broken.warning] == [
        "The diagram could not be laid out\\: the program was ended by signal 9\\."
    ]
    assert len(broken.get("bidi_component")) == len(whole.get("bidi_component")) - 1
    assert not whole.warning


@pytest.mark.parametrize(
    "problem, reason",
    [
        (IndexError("list index out of range"), "This is a fault of this program; the server's log has the details."),
        (MemoryError(), "This machine has not enough free memory for it."),
    ],
)
def test_a_callback_that_fails_is_a_sentence_and_the_page_is_as_it_was(
    problem: Exception, reason: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_state: State, _key: str) -> None:
        raise problem

    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    before = len(app.get("bidi_component")), [box.value for box in app.selectbox]
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(State, "show_variant", fails)
        variant = app.selectbox(key="variant-0")
        variant.select("xception").run()
    assert not app.exception
    (warning,) = app.warning
    assert warning.value.replace("\\", "").startswith(f"That could not be done. {reason}")
    assert (len(app.get("bidi_component")), [box.value for box in app.selectbox]) == before
    assert any(record.exc_info and record.exc_info[1] is problem for record in caplog.records)
    app.selectbox(key="variant-0").select("xception").run()
    assert not app.warning
    assert app.session_state.state.arch.key == "xception"


PICTURE = """
import json, resource
import torch
from streamlit.testing.v1 import AppTest

def page():
    from app.frontend.pages import picture
    picture.page()

def opened(variant):
    app = AppTest.from_function(page, default_timeout=120)
    app.query_params["variant"] = variant
    app.run()
    said, choices = [warning.value for warning in app.warning], [box.label for box in app.selectbox]
    print(json.dumps([len(app.exception), said, choices]))

opened("googlenet")
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 60 * 2**20, resource.RLIM_INFINITY))
opened("inception_v3")
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
opened("inception_v3")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory this way")
def test_picture_without_enough_memory_for_the_network(tmp_path: Path) -> None:
    script = tmp_path / "script.py"  # whose source Streamlit reads
    script.write_text(PICTURE)
    ended = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    before, without, after = map(json.loads, ended.stdout.splitlines())
    assert before[:2] == after[:2] == [0, []]
    assert without[0] == 0
    (sentence,) = without[1]
    assert sentence.startswith("What the network makes of the picture cannot be shown\\. This machine has not enough")
    assert "Weights" in without[2], "the choices are still there"
    assert "DefaultCPUAllocator: can't allocate memory" in ended.stderr, "which is for whoever runs the server"
