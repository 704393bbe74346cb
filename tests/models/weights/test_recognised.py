"""Networks of the family, as others save them or pruned and widened, open as themselves without being named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
import timm
import torch
import torchvision
from safetensors.torch import save
from torch import Tensor, nn

from inception_models import ARCHITECTURES, Arch, build, with_widths
from inception_models.arch.tree import map_ops
from inception_models.checkpoints.key_names import LAYOUTS, inception_v3_keys, torchvision_googlenet_keys
from inception_models.edits.depth import with_repeats
from inception_models.edits.toggles import with_batch_norm
from inception_models.edits.widths import scaled, widths
from inception_models.net.builder import Network
from inception_models.net.meta_state import meta_state
from inception_models.weights import OwnFile, WeightsError, load, recognised, recognition
from inception_models.weights.file import read_open
from tests.models.layouts import renamed
from tests.models.references import CifarGoogLeNet, LucentInception5h, fid_inception

State = dict[str, Tensor]
PUBLISHED: dict[str, tuple[str, Callable[[], nn.Module], int]] = {
    "torchvision googlenet": ("googlenet_torchvision", lambda: torchvision.models.googlenet(init_weights=False), 64),
    "kuangliu's googlenet": ("googlenet_cifar", CifarGoogLeNet, 32),
    "Lucent's inception5h": ("inception5h", LucentInception5h, 224),
    "pytorch-fid": ("inception_v3_fid", fid_inception, 107),
    "timm inception_v4": ("inception_v4", lambda: timm.create_model("inception_v4", num_classes=7), 107),
    "timm inception_resnet_v2": ("inception_resnet_v2", lambda: timm.create_model("inception_resnet_v2"), 107),
    "timm xception41": ("xception41", lambda: timm.create_model("xception41", num_classes=3), 96),
    "timm xception71": ("xception71", lambda: timm.create_model("xception71", num_classes=3), 96),
    "timm inception_next_atto": ("inceptionnext_atto", lambda: timm.create_model("inception_next_atto"), 64),
    "timm inception_next_tiny": ("inceptionnext_tiny", lambda: timm.create_model("inception_next_tiny"), 64),
    "timm legacy_xception": ("xception", lambda: timm.create_model("legacy_xception", num_classes=3), 96),
}


def perturbed(net: nn.Module) -> nn.Module:
    """With statistics that an identity BatchNorm would not pass."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
    return net.eval()


def agree(ours: nn.Module, theirs: nn.Module, size_px: int) -> None:
    picture = torch.randn(1, 3, size_px, size_px)
    with torch.inference_mode():
        expected, found = theirs(picture), ours(picture)
    assert expected.std() > 1e-6
    assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5 * float(expected.abs().max()))


@pytest.mark.parametrize("name", PUBLISHED)
def test_other_programs_networks_open_without_a_name(name: str) -> None:
    key, make, size_px = PUBLISHED[name]
    torch.manual_seed(4)
    net = perturbed(make())
    state = net.state_dict()
    arch = recognised(state)
    assert arch.key == key
    agree(load(arch, OwnFile("own", name, state)), net, size_px)


# ---- v3, wrapped in eight ways and pruned


@pytest.fixture(scope="module")
def v3() -> torchvision.models.Inception3:
    torch.manual_seed(5)
    return perturbed(torchvision.models.inception_v3(init_weights=False))  # type: ignore[return-value]


EIGHT: dict[str, Callable[[State], object]] = {
    "bare": lambda s: s,
    "DataParallel": lambda s: {f"module.{k}": v for k, v in s.items()},
    "compiled": lambda s: {f"_orig_mod.module.{k}": v for k, v in s.items()},
    "Lightning": lambda s: {"state_dict": {f"model.net.{k}": v for k, v in s.items()}, "epoch": 1},
    "average": lambda s: {"model_ema": {f"module.{k}": v for k, v in s.items()}, "best": 0.5},
    "flat with an epoch": lambda s: s | {"epoch": 3},
    "other classes": lambda s: s | {"fc.weight": torch.ones(5, s["fc.weight"].shape[1]), "fc.bias": torch.ones(5)},
    "classifier in a Sequential": lambda s: {k.replace("fc.", "fc.1.") if k.startswith("fc.") else k: v
                                             for k, v in s.items()},
}  # fmt: skip


def odd(arch: Arch) -> Arch:
    """Pruned to widths that no rule has."""
    return with_widths(arch, {path: max(2, width * (5 + n % 7) // 17 | 1) for n, (path, width) in
                              enumerate(widths(arch).items())})  # fmt: skip


@pytest.fixture(scope="module")
def pruned_v3() -> Network:
    torch.manual_seed(6)
    return perturbed(build(odd(ARCHITECTURES["inception_v3"])))  # type: ignore[return-value]


@pytest.mark.parametrize("wrap, pruned", [("bare", False), ("other classes", False), *((wrap, True) for wrap in EIGHT)])
def test_v3_wrapped_and_pruned_gives_the_same_outputs(
    wrap: str, pruned: bool, v3: torchvision.models.Inception3, pruned_v3: Network
) -> None:
    net = pruned_v3 if pruned else v3
    state = renamed(pruned_v3, inception_v3_keys) if pruned else v3.state_dict()
    file = BytesIO()
    torch.save(EIGHT[wrap](state), file)
    tensors = read_open(file, "own.bin")
    arch = recognised(tensors)
    assert (arch.key, arch.classes) == ("inception_v3", 5 if wrap == "other classes" else 1000)
    own = load(arch, OwnFile("own", wrap, tensors))
    if arch.classes == 1000:
        agree(own, net, 107)
    else:
        assert torch.equal(own.state_dict()["fc.linear.bias"], torch.ones(5))


# ---- every variant and layout


def zeros(arch: Arch) -> State:
    return {key: torch.zeros(value.shape, dtype=value.dtype) for key, value in meta_state(arch).items()}


TWINS = ("inceptionnext_base",)  # with other widths than as published it is inceptionnext_small with those
CLASSES = {"inception_v3_fid": 1008}  # all that its tensors tell it from Inception v3 by


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_every_variant_is_read_from_its_shapes_in_our_layout(key: str) -> None:
    arch = replace(scaled(ARCHITECTURES[key], 0.11, 1), classes=CLASSES.get(key, 6))
    preferred = key if key in TWINS else ""
    assert recognised(zeros(arch), preferred=preferred) == arch
    if arch.aux:
        assert recognised(zeros(replace(arch, aux=()))) == replace(arch, aux=())


@pytest.mark.parametrize("key, layout", [(key, name) for key in LAYOUTS for name in LAYOUTS[key] if key != "googlenet"])
def test_every_published_layout_is_read(key: str, layout: str) -> None:
    arch = replace(scaled(ARCHITECTURES[key], 0.11, 1), classes=CLASSES.get(key, 6))
    state = renamed(build(arch), LAYOUTS[key][layout])
    preferred = key if key in TWINS else ""
    bare = {k.removeprefix("wrap."): v for k, v in state.items()}
    wrapped = read_open(BytesIO(save({f"wrap.{k}": v for k, v in bare.items()})), "x")
    assert recognised(wrapped, preferred=preferred) == arch


@pytest.mark.parametrize(
    "key, copies",
    [
        ("inception_v4", {"inception_a": 6, "inception_b": 2, "inception_c": 5}),
        ("inception_resnet_v2", {"repeat": 3, "repeat_1": 2, "repeat_2": 12}),
        ("inception_resnet_v1_facenet", {"repeat_1": 1, "repeat_3": 7}),
        ("xception", {"middle_flow": 3}),
    ],
)
@pytest.mark.parametrize("foreign", [False, True])
def test_copies_are_counted(key: str, copies: dict[str, int], foreign: bool) -> None:
    arch = with_repeats(scaled(ARCHITECTURES[key], 0.06, 1), copies)
    layout = next(iter(LAYOUTS[key].values()))
    assert recognised(renamed(build(arch), layout) if foreign else zeros(arch)) == arch


def test_plain_ports_with_torchvisions_names() -> None:
    arch = scaled(ARCHITECTURES["googlenet_plain"], 0.1, 1)
    result = recognition(renamed(build(arch), torchvision_googlenet_keys))
    assert result.arch == arch
    assert "would fit googlenet as well" in result.report[-1]


def test_folded_networks_and_other_kernels_are_read() -> None:
    """BatchNorm folded into the convolutions; and torchvision's network with the paper's 5x5."""
    published = ARCHITECTURES["googlenet_torchvision"]
    folded = scaled(with_batch_norm(published, False, published), 0.1, 1)
    assert recognised(renamed(build(folded), torchvision_googlenet_keys)) == folded

    def five(path: str, op: object) -> object:
        return replace(op, kernel=(5, 5)) if path.endswith("branch5x5.conv") else op  # type: ignore[type-var]

    wide = map_ops(scaled(published, 0.1, 1), five)  # type: ignore[arg-type]
    assert recognised(renamed(build(wide), torchvision_googlenet_keys)) == wide


class Port(nn.Module):
    """GoogLeNet's modules with names of somebody's own: each branch a row of convolutions and activations."""

    def __init__(self, net: Network) -> None:
        super().__init__()
        rows = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
        self.features = nn.Sequential()
        for number, module in enumerate(rows[:-1]):
            self.features.add_module(f"part{number // 6}_{number % 6}", nn.Sequential(module, nn.ReLU()))
        self.output = nn.Sequential(nn.Dropout(), rows[-1])


def test_ports_with_names_of_their_own_are_matched_by_order() -> None:
    net = build(replace(scaled(ARCHITECTURES["googlenet_plain"], 0.2, 1), aux=(), classes=4)).eval()
    state = Port(net).state_dict()
    result = recognition(state)
    assert result.arch == net.arch
    assert "matched in their order" in " ".join(result.report)
    agree(load(result.arch, OwnFile("own", "", state)), net, 64)


def test_an_edit_of_a_recognised_network_carries_its_weights_over() -> None:
    pruned = replace(odd(ARCHITECTURES["googlenet_torchvision"]), classes=9)
    net = perturbed(build(pruned))
    own = OwnFile("own", "", net.state_dict())
    path = "inception4a.branch3x3.conv"
    wider = with_widths(pruned, {path: widths(pruned)[path] + 8})
    agree(load(wider, own), net, 64)


def test_copies_of_different_widths_are_named() -> None:
    state = zeros(scaled(ARCHITECTURES["inception_resnet_v2"], 0.06, 1))
    key = "repeat.3.branch1x1.conv.conv.weight"
    state[key] = state[key].repeat(2, 1, 1, 1)
    with pytest.raises(WeightsError, match=r"repeat.3.branch1x1.conv.conv has 4 filters and the same layer of an"):
        recognised(state)


def test_widths_that_do_not_agree_are_named() -> None:
    state = zeros(scaled(ARCHITECTURES["googlenet_torchvision"], 0.1, 1))
    state["conv3.conv.weight"] = state["conv3.conv.weight"][:, 1:]
    with pytest.raises(WeightsError, match=r"conv3.conv.weight has the shape"):
        recognised(state)


def test_widths_beyond_what_is_allowed_are_refused() -> None:
    state = zeros(ARCHITECTURES["googlenet_torchvision"])
    state["conv1.conv.weight"] = torch.zeros(1).expand(10**6, 3, 7, 7)
    with pytest.raises(WeightsError, match="no such network works: conv1: width must be a whole number from 1 to 8192"):
        recognised(state)
