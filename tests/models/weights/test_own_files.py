"""Files that people bring: wrapped by training programs, in parts, of other kinds, or hostile."""

from __future__ import annotations

import argparse
import io
import json
import pickle
import struct
import time
import zipfile
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn

from inception_models import ARCHITECTURES, Arch, build, with_widths
from inception_models.arch.spec import Linear
from inception_models.checkpoints.key_names import inception_v3_keys, torchvision_googlenet_keys, xception_keys
from inception_models.checkpoints.preprocessing import caffe_bgr
from inception_models.edits.input_output import with_size_and_fitting_heads
from inception_models.edits.widths import scaled
from inception_models.net.builder import Network
from inception_models.weights import OwnFile, SeveralEntriesError, WeightsError, loaded, read, recognised
from inception_models.weights.file import read_open
from inception_models.weights.fitting import fit_state
from tests.models.layouts import renamed

State = dict[str, Tensor]
ARCH = replace(scaled(ARCHITECTURES["googlenet_torchvision"], 0.1, 1), classes=5)


@pytest.fixture(scope="module")
def net() -> Network:
    torch.manual_seed(3)
    return build(ARCH).eval()


@pytest.fixture(scope="module")
def state(net: Network) -> State:
    """A network of odd widths as torchvision would name it."""
    return renamed(net, torchvision_googlenet_keys)


def torch_file(content: object, **options: object) -> bytes:
    file = BytesIO()
    torch.save(content, file, **options)  # type: ignore[arg-type]
    return file.getvalue()


def prefixed(state: State, prefix: str) -> State:
    return {prefix + key: value for key, value in state.items()}


def classifier_at(state: State, place: str) -> State:
    return {k.replace("fc.", place) if k.startswith("fc.") else k: v for k, v in state.items()}


def pruned(state: State) -> State:
    """As torch.nn.utils.prune leaves it."""
    weight = state["conv2.conv.weight"]
    kept = {key: value for key, value in state.items() if key != "conv2.conv.weight"}
    return kept | {"conv2.conv.weight_orig": weight, "conv2.conv.weight_mask": torch.ones_like(weight)}


ARGS = argparse.Namespace(lr=0.1, output=PurePosixPath("runs"), names=OrderedDict(a=1))
WRAPPED: dict[str, Callable[[State], object]] = {
    "bare": lambda s: s,
    "DataParallel": lambda s: prefixed(s, "module."),
    "compiled": lambda s: prefixed(s, "_orig_mod."),
    "DataParallel of compiled": lambda s: prefixed(s, "module._orig_mod."),
    "compiled DataParallel": lambda s: prefixed(s, "_orig_mod.module."),
    "FSDP": lambda s: {k.replace("inception3a.", "inception3a._fsdp_wrapped_module."): v for k, v in s.items()},
    "Lightning": lambda s: {"state_dict": prefixed(s, "model.") | {"criterion.weight": torch.ones(5)}, "epoch": 3},
    **{prefix: lambda s, p=prefix: prefixed(s, p) for prefix in  # type: ignore[misc]
       ("net.", "backbone.", "encoder.", "base_model.", "timm_model.", "learner.core.")},
    "timm's CheckpointSaver": lambda s: {
        "epoch": 3, "arch": "googlenet", "state_dict": s, "args": ARGS, "metric": np.float64(0.5),
        "optimizer": {"state": {i: {"exp_avg": torch.ones(2), "step": torch.tensor(1.0)} for i in range(50)},
                      "param_groups": [{"lr": 0.1, "params": list(range(50))}]},
    },
    "numpy, defaultdict, deque": lambda s: {
        "net": s, "best_acc": np.float32(0.5), "mean": np.ones(3), "log": defaultdict(list, {"loss": [1.0]}),
        "last": deque([1, 2]), "names": {"cat", "dog"},
    },
    "an epoch beside the tensors": lambda s: s | {"epoch": 3, "lr": 0.1},
    "SWA": lambda s: prefixed(s, "module.") | {"n_averaged": torch.tensor(4)},
    "thop": lambda s: s | dict.fromkeys(("total_ops", "total_params", "conv1.total_ops"), torch.zeros(1)),
    "two levels": lambda s: {"model": {"state_dict": s}},
    "in a list": lambda s: [{"epoch": 1}, {"network": s}],
    **{name: lambda s, n=name: {n: s, "epoch": 1} for name in  # type: ignore[misc]
       ("params", "network", "model_ema", "state_dict_ema", "ema")},
    "classifier in a Sequential": lambda s: classifier_at(s, "fc.1."),
    "last_linear.1": lambda s: classifier_at(s, "last_linear.1."),
    "matrices for 1x1": lambda s: {k: v.flatten(1) if v.ndim == 4 and v.shape[2] == 1 else v for k, v in s.items()},
    "classifier as a convolution": lambda s: s | {"fc.weight": s["fc.weight"][:, :, None, None]},
    "pruned with masks": pruned,
}  # fmt: skip


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_wrapped_weights_are_found_and_recognised(wrap: Callable[[State], object], net: Network, state: State) -> None:
    content = wrap(state)
    tensors = read_open(BytesIO(torch_file(content)), "own.bin")
    assert recognised(tensors) == ARCH
    found = fit_state(ARCH, tensors)
    assert all(torch.equal(found.state[key], value) for key, value in net.state_dict().items())


@pytest.mark.parametrize(
    "name, content",
    [
        ("own.pth.tar", torch_file),
        ("OWN.PTH", torch_file),
        ("own.ckpt", lambda s: torch_file({"state_dict": s}, _use_new_zipfile_serialization=False)),
        ("own", lambda s: save(prefixed({k: v.clone() for k, v in s.items()}, "module."))),
        ("own.bin", lambda s: save({k: v.clone() for k, v in s.items()})),
    ],
)
def test_files_are_read_by_content(name: str, content: Callable[[State], bytes], state: State, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content(state))
    assert recognised(tmp_path / name) == ARCH
    assert not loaded(ARCH, tmp_path / name).changes


@pytest.mark.parametrize(
    "wrap, sentence",
    [
        ("DataParallel of compiled", "Taken off the names: _orig_mod., module."),
        ("Lightning", "other prefix: criterion"),
        ("SWA", "Taken off the names: module."),
        ("thop", "only count: total_ops, total_params"),
        ("an epoch beside the tensors", "not tensors: epoch, lr"),
        ("pruned with masks", "pruning masks in the file (1) were applied"),
        ("two levels", "are those at model.state_dict"),
    ],
)
def test_what_was_done_is_said(wrap: str, sentence: str, state: State) -> None:
    tensors = read_open(BytesIO(torch_file(WRAPPED[wrap](state))), "own.pth")
    assert sentence in " ".join(fit_state(ARCH, tensors).report)


@pytest.mark.parametrize(
    "wrap, entries",
    [
        (lambda s: {"model": s, "model_ema": prefixed(s, "module.")}, ["model", "model_ema"]),
        (lambda s: {"state_dict": prefixed(s, "student.") | prefixed(s, "teacher.")},
         ["state_dict.student", "state_dict.teacher"]),
        (lambda s: {"a": {"ema": s}, "net": dict(s)}, ["a.ema", "net"]),
    ],
)  # fmt: skip
def test_of_several_sets_one_is_chosen(
    wrap: Callable[[State], object], entries: list[str], state: State, tmp_path: Path
) -> None:
    file = tmp_path / "own.pth"
    file.write_bytes(torch_file(wrap(state)))
    with pytest.raises(SeveralEntriesError, match=f"{entries[0]} .364 tensors.*--entry") as caught:
        read(file)
    assert [entry.path for entry in caught.value.entries] == entries
    for entry in entries:
        own = read(file, entry)
        assert own.entry == entry
        assert recognised(own.tensors) == ARCH
    with pytest.raises(WeightsError, match="no entry 'nope'; its entries are"):
        read(file, "nope")


# ---- classes and heads


def with_head(state: State, classes: int) -> State:
    width = state["fc.weight"].shape[1]
    return state | {"fc.weight": torch.ones(classes, width), "fc.bias": torch.ones(classes)}


def test_another_number_of_classes_is_named_and_no_row_is_dropped(state: State, tmp_path: Path) -> None:
    (tmp_path / "own.pth").write_bytes(torch_file(state))
    with pytest.raises(
        WeightsError, match=r"has 5 classes and the network 4; set Classes to 5 \(--classes 5\)"
    ) as caught:
        loaded(replace(ARCH, classes=4), tmp_path / "own.pth")
    assert caught.value.classes == 5
    assert caught.value.arch == ARCH


def test_the_background_is_dropped_from_1001_classes_only_and_said(state: State) -> None:
    plain = {k: v for k, v in state.items() if "aux" not in k}
    found = fit_state(replace(ARCH, aux=(), classes=1000), with_head(plain, 1001))
    assert "background, was left out" in found.report[0]
    with pytest.raises(WeightsError) as caught:
        fit_state(replace(ARCH, aux=(), classes=1001), with_head(plain, 1002))
    assert caught.value.classes == 1002


def test_heads_of_other_classes_are_left_out_and_said(state: State, tmp_path: Path) -> None:
    """`g.fc = Linear(1024, 7)`: the heads still have the old classes."""
    (tmp_path / "own.pth").write_bytes(torch_file(with_head(state, 7)))
    found = loaded(replace(ARCH, classes=7), tmp_path / "own.pth")
    assert "weights of aux1, aux2 are for another number of classes" in found.report[0]
    assert "no aux1, aux2, so this part of the network starts random" in found.report[1]
    assert recognised(tmp_path / "own.pth") == replace(ARCH, classes=7, aux=())


def test_preprocessing_is_the_persons_choice(state: State) -> None:
    steps = caffe_bgr(224)
    own = OwnFile("own.pth", "", state, preprocessing=steps)
    assert loaded(ARCH, own).trained_weights.preprocessing == steps


def test_a_missing_classifier_is_said(state: State, tmp_path: Path) -> None:
    (tmp_path / "own.pth").write_bytes(torch_file({k: v for k, v in state.items() if not k.startswith("fc.")}))
    found = loaded(ARCH, tmp_path / "own.pth")
    assert "has no classifier" in found.report[-1]
    assert found.net.state_dict()["fc.linear.weight"].std() > 0


def renamed_stages(arch: Arch) -> Arch:
    """What a link can do: other names for the first stage and the classifier."""
    new = {"conv1": "stem", "fc": "classifier"}
    return replace(arch, stages=tuple(replace(s, name=new.get(s.name, s.name)) for s in arch.stages))


@pytest.mark.parametrize("ours", [False, True])
def test_renamed_stages_take_the_same_files(ours: bool, net: Network, state: State, tmp_path: Path) -> None:
    (tmp_path / "own.pth").write_bytes(torch_file(net.state_dict() if ours else state))
    arch = renamed_stages(ARCH)
    assert isinstance(arch.stages[-1], Linear)
    found = loaded(arch, tmp_path / "own.pth")
    assert not found.changes
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(found.net(x), net(x))


# ---- other networks


def test_a_fine_tuned_file_fits_an_edit_whose_size_leaves_no_room_for_its_heads() -> None:
    """Inception v3 of five classes, heads included, carried over to a narrower one at 224 pixels without them."""
    published = replace(ARCHITECTURES["inception_v3"], classes=5)
    trained = build(published).state_dict()
    tensors = {f"module.{key}": value for key, value in trained.items()}
    edited = with_widths(with_size_and_fitting_heads(published, 224), {"Mixed_7c.branch1x1.conv": 160})
    assert not edited.aux
    result = loaded(edited, OwnFile("mine.pth", "", tensors))
    assert result.trained_weights.arch == published
    assert torch.equal(result.net.state_dict()["fc.linear.bias"], trained["fc.linear.bias"])
    assert {change.path for change in result.changes if change.kind != "kept"} == {"Mixed_7c.branch1x1.conv", "fc"}


def test_a_file_of_another_variant_says_which(tmp_path: Path) -> None:
    v3 = build(replace(scaled(ARCHITECTURES["inception_v3"], 0.1, 1), aux=()))
    (tmp_path / "own.pth").write_bytes(torch_file(renamed(v3, inception_v3_keys)))
    with pytest.raises(
        WeightsError, match=r"own.pth is a inception_v3 .Inception v3., not a googlenet; open"
    ) as caught:
        loaded(ARCHITECTURES["googlenet"], tmp_path / "own.pth")
    assert caught.value.arch == v3.arch


def test_a_file_of_other_widths_offers_its_network(state: State, tmp_path: Path) -> None:
    (tmp_path / "own.pth").write_bytes(torch_file(state))
    with pytest.raises(WeightsError, match="with other filter counts, copies or kernels; open that") as caught:
        loaded(replace(ARCHITECTURES["googlenet_torchvision"], classes=5), tmp_path / "own.pth")
    assert caught.value.arch == ARCH


def test_a_file_of_no_variant_says_what_it_is_near_to(state: State) -> None:
    other = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(4, 2)).state_dict()
    with pytest.raises(WeightsError, match="not of this family"):
        recognised(other)
    lacking = {k: v for k, v in state.items() if not k.startswith("inception4c.branch2")}
    with pytest.raises(
        WeightsError, match=r"nearest to googlenet_torchvision: 119 of 123 layers .*lacks inception4c\.branch2"
    ) as caught:
        recognised(lacking)
    assert len(caught.value.mismatches) == 4


def test_two_dimensional_pointwise_weights_of_xception() -> None:
    arch = replace(scaled(ARCHITECTURES["xception"], 0.05, 1), classes=3)
    small = build(arch)
    state = renamed(small, xception_keys)
    flat = {k: v[:, :, 0, 0] if "pointwise" in k else v for k, v in state.items()}
    last = classifier_at(flat, "last_linear.")
    assert recognised(last) == arch
    assert all(torch.equal(v, small.state_dict()[k]) for k, v in fit_state(arch, last).state.items())


# ---- what is not a checkpoint


class Trained(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)


class Settings:
    pass


def scripted() -> bytes:
    file = io.BytesIO()
    torch.jit.save(torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2)), file)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for name, content in parts.items():
            opened.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def safetensors(header: object, values: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + values


FINE = torch_file({"a": torch.ones(1000), "b": torch.ones(1000)})
NOT_CHECKPOINTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "TorchScript": (scripted, "is a TorchScript program, .* save its state_dict"),
    "torch.export": (lambda: archive(archive__models__model_dot_json=b"{}"), "is a torch.export program"),
    "a whole model": (lambda: torch_file(Trained()), "whole pickled model .class .*Trained"),
    "a model in a dict": (lambda: torch_file({"model": Trained()}), "whole pickled model .class .*Trained"),
    "a class of somebody's": (lambda: torch_file({"a": torch.ones(2), "cfg": Settings()}), "contains a .*Settings"),
    "empty": (lambda: b"", "is empty"),
    "web page": (lambda: b"\n<!DOCTYPE html><html>", "is a web page"),
    "LFS pointer": (lambda: b"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer"),
    "half a zip": (lambda: FINE[: len(FINE) // 2], "half a download"),
    "half of safetensors": (lambda: save({"a": torch.ones(1000)})[:2000], "half a download"),
    "part of a header": (lambda: save({"a": torch.ones(1000)})[:30], "half a download"),
    "gzip": (lambda: b"\x1f\x8b" + bytes(99), "is compressed and has no .ckpt file"),
    "a zip with a checkpoint": (lambda: archive(best_dot_pth=FINE), "zip archive that contains best.pth; unpack"),
    "npz": (lambda: archive(a_dot_npy=b""), "archive of NumPy arrays"),
    "JSON": (lambda: b'{"variant": "googlenet"}', "is a JSON file"),
    "pickle protocol 4": (lambda: torch_file({"a": torch.ones(2)}, pickle_protocol=4), "pickle protocol above 3"),
    "int8": (
        lambda: torch_file({"a": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)}),
        "a is quantised to int8",
    ),
    "meta": (lambda: torch_file({"a": torch.ones(3, device="meta")}), "a is a meta tensor"),
    "sparse": (lambda: torch_file({"a": torch.eye(3).to_sparse()}), "a is a sparse tensor"),
    "nested": (lambda: torch_file({"a": torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])}), "is a nested"),
    "complex": (lambda: torch_file({"a": torch.ones(3, dtype=torch.complex64)}), "a has complex64 values"),
    "scalars": (lambda: torch_file({"a": torch.tensor(1.0)}), "does not contain tensors by name"),
    "claims": (lambda: torch_file({"a": torch.zeros(1).expand(10**6, 10**6)}), "claims 1,000,000,000,000 values"),
}


@pytest.mark.parametrize("content, sentence", NOT_CHECKPOINTS.values(), ids=NOT_CHECKPOINTS)
def test_each_kind_of_other_file_has_its_sentence(content: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(WeightsError, match=sentence):
        read_open(BytesIO(content()), "own.pth")


# ---- what would fill the memory


def data_pkl(content: bytes) -> bytes:
    return archive(archive__data_dot_pkl=content, archive__version=b"3", archive__byteorder=b"little")


def old(content: bytes) -> bytes:
    """A file as PyTorch before 1.6 wrote it, with ``content`` in the place of the tensors."""
    start = (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})
    return b"".join(pickle.dumps(part, protocol=2) for part in start) + content


def hex_chain() -> bytes:
    """Text that is written in hexadecimal digits thirty times over."""
    encode = b"c_codecs\nencode\n"
    return b"\x80\x02" + encode * 30 + b"X\x04\0\0\0abcd" + b"X\x03\0\0\0hex\x86R" * 30 + b"."


BYTEARRAY = b"\x80\x02c__builtin__\nbytearray\n\x8a\x05\0\0\0\0\x01\x85R."
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "4 GB in 42 bytes": (lambda: BYTEARRAY, "builtins.bytearray, which is not read"),
    "the same in a zip": (lambda: data_pkl(BYTEARRAY), "builtins.bytearray, which is not read"),
    "the same in an old file": (lambda: old(BYTEARRAY + b"\x80\x02]."), "builtins.bytearray, which is not read"),
    "31 MB of empty dicts": (lambda: b"\x80\x02" + b"}" * 31_000_000 + b".", "lists more than"),
    "10 MB of them in a zip": (lambda: data_pkl(b"\x80\x02" + b"}" * 10_000_000 + b"."), "lists more than"),
    "deep nesting": (lambda: data_pkl(b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b"."), "lists more than"),
    "marks": (lambda: data_pkl(b"\x80\x02" + b"(" * 100_000), "lists more than"),
    "a tensor type that is called": (
        lambda: data_pkl(b"\x80\x02ctorch\nFloatTensor\nJ\0\0\0\x7f\x85R."), "contains a torch.FloatTensor"
    ),
    "hexadecimal digits": (lambda: data_pkl(hex_chain()), "encodes text in a way"),
    "a plain value is not made": (
        lambda: data_pkl(b"\x80\x02cnumpy\ndtype\nX\x0b\0\0\0S2000000000\x85R."), "does not contain tensors"
    ),
    "deep JSON": (lambda: struct.pack("<Q", 90_000) + b'{"a":' + b"[" * 89_995, "header is not of that format"),
    "JSON with negative offsets": (
        lambda: safetensors({"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}), "is not a safetensors"
    ),
}  # fmt: skip


@pytest.mark.parametrize("content, sentence", BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused_at_once(content: Callable[[], bytes], sentence: str) -> None:
    file = BytesIO(content())
    start = time.process_time()
    with pytest.raises(WeightsError, match=sentence):
        read_open(file, "own.pt")
    assert time.process_time() - start < 2


def test_a_dict_that_contains_itself_ends() -> None:
    loop: dict[str, object] = {"a": torch.ones(3)}
    loop["self"] = loop
    assert set(read_open(BytesIO(torch_file(loop)), "own.pt")) == {"a"}


def test_pickles_by_pickle_are_refused() -> None:
    with pytest.raises(WeightsError, match=r"pickle protocol above 3|plain pickle"):
        read_open(BytesIO(pickle.dumps({"a": 1})), "own.pkl")
