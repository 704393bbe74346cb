"""Checkpoints of other implementations load by name and give those implementations' outputs."""

from __future__ import annotations

import json
import pickle
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import timm
import timm.data
import torch
import torchvision
from PIL import Image
from safetensors.torch import save, save_file
from torch import Tensor, nn

from inception_models import ARCHITECTURES, Arch, build, with_widths
from inception_models.checkpoints import card
from inception_models.checkpoints.catalogue import CHECKPOINTS, NO_DIGEST
from inception_models.checkpoints.demo import demo
from inception_models.checkpoints.key_names import bn_inception_keys, inception_resnet_last_linear_keys
from inception_models.checkpoints.preprocessing import Preprocessing
from inception_models.checkpoints.trained_weights import TrainedWeights
from inception_models.checkpoints.transfer import DownloadError
from inception_models.checkpoints.weighted_modules import weighted_modules
from inception_models.edits.input_output import without_aux
from inception_models.edits.link import to_edits
from inception_models.net.builder import Network
from inception_models.net.layers import Named
from inception_models.weights import loading as weights
from inception_models.weights.file import WeightsError, read_open, read_tensors
from tests.models.facts import document
from tests.models.file_server import serving
from tests.models.layouts import renamed
from tests.models.weights.published_files import publish

ASSETS = Path(__file__).parents[3] / "assets"
PHOTO = Image.open(ASSETS / "samples" / "chelsea.jpg").convert("RGB")

KEYS = document()["state_dict_keys"]

REFERENCES: dict[str, tuple[str, bool, int, Callable[[], nn.Module]]] = {
    "torchvision_googlenet": (
        "googlenet_torchvision", True, 96, lambda: torchvision.models.googlenet(weights=None, init_weights=False)
    ),
    "torchvision_inception_v3": (
        "inception_v3", True, 107, lambda: torchvision.models.inception_v3(weights=None, init_weights=False)
    ),
    "timm_inception_v4": ("inception_v4", False, 107, lambda: timm.create_model("inception_v4")),
    "timm_inception_resnet_v2": (
        "inception_resnet_v2", False, 107, lambda: timm.create_model("inception_resnet_v2")
    ),
    "timm_xception": ("xception", False, 96, lambda: timm.create_model("legacy_xception")),
}  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def as_file(state: dict[str, Tensor], name: str) -> bytes:
    if CHECKPOINTS[name].file.suffix == ".safetensors":
        return save(state)
    file = BytesIO()
    torch.save(state, file)
    return file.getvalue()


@pytest.mark.parametrize("name", REFERENCES)
def test_a_published_checkpoint_is_fetched_and_gives_the_same_outputs(
    name: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A foreign network with statistics that an identity BatchNorm would not pass, from a server to a prediction."""
    key, aux, size, make = REFERENCES[name]
    torch.manual_seed(1)
    net = make().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
    content = as_file(net.state_dict(), name)
    with serving(content) as server:
        publish(name, content, server.url, monkeypatch)
        loaded = weights.loaded(ARCHITECTURES[key], name)
        assert server.behaviour.asked == [""]
    assert loaded.trained_weights.file.parent == cache
    assert not loaded.changes
    assert bool(loaded.report) == (
        bool(ARCHITECTURES[key].aux) and not aux
    )  # heads that the file lacks keep their own weights, and that is said
    picture = torch.randn(1, 3, size, size)
    with torch.inference_mode():
        expected, logits = net(picture), loaded.net(picture)
    assert expected.std() > 1e-3
    assert torch.allclose(logits, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    "name, layout, old",
    [("cadene_bn_inception", bn_inception_keys, True), ("facenet_vggface2", inception_resnet_last_linear_keys, False)],
)
def test_published_checkpoints_of_layouts_without_a_package(
    name: str, layout: Callable[..., str], old: bool, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first in the format of PyTorch before 1.6, the second with the classifier that facenet-pytorch may add."""
    arch = CHECKPOINTS[name].arch
    state = renamed(net := build(arch), layout)
    if not old:
        state |= {"logits.weight": torch.zeros(3, 512), "logits.bias": torch.zeros(3)}
    file = BytesIO()
    torch.save(state, file, _use_new_zipfile_serialization=not old)
    with serving(file.getvalue()) as server:
        publish(name, file.getvalue(), server.url, monkeypatch)
        own = weights.load(arch, name).state_dict()
    assert all(torch.equal(value, own[key]) for key, value in net.state_dict().items())


def test_without_a_network_a_published_checkpoint_is_one_sentence(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(b"") as gone:
        publish("torchvision_googlenet", b"", gone.url, monkeypatch)
    with pytest.raises(DownloadError, match="could not be reached"):
        weights.load(ARCHITECTURES["googlenet_torchvision"], "torchvision_googlenet")


@pytest.mark.parametrize("source", ["torchvision_googlenet", "timm_xception", "demo"])
def test_weights_of_another_variant_are_refused(source: str) -> None:
    with pytest.raises(WeightsError, match=f"The weights {source} belong to .*, not to Inception v3; choose"):
        weights.load(ARCHITECTURES["inception_v3"], source)


@pytest.mark.parametrize("name", ["imagenet", "no-such-weights", ""])
def test_names_that_are_unknown(name: str) -> None:
    with pytest.raises(WeightsError, match="known are random, demo, torchvision_googlenet"):
        weights.load(ARCHITECTURES["googlenet"], name)


# ---- what the table says


@pytest.mark.parametrize("row", CHECKPOINTS.values(), ids=CHECKPOINTS)
def test_every_row_can_be_fetched_and_checked(row: TrainedWeights) -> None:
    assert row.remote is not None
    assert row.remote.url.startswith("https://")
    assert re.fullmatch("[0-9a-f]{8,64}", row.remote.digest) or (not row.remote.digest and NO_DIGEST in row.notes)
    in_name = re.search("-([0-9a-f]{8,})[.]pth", row.remote.url)  # PyTorch Hub's convention
    assert in_name is None or row.remote.digest.startswith(in_name[1])
    bytes_of_floats = 4 * sum(v.numel() for v in build(replace(row.arch, aux=()), "meta").state_dict().values())
    assert 1 - 0.01 < row.remote.about / bytes_of_floats < 2.1  # heads, and a classifier that we leave out, come on top
    assert row.licence
    assert row.accuracy
    assert row.page.startswith("https://")
    assert row.preprocessing_for(row.arch) == row.preprocessing


@pytest.mark.parametrize(
    "name, make", [("torchvision_googlenet", "GoogLeNet"), ("torchvision_inception_v3", "Inception_V3")]
)
def test_facts_and_preprocessing_are_torchvisions(name: str, make: str) -> None:
    """With transform_input, which asking torchvision for weights switches on."""
    row, entry = CHECKPOINTS[name], getattr(torchvision.models, f"{make}_Weights").IMAGENET1K_V1
    assert row.remote is not None
    assert row.remote.url == entry.url
    assert row.remote.about / 2**20 == pytest.approx(entry.meta["_file_size"], abs=1e-3)
    assert row.accuracy.startswith(f"{entry.meta['_metrics']['ImageNet-1K']['acc@1']:.3f}%")
    net = REFERENCES[name][3]()
    net.transform_input = True  # type: ignore[assignment]  # of both classes
    expected = net._transform_input(entry.transforms()(PHOTO)[None])  # type: ignore[operator]
    assert torch.allclose(row.preprocessing.apply(PHOTO), expected, atol=1e-5)


@pytest.mark.parametrize(
    "name, model", [("inception_v4", "inception_v4"), ("inception_resnet_v2", "inception_resnet_v2"),
                    ("xception", "legacy_xception"), ("xception41", "xception41"),
                    ("inceptionnext_tiny", "inception_next_tiny"), ("inceptionnext_base", "inception_next_base")],
)  # fmt: skip
def test_preprocessing_is_timms(name: str, model: str) -> None:
    settings = timm.data.resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(model).to_dict())
    expected = timm.data.create_transform(**settings)(PHOTO)
    assert torch.equal(CHECKPOINTS[f"timm_{name}"].preprocessing.apply(PHOTO)[0], expected)


# ---- a person's own file, and edited networks

SMALL = replace(ARCHITECTURES["googlenet_torchvision"], aux=(), classes=7)


def saved(net: nn.Module, file: Path) -> Path:
    torch.save(net.state_dict(), file)
    return file


@pytest.fixture(scope="module")
def trained() -> Network:
    """A network in the place of a trained one."""
    torch.manual_seed(2)
    return build(SMALL).eval()


def test_a_wider_network_says_the_same_and_lists_what_changed(trained: Network, tmp_path: Path) -> None:
    path = "inception4a.branch3x3.conv"
    arch = with_widths(SMALL, {path: 300})
    loaded = weights.loaded(arch, saved(trained, tmp_path / "own.pth"))
    picture = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(loaded.net(picture), trained(picture), atol=1e-4)
    assert path in {change.path for change in loaded.changes if change.kind == "wider"}
    assert replace(loaded.trained_weights.arch, aux=()) == SMALL


def test_loading_builds_the_network_once(trained: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which layout, whether every tensor fits, what was cut: all of that needs shapes only."""
    built: list[Arch] = []
    real = Network.__init__

    def counted(net: Network, arch: Arch, stages: Named, heads: Named) -> None:
        built.append(arch)
        real(net, arch, stages, heads)

    file = saved(trained, tmp_path / "own.pth")
    monkeypatch.setattr(Network, "__init__", counted)
    for arch in (SMALL, with_widths(SMALL, {"conv1": 70}), replace(SMALL, aux=ARCHITECTURES[SMALL.key].aux)):
        weights.load(arch, file)
        assert built == [arch]
        built.clear()


def test_heads_without_weights_start_as_a_new_network_s(trained: Network, tmp_path: Path) -> None:
    arch = replace(SMALL, aux=ARCHITECTURES[SMALL.key].aux)
    loaded = weights.loaded(arch, saved(trained, tmp_path / "own.pth"))
    assert "no aux1, aux2" in loaded.report[0]
    head = loaded.net.get_submodule("aux2").state_dict()
    assert not head["fc1.linear.bias"].any()
    assert head["fc1.linear.weight"].std() == pytest.approx((2 / 2048) ** 0.5, rel=0.05)  # He's
    assert set(head["conv.bn.running_mean"].tolist()) == {0}
    assert set(head["conv.bn.running_var"].tolist()) == {1}
    assert all(torch.equal(value, loaded.net.state_dict()[key]) for key, value in trained.state_dict().items())


def test_a_file_of_the_edited_network_is_taken_as_it_is(tmp_path: Path) -> None:
    arch = with_widths(SMALL, {"inception4a.branch3x3.conv": 10})
    net = build(arch)
    loaded = weights.loaded(arch, saved(net, tmp_path / "own.pt"))
    assert loaded.changes == ()
    assert loaded.trained_weights.arch == arch
    assert all(torch.equal(value, loaded.net.state_dict()[key]) for key, value in net.state_dict().items())


def test_a_file_of_neither_network_names_every_place(trained: Network, tmp_path: Path) -> None:
    arch = with_widths(SMALL, {"conv1": 10})
    file = saved(build(with_widths(SMALL, {"conv1": 11, "conv2": 12})), tmp_path / "own.pth")
    with pytest.raises(WeightsError, match=r"with other filter counts.*; open that network") as caught:
        weights.load(arch, file)
    assert caught.value.arch == with_widths(SMALL, {"conv1": 11, "conv2": 12})
    assert len(caught.value.mismatches) == 11  # of two units 5 values each, and the weights that read the second


def test_another_number_of_classes_is_said_in_plain_words(trained: Network, tmp_path: Path) -> None:
    file = saved(trained, tmp_path / "own.pth")
    with pytest.raises(WeightsError, match=r"has 7 classes and the network 1,000; set Classes to 7 \(--classes 7\)"):
        weights.load(replace(SMALL, classes=1000), file)


def test_values_that_are_no_numbers_are_said(trained: Network, tmp_path: Path) -> None:
    state = dict(trained.state_dict())
    state["conv2.conv.weight"] = torch.full_like(state["conv2.conv.weight"], torch.nan)
    torch.save(state, tmp_path / "own.pth")
    assert "NaN or infinite values are in conv2.conv.weight" in weights.loaded(SMALL, tmp_path / "own.pth").report[0]


def test_half_precision_becomes_float32(trained: Network, tmp_path: Path) -> None:
    state = {k: v.half() if v.is_floating_point() else v for k, v in trained.state_dict().items()}
    torch.save({"epoch": 3, "model": {f"module.{key}": value for key, value in state.items()}}, tmp_path / "own.pth")
    assert weights.translated(SMALL, state)["conv1.conv.weight"].dtype == torch.float32  # before it is resized, say
    net = weights.load(SMALL, tmp_path / "own.pth")
    assert net.conv1.conv.weight.dtype == torch.float32  # type: ignore[union-attr]
    assert torch.allclose(net.conv1.conv.weight, trained.conv1.conv.weight, atol=1e-3)  # type: ignore[union-attr, arg-type]


CARD = {
    "variant": "googlenet_torchvision", "edits": to_edits(ARCHITECTURES["googlenet_torchvision"], SMALL),
    "input_size": 224, "mean": [0.5] * 3, "std": [0.25] * 3, "classes": list("abcdefg"), "accuracy": 0.9,
    "card": {"data": "d", "licence": "l", "pictures": {"test": 1000}},
}  # fmt: skip


def test_the_card_beside_a_file_says_how_to_use_it(trained: Network, tmp_path: Path) -> None:
    file = saved(trained, tmp_path / "own.pth")
    (tmp_path / "own.json").write_text(json.dumps(CARD))
    arch = with_widths(SMALL, {"conv1": 32})  # an edit of the card's network, which is not the published one
    trained_weights = weights.loaded(arch, file).trained_weights
    assert (trained_weights.arch, trained_weights.class_names, trained_weights.data) == (SMALL, tuple("abcdefg"), "d")
    assert trained_weights.accuracy == "90.00% of 1,000 test pictures"
    assert trained_weights.preprocessing == Preprocessing(224, 224, channels="grey", mean=(0.5,) * 3, std=(0.25,) * 3)


BAD_CARDS: list[tuple[object, str]] = [
    ("{", "cannot be used"),
    ([], "cannot be used"),
    ({"variant": "googlenet"}, "it lacks 'input_size'"),
    (CARD | {"mean": [1, 2]}, "cannot be used"),
    (CARD | {"variant": "alexnet"}, "variant is 'alexnet'"),
    (CARD | {"input_size": 100}, "takes 224 px, not 100"),
    (CARD | {"edits": {"v": 1, "w": {"x": 1}}}, "x"),
    (CARD | {"classes": ["a" * 2_000_000]}, "too long"),
]


@pytest.mark.parametrize("content, sentence", BAD_CARDS, ids=[sentence for _, sentence in BAD_CARDS])
def test_a_card_that_is_none_is_refused_and_beside_a_file_ignored(
    content: object, sentence: str, trained: Network, tmp_path: Path
) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(ValueError, match=sentence):
        card.parse_card(text, "own.pth")
    (tmp_path / "own.json").write_text(text)
    assert weights.loaded(SMALL, saved(trained, tmp_path / "own.pth")).trained_weights.class_names == ()


def test_the_demo_is_what_its_card_says() -> None:
    home = demo().arch
    loaded = weights.loaded(home, "demo")
    assert loaded.changes == ()
    assert loaded.net.arch == home
    assert len(demo().class_names) == home.classes == 10


# ---- layouts


def test_heads_that_the_network_does_not_have_are_left_out(tmp_path: Path) -> None:
    state = torchvision.models.inception_v3(weights=None, init_weights=False).state_dict()
    assert not any("aux" in k for k in weights.translated(without_aux(ARCHITECTURES["inception_v3"]), state))


def test_cadenes_files_have_a_background_class_and_another_name_for_the_classifier() -> None:
    state = timm.create_model("inception_v4", num_classes=1001).state_dict()
    own = weights.translated(without_aux(ARCHITECTURES["inception_v4"]), state)
    assert torch.equal(own["fc.linear.weight"], state["last_linear.weight"][1:])
    resnet = {
        k.replace("classif.", "last_linear."): v
        for k, v in timm.create_model("inception_resnet_v2").state_dict().items()
    }
    own = weights.translated(without_aux(ARCHITECTURES["inception_resnet_v2"]), resnet)
    assert torch.equal(own["fc.linear.bias"], resnet["last_linear.bias"])


@pytest.mark.parametrize(
    "key, facts, layout, count, classes",
    [
        ("bn_inception", "bninception_cadene", bn_inception_keys, 485, 1000),
        ("inception_resnet_v1_facenet", "inception_resnet_v1_facenet", inception_resnet_last_linear_keys, 714, 512),
    ],
)
def test_layouts_without_a_package_have_the_keys_that_were_measured(
    key: str, facts: str, layout: Callable[..., str], count: int, classes: int
) -> None:
    """``logits`` is what facenet-pytorch may have beyond the embedding."""
    arch = replace(ARCHITECTURES[key], classes=classes)
    net = build(arch, "meta")
    prefix = {module.path: layout(module) for module in weighted_modules(arch)}
    keys = {f"{prefix[k.rpartition('.')[0]]}.{k.rpartition('.')[2]}" for k in net.state_dict()}
    assert len(keys) == count
    assert set(KEYS[facts]["keys"]) - {"logits.weight"} <= keys


def test_old_files_have_batchnorm_rows_and_no_counts() -> None:
    arch = ARCHITECTURES["bn_inception"]
    net = build(arch)
    prefix = {module.path: bn_inception_keys(module) for module in weighted_modules(arch)}
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
    (lambda s: s.update({"fc.weight": torch.zeros(10, 512)}), "fc.weight has the shape"),
    (lambda s: s.update({"fc.bias": torch.zeros(1000, dtype=torch.int64)}), "fc.bias has int64 values"),
    (lambda s: s.update({"fc.bias": torch.zeros(1000, dtype=torch.complex64)}), "fc.bias has complex64 values"),
    (lambda s: s.update({"fc.bias": torch.zeros(1000).to_sparse()}), "fc.bias is a sparse tensor"),
]


@pytest.mark.parametrize("spoil, sentence", BAD)
def test_what_does_not_fit_is_named(spoil: Callable[[dict[str, Tensor]], object], sentence: str) -> None:
    state = dict(torchvision.models.googlenet(weights=None, init_weights=False).state_dict())
    spoil(state)
    with pytest.raises(weights.WeightsError, match=sentence):
        weights.translated(ARCHITECTURES["googlenet_torchvision"], state)


# ---- files that mean harm


class Evil:
    """A pickle that would run code."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("this must never be printed",)


def zipped(method: int, **parts: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as opened:
        for name, content in parts.items():
            opened.writestr(f"archive/{name.replace('_', '.')}", content)
    return file.getvalue()


def pickled(content: object, **options: bool) -> bytes:
    file = BytesIO()
    torch.save(content, file, **options)  # type: ignore[arg-type]
    return file.getvalue()


TORCH = pickled({"a": torch.zeros(1000)})
HARMFUL = {
    "a pickle that runs code": ("a.pth", pickled({"conv1.weight": Evil()}), "contains a builtins.print, which is not"),
    "the same, before 1.6": (
        "a.pth", pickled({"a": Evil()}, _use_new_zipfile_serialization=False), "builtins.print, which is not read"
    ),
    "a bare pickle": ("a.pt", pickle.dumps(Evil(), protocol=2), "builtins.print.*, which is not read"),
    "a pickle of numbers": ("a.pt", pickle.dumps({"a": 3}, protocol=2), "is a plain pickle; save"),
    "a zip bomb": ("a.pth", zipped(zipfile.ZIP_DEFLATED, data_pkl=bytes(10**8)), "unfolds to more than its own size"),
    "an endless list": ("a.pth", zipped(zipfile.ZIP_STORED, data_pkl=bytes(1 << 26)), "lists more tensors than any"),
    "cut in half": ("a.pth", TORCH[: len(TORCH) // 2], "is half a download"),
    "no tensors": ("a.pth", pickled({}), "contains no tensors"),
    "numbers": ("a.pth", pickled({"a": 3}), "does not contain tensors by name"),
    "a list": ("a.pth", pickled([torch.zeros(1)]), "does not contain tensors by name"),
    "a huge header": ("a.safetensors", struct.pack("<Q", 1 << 40) + b"{}", "its header cannot be that long"),
    "a long header": ("a.safetensors", struct.pack("<Q", 1 << 24) + bytes(1 << 25), "its header cannot be that long"),
    "overlapping tensors": (
        "a.safetensors",
        (head := b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
         b'"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}') and struct.pack("<Q", len(head)) + head + bytes(4),
        "is not a safetensors file",
    ),
    "empty": ("a.pth", b"", "a.pth is empty"),
    "junk": ("a.pt", b"junk", "not a file of weights that is known here"),
    "junk as safetensors": ("a.safetensors", b"junk", "is not a safetensors file"),
    "another ending": ("a.txt", b"x", "not a file of weights that is known here"),
}  # fmt: skip


@pytest.mark.parametrize("name, content, sentence", HARMFUL.values(), ids=HARMFUL)
def test_harmful_files_give_one_sentence(
    name: str, content: bytes, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(WeightsError, match=sentence) as caught:
        read_open(BytesIO(content), name)
    assert name in str(caught.value)
    assert capsys.readouterr().out == ""


def test_a_tensor_that_claims_to_be_huge_takes_no_memory() -> None:
    """One number, seen as 10^12 of them."""
    state = dict(torchvision.models.googlenet(weights=None, init_weights=False).state_dict())
    state["fc.weight"] = torch.zeros(1).expand(10**6, 10**6)
    with pytest.raises(WeightsError, match=r"fc.weight has the shape \[1000000, 1000000\]"):
        weights.translated(ARCHITECTURES["googlenet_torchvision"], state)


def test_files_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.pth").open("wb") as file:
        file.truncate((1 << 30) + 1)  # a hole, which takes no room on the disk
    with pytest.raises(WeightsError, match="at most 1,074 MB are allowed"):
        read_tensors(tmp_path / "a.pth")


def test_safetensors_are_read(tmp_path: Path) -> None:
    save_file({"a": torch.ones(2)}, tmp_path / "a.safetensors")
    assert torch.equal(read_tensors(tmp_path / "a.safetensors")["a"], torch.ones(2))
