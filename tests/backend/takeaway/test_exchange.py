"""What leaves the program is opened by the programs that it is for, and gives the same logits there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import timm
import torch
import torchvision
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from app.backend.takeaway.exchange import ENDINGS, weights_or_network
from app.cli import main
from inception_models import ARCHITECTURES, Arch, weights
from inception_models.checkpoints.key_names import THEIR_NETWORKS
from inception_models.checkpoints.trained_weights import untrained
from inception_models.edits.depth import repeats, with_repeats
from inception_models.edits.input_output import with_classes, with_input_size, without_aux
from inception_models.edits.widths import scaled
from inception_models.net.builder import build_unset
from inception_models.weights import Loaded
from inception_models.weights.saving import state_named
from tests.fuzzing import drawing
from tests.models.codegen.clean_process import fill, picture
from tests.models.random_edits import edited

FEW = ("inception_v2_slim", "inception_resnet_v1_facenet")  # the exporter takes seconds for each


def filled(arch: Arch) -> Loaded:
    """A network whose activations are sane, in evaluation."""
    net = build_unset(arch).eval()
    fill(net.state_dict())
    return Loaded(net, untrained(arch))


def small(key: str) -> Arch:
    arch = with_input_size(without_aux(scaled(ARCHITECTURES[key], 0.1, 1)), 112)
    return with_repeats(arch, dict.fromkeys(repeats(arch), 1))


def logits(net: nn.Module, x: torch.Tensor) -> np.ndarray:
    with torch.no_grad():
        return net.eval()(x).numpy()


def assert_close(theirs: np.ndarray, ours: np.ndarray) -> None:
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-4 * max(np.nanmax(np.abs(ours)), 1e-3))


def assert_runs_in_onnx_runtime(arch: Arch) -> onnx.ModelProto:
    loaded = filled(arch)
    content = weights_or_network(loaded, ".onnx")
    model = onnx.load_model_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(content)
    for pictures in (1, 3):
        x = picture(arch.input_size, pictures)
        assert_close(session.run(["logits"], {"picture": x.numpy()})[0], logits(loaded.net, x))
    return model


@pytest.mark.parametrize("key", FEW)
def test_onnx_runtime_gives_the_same_logits_for_any_batch(key: str) -> None:
    model = assert_runs_in_onnx_runtime(small(key))
    [entry] = [entry.value for entry in model.metadata_props if entry.key == "card"]
    assert json.loads(entry)["variant"] == key


@given(st.data())
@drawing(1)
def test_an_edited_network_runs_in_onnx_runtime(data: st.DataObject) -> None:
    assert_runs_in_onnx_runtime(data.draw(edited(small(data.draw(st.sampled_from(("googlenet", "xception"))))))[0])


def test_an_exported_program_is_loaded_by_torch(tmp_path: Path) -> None:
    loaded = filled(small("inception_v2_slim"))
    file = tmp_path / "network.pt2"
    file.write_bytes(weights_or_network(loaded, ".pt2"))
    extra = {"card.json": ""}
    program = torch.export.load(file, extra_files=extra)
    assert_close(program.module()(picture(112, 3)).detach().numpy(), logits(loaded.net, picture(112, 3)))
    assert json.loads(extra["card.json"])["variant"] == "inception_v2_slim"


# Each library's own network, with its heads where it has them, for 7 classes.
THEIRS: dict[tuple[str, str], Callable[[], nn.Module]] = {
    ("torchvision", "googlenet_torchvision"): lambda: torchvision.models.googlenet(
        aux_logits=True, num_classes=7, init_weights=False, transform_input=False
    ),
    ("torchvision", "inception_v3"): lambda: torchvision.models.inception_v3(num_classes=7, init_weights=False),
    ("timm", "inception_v3"): lambda: timm.create_model("inception_v3", num_classes=7),
    ("timm", "inception_v4"): lambda: timm.create_model("inception_v4", num_classes=7),
    ("timm", "inception_resnet_v2"): lambda: timm.create_model("inception_resnet_v2", num_classes=7),
    ("timm", "xception"): lambda: timm.create_model("legacy_xception", num_classes=7),
}


@pytest.mark.parametrize("library, key", THEIRS)
def test_a_library_loads_the_weights_by_its_names(library: str, key: str) -> None:
    """Strictly: no name is missing, none is left."""
    loaded = filled(with_classes(ARCHITECTURES[key], 7))
    with torch.device("meta"):  # their own initialisation would take seconds and is not wanted
        theirs = THEIRS[library, key]()
    theirs.load_state_dict(state_named(loaded.net, library), assign=True)
    x = picture(128)
    assert_close(logits(theirs, x), logits(loaded.net, x))


def test_every_network_of_an_installed_library_is_tried() -> None:
    named = {(library, key) for library in ("torchvision", "timm") for key in THEIR_NETWORKS[library]}
    assert named == set(THEIRS)


@pytest.mark.parametrize("library", ("cadene", "facenet-pytorch"))
def test_names_of_other_libraries_are_recognised_again(library: str) -> None:
    for key in THEIR_NETWORKS[library]:
        net = filled(without_aux(ARCHITECTURES[key])).net
        state = state_named(net, library)
        assert set(state) != set(net.state_dict())
        again = weights.loaded(net.arch, weights.OwnFile("theirs.pth", "1", state)).net.state_dict()
        assert all(torch.equal(again[name], value) for name, value in net.state_dict().items())


def test_what_is_no_longer_theirs_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = ["-o", str(tmp_path / "weights.pth")]
    v3 = ["export", "inception_v3", *output]
    assert main([*v3, "--layout", "timm", "--set", "Mixed_5b.branch1x1.conv=32"]) == 2
    assert "the network is edited (Mixed_5b.branch1x1.conv: 64 → 32 filters)" in capsys.readouterr().err
    assert main(["export", "googlenet", *output, "--layout", "torchvision"]) == 2
    assert "torchvision does not have GoogLeNet (Inception v1)" in capsys.readouterr().err
    assert main([*v3[:2], "-o", str(tmp_path / "network.onnx"), "--layout", "timm"]) == 2
    assert "a .onnx file is a network" in capsys.readouterr().err
    assert main([*v3[:2], "-o", str(tmp_path / "network.tflite")]) == 2
    assert ", ".join(ENDINGS) in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_weights_by_a_library_s_names_are_a_plain_state_dict(tmp_path: Path) -> None:
    arch = replace(ARCHITECTURES["googlenet_torchvision"], classes=3)
    command = ["export", arch.key, "--classes", "3", "--layout", "torchvision", "-o"]
    for name in ("weights.pth", "weights.safetensors"):
        assert main([*command, str(tmp_path / name)]) == 0
    state = torch.load(tmp_path / "weights.pth", weights_only=True)
    assert state["inception3a.branch2.1.conv.weight"].shape == (128, 96, 3, 3)
    assert weights.recognised(tmp_path / "weights.safetensors") == arch
