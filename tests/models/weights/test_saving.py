"""What was loaded is saved and opened again; how pictures are prepared for it; cards that say anything at all."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.transforms import InterpolationMode, v2

from inception_models import ARCHITECTURES, weights, widths, with_widths
from inception_models.checkpoints.card import parse_card
from inception_models.checkpoints.demo import FILE
from inception_models.checkpoints.preprocessing import caffe_bgr, preprocessing_from_json
from inception_models.checkpoints.presets import PRESETS
from inception_models.edits.depth import scales, with_scales
from inception_models.edits.toggles import with_activation
from tests.models.trained import small, trained

PHOTO = Image.open(Path(__file__).parents[3] / "assets" / "samples" / "chelsea.jpg").convert("RGB")


# ---- saved and opened again


@pytest.mark.parametrize("key", ["googlenet_bn", "inception_v3", "inception_resnet_v2", "xception"])
def test_carried_over_weights_open_again_as_they_were(key: str, tmp_path: Path) -> None:
    """Also what no tensor tells: the activation, the factor on residual blocks, the input size, the preprocessing."""
    home = small(key)
    own = weights.OwnFile("own.pth", "1", trained(home).float().state_dict(), preprocessing=caffe_bgr(home.input_size))
    path, width = next(iter(widths(home).items()))
    arch = with_activation(with_widths(home, {path: width + 3}), "silu")
    if scales(arch):
        arch = with_scales(arch, 0.3)
    before = weights.loaded(arch, own)
    file = tmp_path / "again.bin"
    file.write_bytes(weights.safetensors_with_card(before))

    assert weights.recognised(file) == arch
    after = weights.loaded(weights.recognised(file), file)
    x = torch.randn(1, 3, arch.input_size, arch.input_size, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        assert torch.equal(after.net(x), before.net(x))
    assert after.trained_weights.preprocessing_for(arch) == own.preprocessing
    assert any("Carried over from own.pth" in note for note in after.trained_weights.notes)
    assert not after.changes


def test_what_is_known_about_the_demo_is_kept(tmp_path: Path) -> None:
    demo = weights.loaded(weights.recognised(FILE), "demo")
    (tmp_path / "demo.safetensors").write_bytes(weights.safetensors_with_card(demo))
    again = weights.loaded(demo.net.arch, tmp_path / "demo.safetensors").trained_weights
    old = demo.trained_weights
    assert (again.class_names, again.accuracy, again.data, again.licence, again.preprocessing) == (
        old.class_names, old.accuracy, old.data, old.licence, old.preprocessing,
    )  # fmt: skip


def test_a_digest_is_of_the_content(tmp_path: Path) -> None:
    first, copy, other = (tmp_path / name for name in ("a.pth", "b.pth", "c.pth"))
    torch.save({"w": torch.zeros(3)}, first)
    copy.write_bytes(first.read_bytes())
    torch.save({"w": torch.ones(3)}, other)
    digests = [weights.read(file).digest for file in (first, copy, other)]
    assert digests[0] == digests[1] != digests[2]


# ---- preprocessing


@pytest.mark.parametrize("size_px", [224, 299])
def test_presets_prepare_as_torchvision_and_timm_do(size_px: int) -> None:
    rows = torchvision.models.GoogLeNet_Weights, torchvision.models.Inception_V3_Weights
    reference = rows[size_px == 299].IMAGENET1K_V1.transforms(antialias=True)
    assert torch.equal(PRESETS["torchvision"].steps(size_px).apply(PHOTO)[0], reference(PHOTO))
    for preset, share, normalised in (
        ("timm", 0.875, (0.5, 0.5)),
        ("timm_wide", 0.8975, (0.5, 0.5)),
        ("timm_imagenet", 0.875, (timm.data.IMAGENET_DEFAULT_MEAN, timm.data.IMAGENET_DEFAULT_STD)),
    ):
        mean, std = ((part,) * 3 if isinstance(part, float) else part for part in normalised)
        config = {"input_size": (3, size_px, size_px), "crop_pct": share, "mean": mean, "std": std}
        expected = timm.data.create_transform(**config, interpolation="bicubic")(PHOTO)
        assert torch.equal(PRESETS[preset].steps(size_px).apply(PHOTO)[0], expected), preset


def test_presets_of_other_programs_follow_their_formulas() -> None:
    def pixels(short_px: int) -> torch.Tensor:
        resize = v2.Resize(short_px, InterpolationMode.BILINEAR)
        return torch.from_numpy(np.array(v2.CenterCrop(224)(resize(PHOTO)))).permute(2, 0, 1).float()

    def agrees(preset: str, expected: torch.Tensor) -> None:
        assert torch.allclose(PRESETS[preset].steps(224).apply(PHOTO)[0], expected, atol=1e-6), preset

    agrees("keras", pixels(224) / 127.5 - 1)
    agrees("caffe", pixels(256).flip(0) - torch.tensor([104.0, 117.0, 123.0])[:, None, None])
    agrees("facenet", (pixels(224) - 127.5) / 128)
    agrees("scaled", pixels(256) / 255)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_come_back_from_json(preset: str) -> None:
    steps = PRESETS[preset].steps(150)
    assert preprocessing_from_json(json.loads(json.dumps(asdict(steps)))) == steps


# ---- cards that say anything


GOOD = {
    "variant": "googlenet", "edits": {"v": 1}, "input_size": 224, "classes": ["a"], "accuracy": 0.5,
    "preprocessing": asdict(PRESETS["timm"].steps(224)), "mean": [0.5] * 3, "std": [0.25] * 3,
    "card": {"data": "d", "licence": "l", "pictures": {"test": 10}, "notes": ["n"]},
}  # fmt: skip
ODD = st.sampled_from(
    [10**400, -(10**400), float("nan"), float("inf"), 0, -1, True, None, "", "x", [], {}, [[[]]], [0] * 3]
)
JSON = st.recursive(
    ODD | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*GOOD, "v", "w", "test"]), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*GOOD]), JSON), st.sets(st.sampled_from([*GOOD]), max_size=2))
def test_any_card_is_read_or_refused_in_a_sentence(changed: dict[str, object], removed: set[str]) -> None:
    content = {name: value for name, value in (GOOD | changed).items() if name not in removed}
    text = json.dumps(content)
    refusal = _refusal(text)
    if refusal:
        assert re.fullmatch(r"The card of own\.pth cannot be used: .{1,400}\.", refusal, re.DOTALL)
    else:
        known = parse_card(text, "own.pth")
        assert torch.isfinite(known.preprocessing_for(known.arch).apply(PHOTO.resize((40, 30)))).all()


def _refusal(text: str) -> str:
    try:
        parse_card(text, "own.pth")
    except ValueError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize("text", ["[" * 100_000, '{"variant":' * 50_000, "1" * 5000, "null", '"x"', ""])
def test_a_card_that_is_not_an_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^The card of own\.pth cannot be used: "):
        parse_card(text, "own.pth")


@pytest.mark.parametrize("part", ["variant", "edits", "input_size", "classes", "card"])
def test_what_a_card_lacks_is_named(part: str) -> None:
    with pytest.raises(ValueError, match=f"it lacks '{part}'"):
        parse_card(json.dumps({name: value for name, value in GOOD.items() if name != part}), "own.pth")


def test_a_std_of_zero_is_refused() -> None:
    steps = asdict(PRESETS["timm"].steps(224)) | {"std": [0, 1, 1]}
    with pytest.raises(ValueError, match="std must be three numbers from"):
        parse_card(json.dumps(GOOD | {"preprocessing": steps}), "own.pth")


def test_a_card_of_another_network_does_not_keep_a_file_from_being_recognised() -> None:
    home = small("googlenet_torchvision")
    own = weights.OwnFile("own.pth", "1", trained(home).state_dict(), json.dumps(GOOD))
    assert weights.recognised(own) == replace(home, input_size=ARCHITECTURES[home.key].input_size)


# ---- tensors that are no weights


def test_a_set_that_cannot_be_used_does_not_hide_the_other(tmp_path: Path) -> None:
    state = trained(small("googlenet_bn")).state_dict()
    empty = {name: value.to_sparse() if value.ndim > 1 else value for name, value in state.items()}
    torch.save({"compressed": empty, "plain": state}, tmp_path / "two.pth")
    assert weights.read(tmp_path / "two.pth").entry == "plain"


def test_equal_stages_are_not_networks_beside_one_another(tmp_path: Path) -> None:
    torch.save(torchvision.models.resnet18().state_dict(), tmp_path / "resnet.pth")
    with pytest.raises(weights.WeightsError, match="not of this family"):
        weights.recognised(tmp_path / "resnet.pth")


def test_a_card_beside_that_is_another_networks_is_left_out_and_said(tmp_path: Path) -> None:
    home = small("googlenet_torchvision")
    torch.save(trained(home).state_dict(), tmp_path / "own.pth")
    (tmp_path / "own.json").write_text(json.dumps(GOOD))
    own = weights.read(tmp_path / "own.pth")
    assert own.card == ""
    assert "own.pth is used without its card, which is another file's." in weights.loaded(home, own).report


STRANGE = {
    "scalar": torch.tensor(3.0),
    "empty": torch.zeros(0, 3, 7, 7),
    "meta": torch.zeros(64, 3, 7, 7, device="meta"),
    "sparse": torch.zeros(64, 3, 7, 7).to_sparse(),
    "quantised": torch.quantize_per_tensor(torch.zeros(64, 3, 7, 7), 0.1, 0, torch.qint8),
    "nested": torch.nested.nested_tensor([torch.zeros(2, 3), torch.zeros(1, 3)]),
    "complex": torch.zeros(64, 3, 7, 7, dtype=torch.complex64),
    "seven": torch.zeros(1, 1, 1, 1, 1, 1, 1),
}


@pytest.mark.parametrize(
    "kind, place",
    [*((kind, "all") for kind in STRANGE), *zip(STRANGE, cycle(("first", "bn", "classifier")), strict=False)],
)
def test_a_strange_tensor_is_refused_in_a_sentence(kind: str, place: str) -> None:
    arch = small("googlenet_bn")
    state = dict(trained(arch).state_dict())
    names = {"first": "conv1.conv.weight", "bn": "conv1.bn.weight", "classifier": "fc.linear.weight"}
    for name in state if place == "all" else [names[place]]:
        state[name] = STRANGE[kind]
    own = weights.OwnFile("own.pth", "1", state)
    with pytest.raises(weights.WeightsError, match=r"\.$"):
        weights.loaded(arch, own)
    with pytest.raises(weights.WeightsError, match=r"\.$"):
        weights.loaded(weights.recognised(own), own)
