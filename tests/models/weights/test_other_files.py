"""Published files that PyTorch did not write: Keras' HDF5, made by Keras, and the ONNX model zoo's."""

from __future__ import annotations

import base64
import gzip
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor

from inception_models import ARCHITECTURES, Arch, build
from inception_models.checkpoints.other_names import slim_v1_keys, slim_v2_keys
from inception_models.net.builder import Network
from inception_models.weights.file import WeightsError, read_open, read_tensors
from inception_models.weights.loading import loaded
from inception_models.weights.recognition import recognition
from tests.models.file_server import serving
from tests.models.layouts import renamed
from tests.models.weights.published_files import publish

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
# Keras' name, ours, and an input size: at 71 all grids of Xception are odd, and its pools pad as Keras' do.
KERAS = {
    "keras_inception_v3": ("InceptionV3", "inception_v3_keras", 107),
    "keras_inception_resnet_v2": ("InceptionResNetV2", "inception_resnet_v2_keras", 107),
    "keras_xception": ("Xception", "xception", 71),
}
ZOO = {
    "onnx_googlenet": ("light_inception_v1.onnx", "googlenet"),
    "onnx_bn_inception": ("light_inception_v2.onnx", "bn_inception_caffe2"),
}


def picture(size_px: int) -> Tensor:
    return torch.rand(1, 3, size_px, size_px, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.fixture(scope="module", params=KERAS)
def keras_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Tensor]:
    """A row's name, a file as keras-applications has it, and Keras' outputs for a picture."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    keras.backend.clear_session()
    keras.utils.set_random_seed(2)
    keras.layers.Conv2D(1, 1)  # so that the numbers of the layers do not begin where those of the file do
    name, _, size_px = KERAS[request.param]
    make = getattr(keras.applications, name)
    model = make(weights=None, classifier_activation=None, input_shape=(size_px, size_px, 3))
    if name == "Xception":
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.epsilon = 1e-5  # as in the PyTorch ports and here
    values = np.random.default_rng(3)
    for variable in model.variables:
        if variable.name == "moving_variance":
            variable.assign(values.uniform(0.5, 2, variable.shape))
        elif variable.name == "depthwise_kernel":  # as drawn, they let hardly any of the picture through
            variable.assign(values.normal(0, 0.4, variable.shape))
        elif variable.name in ("beta", "moving_mean"):
            variable.assign(values.uniform(-0.2, 0.2, variable.shape))
    file = tmp_path_factory.mktemp("keras") / "weights.h5"
    with h5py.File(file, "w") as opened:
        save_weights_to_hdf5_group(opened, model)
    outputs = keras.ops.convert_to_numpy(model(picture(size_px).permute(0, 2, 3, 1).numpy(), training=False))
    return request.param, file, torch.from_numpy(outputs)


def test_a_file_of_keras_is_fetched_recognised_and_gives_keras_outputs(
    keras_file: tuple[str, Path, Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, file, expected = keras_file
    _, key, size_px = KERAS[name]
    assert recognition(read_tensors(file)).arch == ARCHITECTURES[key]
    net = fetched(name, file.read_bytes(), ARCHITECTURES[key], tmp_path, monkeypatch)
    with torch.inference_mode():
        assert expected.std() > 1e-2
        assert torch.allclose(net(picture(size_px)), expected, atol=1e-5)


@pytest.mark.parametrize("name", ZOO)
def test_a_file_of_the_onnx_zoo_is_fetched_and_gives_onnx_runtimes_outputs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The light copies that ONNX brings have the zoo's graph and names, and a constant in place of each weight."""
    light, key = ZOO[name]
    model = with_weights(onnx.load(LIGHT / light))
    net = fetched(name, model.SerializeToString(), ARCHITECTURES[key], tmp_path, monkeypatch)
    shown = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(1)) * 200 - 100
    logits = model.graph.node[-1].input[0]
    model.graph.output.append(onnx.helper.make_tensor_value_info(logits, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (outputs,) = session.run([logits], {"data_0": shown.numpy()})
    expected = torch.from_numpy(outputs)
    with torch.inference_mode():
        assert torch.allclose(net(shown), expected, atol=1e-4 * float(expected.std()))


def with_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Random weights in place of the constants; variances are positive."""
    values = np.random.default_rng(4)
    shapes = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    constants = [node for node in model.graph.node if node.op_type == "ConstantOfShape"]
    drawn = {node.output[0]: tuple(shapes[node.input[0]]) for node in constants}
    drawn |= {name: value.shape for name, value in shapes.items() if value.dtype == np.float32}
    for node in constants:
        model.graph.node.remove(node)
    if not any(node.op_type == "BatchNormalization" for node in model.graph.node):  # GoogLeNet
        _round_up(model)
    others = [tensor for tensor in model.graph.initializer if tensor.name not in drawn]
    del model.graph.initializer[:]
    model.graph.initializer.extend(others)
    for name, shape in drawn.items():
        fan_in = np.prod(shape[1:]) if len(shape) == 4 and shape[0] > 1 else shape[-1]
        value = values.normal(0, (2 / fan_in) ** 0.5, shape) if len(shape) > 1 else values.uniform(0.5, 1.5, shape)
        model.graph.initializer.append(onnx.numpy_helper.from_array(value.astype(np.float32), name))
    return model


def _round_up(model: onnx.ModelProto) -> None:
    """Let the pools round up, as in Caffe, for which the weights were trained; in the zoo's graph they round down."""
    for node in model.graph.node:
        options = {option.name: option.ints for option in node.attribute}
        if node.op_type == "AveragePool" or (node.op_type == "MaxPool" and options["strides"][0] == 2):
            options["pads"][:] = [0, 0, 1, 1] if node.op_type == "MaxPool" else [0, 0, 0, 0]


def fetched(name: str, content: bytes, arch: Arch, folder: Path, monkeypatch: pytest.MonkeyPatch) -> torch.nn.Module:
    """The network of ``arch`` with the weights of the row ``name``, whose file a server here has."""
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(folder))
    with serving(content) as server:
        publish(name, content, server.url, monkeypatch)
        return loaded(replace(arch, aux=()), name).net


# --- TensorFlow's first format ---------------------------------------------------------------------------------------

# The row, the variant, and the SHA-256 of the names and shapes of TF-slim's own variables in TensorFlow 2.21.
SLIM = (
    (
        "slim_inception_v1",
        "googlenet_slim",
        "InceptionV1/",
        "f70dc441139319e78370bca1aee4bbe9d68f0ecf81b68aad327d1aa1ca1f8993",
    ),
    (
        "slim_inception_v2",
        "inception_v2_slim",
        "InceptionV2/",
        "a039c89f0d923d17b977b0f2364979a50585a01cb2509ade6907ac24bca346e4",
    ),
)
# A checkpoint that TensorFlow 2.21 wrote: one layer with BatchNorm, an optimizer's average and a count of steps.
TINY = zlib.decompress(
    base64.b85decode(
        "c-muNc*?}}h>6RLOT#lSIkli9Ge0lPP~SN}ugoYV-Y_xVyuw`HDX}Cu!!N%mS3fDWBvFV(h>3$)f>DWyi-F6QOP?5hx%p+8dFk=F"
        "sfl?g+8w!!Nzh)FSd^IvRE}nZB5otfQ!~>uN{WR9fEpNqm<ftOnmK@)A<&CUi=YwuzWKSSc_pQ}1k4iV;!e-WPfE;*FD^+f5Mq$v"
        "RAK;WV9<A9AU1><7#SHG>V@n`h!bE)Nbza$FfcUOGcX(g;sy4qg6>Gc4mH!2^!S1s&EUYmpa8@I4my0^u(*Jl>q%Zj!p(L7nwtQ`"
        "0S?l_$<QDN8qLyB4}n67#6&YZ8l;T03>d%w6doXlgDhwO;sro_0Eiy|F@qz}GeE2W#0HK^qB-zLMzK1Jq~w9c4a5URJ~5=!!@$TO"
        "B!ZTnq?m&k*}+Odg!CL$S2*Xur-d6B7?~Lv_8}B}y8qSTFgwQuc7DQ^hyQNqRw;GA4FDiN{6Y"
    )
)


def test_a_checkpoint_that_tensorflow_wrote() -> None:
    tensors = read_open(BytesIO(TINY), "tiny.ckpt")
    layer = "Conv2d_1a_7x7"
    kernel = torch.arange(12.0).reshape(1, 2, 2, 3)  # [height, width, in, out]
    assert torch.equal(tensors[f"{layer}.weight"], torch.einsum("hwio->oihw", kernel))
    norm = {leaf: tensors[f"{layer}/BatchNorm.{leaf}"][0].item() for leaf in ("weight", "bias", "running_mean")}
    assert norm == {"weight": 1, "bias": 1, "running_mean": 2}
    assert len(tensors) == 5  # no average, no count


@pytest.mark.parametrize("name, key, scope, names", SLIM)
def test_a_checkpoint_of_tf_slim_is_fetched(
    name: str, key: str, scope: str, names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names are those of TF-slim's variables; its first class, the background, is left out."""
    net = build(ARCHITECTURES[key])
    variables = {scope + variable: value for variable, value in as_tensorflow(net, name[-1])}
    listed = "\n".join(sorted(f"{variable} {value.shape}" for variable, value in variables.items()))
    assert sha256(listed.encode()).hexdigest() == names
    archive, content = BytesIO(), table(variables)
    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as opened:
        member = tarfile.TarInfo("inception.ckpt")
        member.size = len(content)
        opened.addfile(member, BytesIO(content))
    own = fetched(name, archive.getvalue(), ARCHITECTURES[key], tmp_path, monkeypatch).state_dict()
    assert all(torch.equal(value, own[path]) for path, value in net.state_dict().items())


def as_tensorflow(net: Network, version: str) -> Iterator[tuple[str, np.ndarray]]:
    """The variables of TF-slim's network with the weights of ``net``, which has no background."""
    norms = {"bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
    for path, value in renamed(net, {"1": slim_v1_keys, "2": slim_v2_keys}[version]).items():
        layer, _, leaf = path.rpartition(".")
        array, kernel = value.numpy(), leaf == "weight"
        if layer.startswith("Logits"):
            array = np.concatenate([np.zeros_like(array[:1]), array])
            array = array[..., None, None] if kernel else array
        if layer.endswith("/BatchNorm"):
            if leaf in norms:
                yield f"{layer}/{norms[leaf]}", array
            continue
        name, _, half = layer.partition(".")
        if half == "depthwise":
            high, wide = array.shape[2:]
            yield f"{name}/depthwise_weights", array.reshape(3, -1, high, wide).transpose(2, 3, 0, 1)
        elif kernel:
            yield f"{name}/{half}{'_' if half else ''}weights", np.einsum("oihw->hwio", array)
        else:
            yield f"{name}/biases", array


def varint(value: int) -> bytes:
    return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def block(entries: dict[bytes, bytes]) -> bytes:
    rows = b"".join(b"\0" + varint(len(key)) + varint(len(value)) + key + value for key, value in entries.items())
    return rows + bytes(4) + (1).to_bytes(4, "little")


def table(tensors: dict[str, np.ndarray]) -> bytes:
    """A checkpoint as TensorFlow's tensor_slice_writer.cc lays it out: shapes first, then each tensor."""
    shapes = b""
    for name, value in tensors.items():
        dims = b"".join(field(2, field(1, side)) for side in value.shape)
        shapes += field(1, field(1, name.encode()) + field(2, dims) + field(3, 1))
    entries = {b"": field(1, shapes)}
    for name, value in sorted(tensors.items()):
        values = field(3, field(1, 1) + field(5, value.astype("<f4").tobytes()))
        entries[b"\0" + name.encode()] = field(2, field(1, name.encode()) + field(2, b"") + values)
    content, places = b"", {}
    for key, value in entries.items():
        data = block({key: value})
        places[key] = varint(len(content)) + varint(len(data))
        content += data + bytes(5)
    index = block(places)
    footer = b"\0\0" + varint(len(content)) + varint(len(index))
    return content + index + bytes(5) + footer.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")


# --- what cannot be used ---------------------------------------------------------------------------------------------


def hdf5(write: Callable[[h5py.File], object]) -> bytes:
    content = BytesIO()
    with h5py.File(content, "w") as file:
        write(file)
    return content.getvalue()


def keras_3(file: h5py.File) -> object:
    return file.create_dataset("layers/conv2d/vars/0", data=np.zeros(3, np.float32))


def unfolding(file: h5py.File) -> object:
    return file.create_dataset("conv2d/kernel:0", (9000, 9000), np.float32, chunks=(1, 9000), compression="gzip")


def outside(file: h5py.File) -> object:
    external = [("/etc/hostname", 0, 4)]
    return file.create_dataset("conv2d/kernel:0", (1,), np.float32, external=external)


def linked(file: h5py.File) -> None:
    file["conv2d"] = h5py.ExternalLink("/etc/hostname", "/")


@pytest.mark.parametrize(
    "content, sentence",
    [
        (hdf5(keras_3), 'is of the form of Keras 3 .* save it with model.save\\("model.h5"\\)'),
        (hdf5(unfolding), "is not a plain array of numbers"),
        (hdf5(outside), "is not a plain array of numbers"),
        (hdf5(linked), "does not contain tensors by name|contains no tensors"),
        (hdf5(lambda file: file.create_dataset("a/b", data=np.zeros(3, np.float32))), "which no layer of the family"),
        (hdf5(keras_3)[:700], "is damaged, or half a download"),
        (TINY[:-300] + TINY[-48:], "is damaged: it cannot be read as a checkpoint of TensorFlow"),
        (gzip.compress(bytes(10**7), mtime=0), "is compressed and has no .ckpt file"),
        (gzip.compress(b"pax", mtime=0)[:12], "is compressed and has no .ckpt file"),
        (b"\x08\x07\x12\x07pytorch\x1a\x05" + bytes(99), "is not an ONNX file, or is damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(WeightsError, match=sentence) as refused:
        read_open(BytesIO(content), "model.h5")
    assert "\n" not in str(refused.value)
