"""A network analysed in another process: the same numbers, and a sentence where that process ends without an answer."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from app.backend.common.jobs import Cancelled, Progress
from app.backend.foreign import apart
from app.backend.foreign.apart import inspected_apart
from app.backend.foreign.inspection import inspected_here, parsed_shape


def test_another_process_says_the_same_and_nothing_of_torch_changes_here() -> None:
    assert inspected_apart("torchvision:shufflenet_v2_x0_5", (3, 64, 64)) == inspected_here(
        "torchvision:shufflenet_v2_x0_5", (3, 64, 64)
    )


def test_its_sentences_are_ours(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="This is not an ONNX file, or it is damaged"):
        inspected_apart(str(tmp_path / "net.onnx"), None)


@pytest.mark.parametrize(
    "script, words",
    [
        (f"import os, signal; os.kill(os.getpid(), {signal.SIGSEGV:d})", "ended without a result"),
        ("while True: pass", "takes longer than 1 seconds"),
    ],
    ids=["crash", "no end"],
)
def test_a_crash_or_an_endless_loop_is_a_sentence(script: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WORKER", ("-c", script))
    monkeypatch.setattr(apart, "MAX_FOREIGN_SECONDS", 1)
    with pytest.raises(ValueError, match=words):
        inspected_apart("torchvision:resnet18", None)


def test_it_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WORKER", ("-c", "while True: pass"))
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        inspected_apart("torchvision:resnet18", None, progress)


@pytest.mark.parametrize(
    "text, shape", [("", None), (" 224 ", (3, 224, 224)), ("1,28,28", (1, 28, 28)), ("3 x 32 × 48", (3, 32, 48))]
)
def test_a_shape_as_it_is_typed(text: str, shape: tuple[int, ...] | None) -> None:
    assert parsed_shape(text) == shape


@pytest.mark.parametrize("text", ["0", "3,-1,2", "a", "3,,3", "1.5"])
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        parsed_shape(text)


def test_a_file_that_unfolds_to_many_times_its_size_is_given_up(tmp_path: Path) -> None:
    nodes = b"\x0a\x00" * 6_000_000  # each is an empty node, of 150 bytes in memory
    size = bytes([len(nodes) & 127 | 128, len(nodes) >> 7 & 127 | 128, len(nodes) >> 14 & 127 | 128, len(nodes) >> 21])
    (tmp_path / "bomb.onnx").write_bytes(b"\x08\x08\x42\x02\x10\x11\x3a" + size + nodes)
    with pytest.raises(ValueError, match="damaged"):
        inspected_apart(str(tmp_path / "bomb.onnx"), None)
