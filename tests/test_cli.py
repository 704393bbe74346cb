"""The command line as a person types it, in a process of its own where exit codes and streams matter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import inception_models
from app.backend import analyze
from app.cli import COMMANDS, main
from app.commands.serve import host_settings
from app.commands.summary import summary_of
from inception_models import ARCHITECTURES, Arch
from inception_models.edits.depth import with_repeats
from inception_models.edits.input_output import with_input_size, without_aux
from inception_models.edits.structure import duplicated_branch, without_branch
from inception_models.edits.toggles import with_batch_norm
from inception_models.edits.whatif import factorised, naive
from inception_models.edits.widths import scaled

ROOT = Path(__file__).parents[1]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def test_summary_as_json_in_a_process_of_its_own() -> None:
    done = run("summary", "googlenet", "--set", "inception3a.branch1x1.conv=96", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    story = ["title", "group", "standing", "depth"]
    assert list(summary) == ["variant", *story, "input_size", "params", "params_with_aux", "macs", "flops", "stages"]
    assert [summary[name] for name in story] == ["GoogLeNet (Inception v1)", "v1", "published", 22]
    # By hand: 32 more 1x1 filters on 192 channels, and 32 more input channels for the four 1x1s that read 3a.
    more = 32 * (192 + 1) + 32 * (128 + 128 + 32 + 64)
    assert summary["params"] == 6998552 + more
    assert summary["macs"] == 1582671872 + 28 * 28 * 32 * (192 + 128 + 128 + 32 + 64)
    assert summary["flops"] == 2 * summary["macs"]
    stage = next(s for s in summary["stages"] if s["name"] == "inception3a")
    assert stage["out_shape"] == [288, 28, 28]
    assert set(stage) == {"name", "out_shape", "params", "macs"}


WRONG = [
    (["summary", "alexnet"], "googlenet"),
    (["summary", "googlenet", "--set", "inception3a.branch1x1.conv=0"], "1 to"),
    (["summary", "googlenet", "--set", "inception3a.branch1x1.conv=1000000000"], "1 to"),
    (["summary", "googlenet", "--set", "inception3a.branch1x1.conf=3"], "inception3a.branch1x1.conv"),
    (["summary", "googlenet", "--set", "nonsense"], "whole number"),
    (["summary", "inception_v4", "--repeat", "inception_b=900"], "1 to 64"),
    (["summary", "googlenet", "--repeat", "inception3a=2"], "inception3a"),
    (["summary", "googlenet", "--residual-scale", "0.3"], "no residual blocks"),
    (["summary", "googlenet", "--dropout", "2"], "0 to 0.99"),
    (["summary", "googlenet", "--factorise", "inception3a.branch5x5.conv=4x4"], "3x3s"),
    (["summary", "googlenet", "--factorise", "inception3a.branch3x3.conv=3x3s"], "3×3"),
    (["summary", "googlenet", "--naive", "conv1_7x7_s2"], "conv1_7x7_s2"),
    (["summary", "googlenet", "--swap-pool", "inception3a.branch3x3.conv"], "pool"),
    (["summary", "googlenet", "--remove", "inception3a.branch9x9"], "branch9x9"),
    (["summary", "googlenet", "--edits", '{"v":}'], "The edits are not valid JSON: expecting value at character 6."),
    (["summary", "googlenet", "--edits", "[" * 90_000], "The edits are not valid JSON: "),
    (["summary", "googlenet_bn", "--input-size", "56", "--aux", "on"], "the auxiliary heads do not fit"),
    (["summary", "googlenet", "--edits", '{"v": 1, "w": {"x": 1}}'], "x"),
    (["summary", "googlenet", "--set", "inception3a.branch1x1.conv=x"], "whole number"),
    (["summary", "googlenet", "--input-size", "3"], "at least"),
    (["summary", "googlenet", "--classes", "0"], "1 to"),
    (["activations", "googlenet", "--image", "no-such-file.png", "-o", "x"], "no-such-file.png"),
    (["diagram", "googlenet", "-o", "picture.xyz"], ".svg"),
]


# Each with the option that was meant; none where argparse knows the word, or nothing is like it.
MISSPELT = [
    (["summary", "googlenet", "--input-sise", "299"], "--input-size"),
    (["summary", "googlenet", "--input_size=299"], "--input-size"),
    (["summary", "googlenet", "-json"], "--json"),
    (["diagram", "googlenet", "--otput", "x.svg"], "--output"),  # and not: -o is missing
    (["train", "googlenet", "--epoch-s", "3", "--data", "digits"], "--epochs"),
    (["serve", "--prot", "8600"], "--port"),
    (["--verison"], "--version"),
    (["--hepl", "summary"], "--help"),
    (["summary", "googlenet", "--unheard-of"], ""),
    (["summary", "googlenet", "--input", "three"], ""),
    (["summary", "googlenet", "--edits=--jsno"], ""),
]


@pytest.mark.parametrize("arguments, meant", MISSPELT, ids=lambda value: " ".join(value) if value else "")
def test_a_misspelt_option_is_guessed(arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert re.findall(r"did you mean (\S+)\?", said.err) == ([meant] if meant else [])


@pytest.mark.parametrize("arguments, hint", WRONG, ids=[" ".join(arguments)[:80] for arguments, _ in WRONG])
def test_wrong_arguments_give_one_sentence_and_exit_code_2(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert hint in said.err
    assert list(tmp_path.iterdir()) == []


EDITS = [
    (["googlenet", "--aux", "off"], lambda a: without_aux(a)),
    (["googlenet", "--classes", "10"], lambda a: replace(a, classes=10)),
    (["googlenet", "--multiplier", "0.5"], lambda a: scaled(a, 0.5)),
    (["googlenet", "--batch-norm", "on"], lambda a: with_batch_norm(a, True, a)),
    (["inception_v4", "--repeat", "inception_b=3"], lambda a: with_repeats(a, {"inception_b": 3})),
    (["googlenet", "--naive", "inception5b"], lambda a: naive(a, "inception5b")),
    (["googlenet", "--duplicate", "inception3a.branch5x5"], lambda a: duplicated_branch(a, "inception3a.branch5x5")),
    (["googlenet", "--remove", "inception3a.branch5x5"], lambda a: without_branch(a, "inception3a.branch5x5")),
    (
        ["googlenet", "--factorise", "inception3a.branch5x5.conv=3x3s"],
        lambda a: factorised(a, "inception3a.branch5x5.conv"),
    ),
    (
        ["googlenet", "--factorise", "inception3a.branch5x5.conv=1xk_kx1:input"],
        lambda a: factorised(a, "inception3a.branch5x5.conv", "1xk_kx1", "input"),
    ),
    (["googlenet", "--edits", '{"v":1,"input":256}'], lambda a: with_input_size(a, 256)),
]


@pytest.mark.parametrize("arguments, edit", EDITS, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_every_edit_of_the_page_can_be_made_here(
    arguments: list[str], edit: Callable[[Arch], Arch], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summary", *arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == summary_of(analyze(edit(ARCHITECTURES[arguments[0]])))


@pytest.mark.parametrize(
    "name, said",
    [
        ("inception_v2", ("three networks", "bn_inception", "inception_v2_rethinking", "inception_resnet_v2")),
        ("Inception-v2", ("three networks", "bn_inception", "inception_v2_rethinking", "inception_resnet_v2")),
        ("Inception v2", ("three networks", "bn_inception", "inception_v2_rethinking", "inception_resnet_v2")),
        ("DeepDream", ("did you mean inception5h?",)),
        ("facenet", ("did you mean inception_resnet_v1_facenet?",)),
        ("xceptoin", ("did you mean xception?",)),
    ],
)
def test_names_that_people_use_are_understood(
    name: str, said: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summary", name]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(words in error for words in said)


def test_factorising_says_what_it_saves(capsys: pytest.CaptureFixture[str]) -> None:
    where = "inception4e.branch5x5.conv"
    assert main(["summary", "googlenet", "--factorise", f"{where}=3x3s", "--json"]) == 0
    assert "102,400 → 92,160 weights (-10.0%)" in capsys.readouterr().err
    assert main(["summary", "googlenet", "--factorise", f"{where}=3x3s:output", "--json"]) == 0
    assert "weights (+80.0%), 20,070,400 → 36,126,720 MACs: this saves nothing here." in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--aux", "off"]], ids=["left out", "asked for"])
def test_auxiliary_heads_that_do_not_fit_are_left_out(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "googlenet_bn", "--input-size", "56", *options, "--json"]) == 0
    printed = capsys.readouterr()
    arch = with_input_size(without_aux(ARCHITECTURES["googlenet_bn"]), 56)
    assert json.loads(printed.out) == summary_of(analyze(arch))
    sentence = "The auxiliary heads do not fit at 56 pixels and were left out (--aux off).\n"
    assert printed.err == ("" if options else sentence)


def test_auxiliary_heads_that_fit_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "googlenet_bn", "--input-size", "65", "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert json.loads(printed.out)["params_with_aux"] > json.loads(printed.out)["params"]


@pytest.mark.parametrize("arguments", [["summary", "googlenet"], ["--help"]])
def test_a_reader_that_has_seen_enough_ends_it_silently(arguments: list[str]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "app", *arguments]
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}  # so that some output is left for the interpreter's last flush
    with open(write_end, "wb") as pipe:
        done = subprocess.run(command, cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, env=buffered, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_version_is_that_of_the_library() -> None:
    assert run("--version").stdout == f"Inception Explorer {inception_models.__version__}\n"


def test_every_file_of_commands_is_listed() -> None:
    files = {path.stem for path in (ROOT / "app" / "commands").glob("*.py")}
    shared = {
        "__init__",
        "budget_options",
        "named_networks",
        "network_options",
        "network_words",
        "text_table",
        "weights_options",
    }
    assert set(COMMANDS) == files - shared


@pytest.mark.parametrize(
    "started_as, program",
    [("/usr/bin/inception-explorer", "inception-explorer"), ("/home/me/app/__main__.py", "python -m app")],
)
def test_help_names_the_program_as_it_was_started(
    started_as: str, program: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [started_as])
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    assert capsys.readouterr().out.startswith(f"usage: {program} serve ")


@pytest.mark.parametrize("arguments", [["summary"], ["fly"], [], ["summary", "googlenet", "--input-size", "big"]])
def test_what_argparse_refuses_is_one_sentence_too(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_file_that_is_not_a_picture_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.png").write_text("not a picture")
    assert main(["activations", "googlenet", "--image", str(tmp_path / "notes.png"), "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("variant", list(ARCHITECTURES))
def test_the_table_ends_with_the_totals_of_the_json(variant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", variant]) == 0
    table = capsys.readouterr().out
    assert main(["summary", variant, "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    total = next(line for line in table.splitlines() if line.startswith("total")).split()
    assert total[1:] == [f"{summary['params']:,}", f"{summary['macs']:,}"]
    assert sum(stage["params"] for stage in summary["stages"]) == summary["params"]


@pytest.mark.parametrize(
    "host, allowed",
    [("127.0.0.1", None), ("localhost", None), ("0.0.0.0", "*"), ("::", "*"), ("lab.example", "lab.example")],
)
def test_the_page_answers_under_the_name_it_was_started_with(host: str, allowed: str | None) -> None:
    assert host_settings(host).get("server.allowedHosts") == ([allowed] if allowed else None)
