"""Whatever is typed after ``python -m app``: it works, or it ends with one sentence and exit code 2.

``FUZZ_EXAMPLES=3000`` draws as many, at random; by default few are, the same every time.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import complaint, main
from app.commands.serve import check_address
from inception_models import ARCHITECTURES, widths
from tests.fuzzing import drawing
from tests.models.random_edits import branch_paths, in_branches

LONGEST = 1200  # characters of a sentence

few = drawing(120)

NUMBERS = ("-0", "7", "-1", "1.5", "nan", "inf", "1e999", "-1e-400", "0x10", "1_0", "²", "٣", "9" * 400, "9" * 5000)
WORDS = ("", " ", "a\nb", "\udcff", "\x1b[31m", "\u202egnp.", "é", "=1+1", "--", "%s", "{}", "on", "auto", "x" * 5000)
PATHS = ("/", ".", "no/such/x.svg", "/dev/full", "x.svg", "x.xyz", "\udcff.svg", "x" * 300 + ".svg")
JSON = ("{", "null", "1e999", '{"v":1}', '{"v":1,"w":{"a":NaN}}', f'{{"v":1,"input":{"9" * 400}}}', "[" * 90_000)
SOURCES = ("", ":", "/", "torchvision:", "torchvision:no", "timm:no", "no.such:thing", "os:no_such", "no.onnx")

keys = st.sampled_from(list(ARCHITECTURES))
names = st.one_of(keys, keys.map(lambda key: key[:-1]), st.sampled_from(WORDS))
values = st.one_of(st.sampled_from(NUMBERS + WORDS), st.text(max_size=20))


@st.composite
def assignments(draw: st.DrawFn) -> str:
    path = st.sampled_from([path for arch in ARCHITECTURES.values() for path in widths(arch)])
    return f"{draw(st.one_of(path, values))}{draw(st.sampled_from(('=', '', '==')))}{draw(values)}"


places = st.sampled_from([p for arch in ARCHITECTURES.values() for p in (*branch_paths(arch), *in_branches(arch))])
OPTIONS: dict[str, st.SearchStrategy[str]] = {
    "--set": assignments(),
    "--repeat": assignments(),
    "--factorise": st.builds(
        "{}={}".format, st.one_of(places, values), st.sampled_from(("3x3s", "1xk_kx1", "", "4x4"))
    ),
    **dict.fromkeys(("--join", "--naive", "--swap-pool", "--duplicate", "--remove"), st.one_of(places, values)),
    **dict.fromkeys(("--input-size", "--classes", "--multiplier", "--dropout", "--residual-scale"), values),
    **dict.fromkeys(("--aux", "--batch-norm", "--activation"), st.sampled_from(("on", "off", "gelu", "tanh", *WORDS))),
    "--edits": st.one_of(st.sampled_from(JSON), values),
    "--no-such-option": values,
}
ALONE: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "summary": {"--json": st.just("")},
    "diagram": {
        "-o": st.sampled_from(PATHS),
        "--level": st.sampled_from(("stage", "op", "", "x")),
        "--color-by": st.sampled_from(("macs", "time", "")),
        "--expand": values,
        "--direction": st.sampled_from(("LR", "RL")),
    },
    "activations": {
        "--image": st.sampled_from(PATHS),
        "-o": st.sampled_from(PATHS),
        "--stage": values,
        "--weights": st.one_of(values, st.sampled_from(PATHS)),
    },
    "train": {
        "--data": st.sampled_from(PATHS),
        "-o": st.sampled_from(PATHS),
        "--epochs": values,
        "--lr": values,
        "--seed": values,
        "--patience": values,
    },
}


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    command = draw(st.sampled_from(list(ALONE)))
    known = OPTIONS | ALONE[command]
    words = [command, draw(names)]
    for option in draw(st.lists(st.sampled_from(list(known)), max_size=4)):
        value = draw(known[option])
        words += [option] if option == "--json" else [f"{option}={value}"] if option[1] == "-" else [option, value]
    return words


def ends_well(arguments: list[str]) -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as ended:  # --help and --version
            code = ended.code if isinstance(ended.code, int) else 1
    said = err.getvalue()
    if code == 0:
        return
    assert code == 2, arguments
    assert out.getvalue() == "", arguments
    last = said.splitlines()[-1]  # before it there may be what was left out, or a part of it that went well
    assert said.endswith("\n")
    assert last.endswith((".", "?", "…")), said
    assert len(last) < LONGEST
    assert "Traceback" not in said
    assert last.isprintable(), said


@few
@given(command_lines())
def test_any_arguments_end_with_a_result_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path_factory.getbasetemp())
        ends_well(words)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("options", [["--input-size", "0"], ["--shape", "1,2"], ["--input-size", "8", "--depth", "0"]])
def test_inspect_too(source: str, options: list[str]) -> None:
    ends_well(["inspect", source, *options])


@few
@given(
    st.one_of(st.text(max_size=40), st.sampled_from(WORDS)), st.one_of(st.integers(), st.sampled_from((10**400, 8501)))
)
def test_an_address_to_serve_at_is_judged_in_one_sentence(host: str, port: int) -> None:
    said = ""
    try:
        check_address(host, port)
    except ValueError as problem:
        said = complaint(problem)
    assert said.isprintable()


def test_a_busy_port_is_said_before_an_address_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"Port {port} is in use by another program; take another one, such as --port ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "output, sentence",
    [
        ("full.svg", "The output could not be read or written: no space left on device.\n"),
        ("no/x.svg", "no/x.svg could not be read or written: no such file or directory.\n"),
    ],
)
def test_an_output_that_cannot_be_written_is_named(
    output: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("full.svg").symlink_to("/dev/full")
    assert main(["diagram", "googlenet", "-o", output]) == 2
    assert capsys.readouterr().err == sentence


def test_a_full_disk_under_the_output_is_said_once() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "app", "summary", "googlenet"],
            cwd=Path(__file__).parents[1],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": ""},  # so that something is left for the interpreter's last flush
            text=True,
            timeout=120,
        )
    said = "The output could not be read or written: no space left on device.\n"
    assert (done.returncode, done.stderr) == (2, said)
