"""Checkpoints of other implementations load by name and give those implementations' outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import timm
import torch
import torchvision
import yaml
from safetensors.torch import save_file
from torch import Tensor, nn

from inception_models import ARCHITECTURES, build, weights, with_widths
from inception_models.edit import without_aux
from inception_models.layouts import bn_inception, inception_resnet_last, slots

KEYS = yaml.safe_load((Path(__file__).parents[1] / "facts" / "architectures.yaml").read_text())["state_dict_keys"]

REFERENCES: dict[str, tuple[str, bool, int, Callable[[], nn.Module]]] = {
    "torchvision googlenet": (
        "googlenet_torchvision", True, 96, lambda: torchvision.models.googlenet(weights=None, init_weights=False)
    ),
    "torchvision inception_v3": (
        "inception_v3", True, 107, lambda: torchvision.models.inception_v3(weights=None, init_weights=False)
    ),
    "timm inception_v3": ("inception_v3", False, 107, lambda: timm.create_model("inception_v3")),
    "timm inception_v4": ("inception_v4", False, 107, lambda: timm.create_model("inception_v4")),
    "timm inception_resnet_v2": ("inception_resnet_v2", False, 107, lambda: timm.create_model("inception_resnet_v2")),
    "timm legacy_xception": ("xception", False, 96, lambda: timm.create_model("legacy_xception")),
}  # fmt: skip


@pytest.fixture(scope="module", params=list(REFERENCES))
def reference(request: pytest.FixtureRequest) -> tuple[str, bool, int, nn.Module]:
    """A foreign network with statistics that an identity BatchNorm would not pass."""
    key, aux, size, make = REFERENCES[request.param]
    torch.manual_seed(1)
    net = make().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
    return key, aux, size, net


def test_a_published_layout_gives_the_same_outputs(reference: tuple[str, bool, int, nn.Module], tmp_path: Path) -> None:
    key, aux, size, net = reference
    arch = ARCHITECTURES[key]  # its heads keep their own weights where the file has none
    assert aux or not any(".aux" in name.lower() for name in net.state_dict())
    torch.save(net.state_dict(), tmp_path / "checkpoint.pth")
    own = weights.load(arch, tmp_path / "checkpoint.pth")
    picture = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        expected, found = net(picture), own(picture)
    assert expected.std() > 1e-3
    assert torch.allclose(found, expected, atol=1e-4, rtol=1e-4)


def test_heads_that_the_network_does_not_have_are_left_out(tmp_path: Path) -> None:
    state = torchvision.models.inception_v3(weights=None, init_weights=False).state_dict()
    assert not any("aux" in k for k in weights.translated(without_aux(ARCHITECTURES["inception_v3"]), state))


def test_cadenes_files_have_a_background_class_and_another_name_for_the_classifier() -> None:
    state = timm.create_model("inception_v4", num_classes=1001).state_dict()
    found = weights.translated(without_aux(ARCHITECTURES["inception_v4"]), state)
    assert torch.equal(found["fc.linear.weight"], state["last_linear.weight"][1:])
    resnet = {
        k.replace("classif.", "last_linear."): v
        for k, v in timm.create_model("inception_resnet_v2").state_dict().items()
    }
    found = weights.translated(without_aux(ARCHITECTURES["inception_resnet_v2"]), resnet)
    assert torch.equal(found["fc.linear.bias"], resnet["last_linear.bias"])


@pytest.mark.parametrize(
    "key, facts, layout, count, classes",
    [
        ("bn_inception", "bninception_cadene", bn_inception, 485, 1000),
        ("inception_resnet_v1_facenet", "inception_resnet_v1_facenet", inception_resnet_last, 714, 512),
    ],
)
def test_layouts_without_a_package_have_the_keys_that_were_measured(
    key: str, facts: str, layout: Callable[..., str], count: int, classes: int
) -> None:
    """``logits`` is what facenet-pytorch may have beyond the embedding."""
    arch = replace(ARCHITECTURES[key], classes=classes)
    net = build(arch, "meta")
    prefix = {slot.path: layout(slot) for slot in slots(arch, dict(net.named_modules()))}
    keys = {f"{prefix[k.rpartition('.')[0]]}.{k.rpartition('.')[2]}" for k in net.state_dict()}
    assert len(keys) == count
    assert set(KEYS[facts]["keys"]) - {"logits.weight"} <= keys


def test_old_files_have_batchnorm_rows_and_no_counts() -> None:
    arch = ARCHITECTURES["bn_inception"]
    net = build(arch)
    prefix = {slot.path: bn_inception(slot) for slot in slots(arch, dict(net.named_modules()))}
    old = {}
    for key, value in net.state_dict().items():
        path, _, leaf = key.rpartition(".")
        if leaf != "num_batches_tracked":
            old[f"{prefix[path]}.{leaf}"] = value[None] if path.endswith(".bn") else value
    own = weights.translated(arch, old)
    assert all(torch.equal(value, own[key]) for key, value in net.state_dict().items())


@pytest.mark.parametrize("key", list(ARCHITECTURES))
def test_our_own_layout_comes_back(key: str, tmp_path: Path) -> None:
    arch = with_widths(ARCHITECTURES[key], {})
    state = {k: torch.zeros(v.shape, dtype=v.dtype) for k, v in build(arch, "meta").state_dict().items()}
    assert weights.translated(arch, state).keys() == state.keys()


BAD: list[tuple[Callable[[dict[str, Tensor]], object], str]] = [
    (lambda s: s.pop("inception3a.branch1.conv.weight"), "lacks inception3a.branch1.conv.weight"),
    (lambda s: s.update({"extra.weight": torch.zeros(1)}), "unknown extra.weight"),
    (lambda s: s.update({"conv1.conv.weight": torch.zeros(32, 3, 7, 7)}), r"conv1.conv.weight has the shape \[32, 3"),
    (lambda s: s.update({"fc.weight": torch.zeros(10, 1024)}), "fc.weight has the shape"),
]


@pytest.mark.parametrize("spoil, sentence", BAD)
def test_what_does_not_fit_is_named(spoil: Callable[[dict[str, Tensor]], object], sentence: str) -> None:
    state = dict(torchvision.models.googlenet(weights=None, init_weights=False).state_dict())
    spoil(state)
    with pytest.raises(weights.WeightsError, match=sentence):
        weights.translated(ARCHITECTURES["googlenet_torchvision"], state)


class Evil:
    """A pickle that would run code."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("this must never be printed",)


def test_a_pickle_dressed_as_weights_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"conv1.weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(weights.WeightsError, match="only tensors are read"):
        weights.read(tmp_path / "evil.pth")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "name, content", [("a.pth", b""), ("a.pt", b"junk"), ("a.safetensors", b"junk"), ("a.txt", b"x")]
)
def test_files_that_are_no_weights_give_one_sentence(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(weights.WeightsError, match=name):
        weights.read(tmp_path / name)


def test_safetensors_are_read(tmp_path: Path) -> None:
    save_file({"a": torch.ones(2)}, tmp_path / "a.safetensors")
    assert torch.equal(weights.read(tmp_path / "a.safetensors")["a"], torch.ones(2))
