"""Generated code is run where nothing of this project can be imported, and has to be the network that it was made from.

The oracle is ``build(arch)``; ruff says whether the code is formatted.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.backend import analyze
from inception_models import ARCHITECTURES, Arch, build
from inception_models.arch.spec import AuxHead, BatchNorm, Op, SepConv, Unit
from inception_models.codegen import FRAMEWORKS, Framework, module_name, source
from inception_models.edits.depth import repeats, with_repeats
from inception_models.edits.input_output import with_size_and_fitting_heads
from inception_models.edits.widths import scaled
from inception_models.net.layers import BatchNormNoGamma
from inception_models.net.meta_state import meta_state
from inception_models.variants.googlenet import GOOGLENET_MODULES
from tests.fuzzing import drawing
from tests.models.codegen.clean_process import fill, picture, run_torch
from tests.models.net.test_ops import EXAMPLES
from tests.models.random_edits import edited
from tests.models.representative import ONE_OF_A_KIND, REPRESENTATIVE

SCRIPT = Path(__file__).with_name("clean_process.py")
ALLOWED = {"torch": {"torch", "collections", "typing", "math"}, "keras": {"keras"}}
SIZES_PX = (112, 139)  # one of them is right for every network
Job = dict[str, object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every generated file of this module is."""
    return tmp_path_factory.mktemp("generated")


@dataclass
class Clean:
    """A process that runs generated code, one file after another."""

    folder: Path
    processes: dict[Framework, subprocess.Popen[str]]

    def ask(self, framework: Framework, arch: Arch, job: Job) -> dict[str, list[object]]:
        if framework not in self.processes:
            self.processes[framework] = subprocess.Popen(
                [sys.executable, "-I", str(SCRIPT), framework],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=self.folder,
                env=os.environ | {"KERAS_BACKEND": "torch", "KERAS_HOME": str(self.folder)},
            )
        process = self.processes[framework]
        file = self.folder / f"{framework}_{len(list(self.folder.iterdir()))}.py"
        file.write_text(source(arch, framework), encoding="utf-8")
        assert process.stdin is not None
        assert process.stdout is not None
        job |= {"file": str(file), "name": module_name(arch, framework), "size": arch.input_size}
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline() or '{"failed": "see the errors above"}')


@pytest.fixture(scope="module")
def clean(folder: Path) -> Iterator[Clean]:
    running = Clean(folder, {})
    yield running
    for process in running.processes.values():
        process.kill()
        process.wait()


def assert_equal_in_torch(arch: Arch, clean: Clean) -> None:
    """Keys in their order, shapes, parameters, outputs in evaluation and training, and what training updates."""
    theirs, ours = clean.ask("torch", arch, {"counts": False}), run_torch(build(arch), arch.input_size)
    for name, value in ours.items():
        if name in ("eval", "train", "updated"):
            np.testing.assert_allclose(theirs[name], value, rtol=1e-5, atol=1e-5, err_msg=name)
        else:
            assert theirs[name] == value, name


def assert_equal_in_keras(arch: Arch, clean: Clean) -> None:
    """The logits and those of the heads, and the number of parameters."""
    net = build(arch).eval()
    fill(net.state_dict())
    for module in net.modules():
        if isinstance(module, BatchNormNoGamma):  # Keras has no such tensor: it is always one
            module.weight.fill_(1)
    heads: list[torch.Tensor] = []
    for head in arch.aux:
        run_head = _head_runner(net.get_submodule(head.name), heads)
        net.get_submodule(head.tap).register_forward_hook(run_head)
    with torch.no_grad():
        ours = [net(picture(arch.input_size)), *heads]
    state = [[name, list(value.shape)] for name, value in net.state_dict().items()]
    theirs = clean.ask("keras", arch, {"state": state, "with_aux": bool(arch.aux)})
    assert theirs["params"] == sum(p.numel() for p in net.parameters())
    for own, other in zip(ours, theirs["outputs"], strict=True):
        most = float(own.abs().nan_to_num().max())
        np.testing.assert_allclose(np.array(other), own.flatten().numpy(), rtol=0, atol=1e-4 * max(most, 1e-3))


def _head_runner(head: torch.nn.Module, outputs: list[torch.Tensor]) -> Callable[..., None]:
    return lambda module, inputs, output: outputs.append(head(output))


def at_small_size(arch: Arch) -> Arch:
    for size in SIZES_PX:
        try:
            return with_size_and_fitting_heads(arch, size)
        except ValueError:
            pass
    return arch


def small(key: str) -> Arch:
    """A variant that is narrow, has two of equal blocks, and a small input."""
    arch = ARCHITECTURES[key]
    return at_small_size(with_repeats(scaled(arch, 0.25, 4), dict.fromkeys(repeats(arch), 2)))


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_a_published_network_is_the_same_in_pytorch(key: str, clean: Clean) -> None:
    if key in REPRESENTATIVE:
        assert_equal_in_torch(small(key), clean)
    arch = ARCHITECTURES[key]
    analysis = analyze(arch)
    state = [[name, list(tensor.shape)] for name, tensor in meta_state(arch).items()]
    assert clean.ask("torch", arch, {"counts": True}) == {
        "state": state, "params": analysis.params_with_aux, "macs": analysis.macs
    }  # fmt: skip


@pytest.mark.parametrize("key", ONE_OF_A_KIND)
def test_a_published_network_is_the_same_in_keras(key: str, clean: Clean) -> None:
    assert_equal_in_keras(small(key), clean)


def small_edited(data: st.DataObject) -> Arch:
    """A narrow network at a small size, after random edits of every kind."""
    arch = scaled(ARCHITECTURES[data.draw(st.sampled_from(list(ARCHITECTURES)))], 0.1, 1)
    return data.draw(edited(at_small_size(arch), 8))[0]


@given(st.data())
@drawing(15)
def test_an_edited_network_is_the_same_in_pytorch(clean: Clean, data: st.DataObject) -> None:
    assert_equal_in_torch(small_edited(data), clean)


@given(st.data())
@drawing(6)
def test_an_edited_network_is_the_same_in_keras(clean: Clean, data: st.DataObject) -> None:
    assert_equal_in_keras(small_edited(data), clean)


@pytest.mark.parametrize("length", (88, 120))
def test_ruff_leaves_every_file_as_it_is(folder: Path, length: int) -> None:
    """Those of the tests above too."""
    for framework in FRAMEWORKS:
        for key, arch in ARCHITECTURES.items():
            (folder / f"{framework}_{key}.py").write_text(source(arch, framework), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    formatted = subprocess.run(
        [*ruff, "format", "--isolated", f"--line-length={length}", "--diff", folder], capture_output=True, text=True
    )
    assert formatted.returncode == 0, formatted.stdout
    checked = subprocess.run(
        [*ruff, "check", "--isolated", "--select=E4,E7,E9,F,I,D100,D103,B", folder], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_code_imports_its_framework_only_and_holds_the_paper_s_table(framework: Framework) -> None:
    tree = ast.parse(source(ARCHITECTURES["googlenet"], framework))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= ALLOWED[framework]
    [table] = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "WIDTHS"]
    widths = ast.literal_eval(table)
    assert [(name, *widths[name]) for name, *_ in GOOGLENET_MODULES] == [*GOOGLENET_MODULES]


def test_the_code_says_what_was_changed_and_which_paper_it_follows() -> None:
    arch = scaled(ARCHITECTURES["inception_v3"], 0.5)
    text = source(arch)
    assert arch.about.url in text
    assert "Edited: Conv2d_1a_3x3: 32 → 16 filters;" in text
    assert "Edited" not in source(ARCHITECTURES["inception_v3"])


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_there_is_code_for_every_kind_of_op(framework: Framework) -> None:
    arch = ARCHITECTURES["googlenet"]
    unit = Unit(bias=True, norm=BatchNorm(gamma=False), activation="gelu")
    between: tuple[Op, ...] = (SepConv("op", 8, between="norm"), SepConv("op", 8, between="unit", unit=unit))
    for op in (*EXAMPLES, *between):
        head = AuxHead("aux1", "inception4a", (op,))  # which takes any
        assert "def " in source(replace(arch, aux=(head,)), framework)
