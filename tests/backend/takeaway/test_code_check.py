"""Generated code is run beside the network, and what goes wrong there is a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.backend.takeaway import code_check
from app.backend.takeaway.code_check import checked_code
from app.cli import main
from inception_models import build
from tests.models.tiny import tiny


def test_the_code_gives_the_network_s_logits() -> None:
    arch = tiny()
    checked = checked_code(arch)
    assert checked.params == sum(p.numel() for p in build(arch, "meta").parameters())
    assert checked.difference <= 1e-6 * checked.largest
    assert "the logits differ by" in checked.sentence


def test_code_that_gives_others_or_fails_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    arch, write = tiny(), code_check.source
    monkeypatch.setattr(code_check, "source", lambda *given: write(*given).replace("nn.ReLU()", "nn.ELU()"))
    checked = checked_code(arch)
    assert checked.difference > 1e-3 * checked.largest
    monkeypatch.setattr(code_check, "source", lambda *given: "raise RuntimeError('no such thing')")
    with pytest.raises(ValueError, match=r"^The generated code did not run here: RuntimeError: no such thing\.$"):
        checked_code(arch)


def test_the_command_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.py"
    small = ["code", "googlenet_bn", "--multiplier", "0.1", "--aux", "off", "--input-size", "32"]
    assert main([*small, "-o", str(file), "--check"]) == 0
    assert "class GoogLeNetWithBatchNorm(nn.Module):" in file.read_text(encoding="utf-8")
    assert "differ by" in capsys.readouterr().err
    assert main(small) == 0
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")
    assert main([*small, "-o", str(tmp_path / "model.txt")]) == 2
    assert "must be a .py file" in capsys.readouterr().err
