"""ONNX files: the counts of the module that was exported, the shapes of ONNX Runtime, and a sentence for all else."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import torchvision
from onnx import TensorProto, helper
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze_module
from app.backend.foreign.branches import inception_modules
from app.backend.foreign.hierarchy import module_parts
from app.backend.foreign.onnx_files import reading
from app.backend.foreign.onnx_files.analysis import analyze_onnx
from tests.backend.foreign.modules import Made

vision = torchvision.models
PHOTO = (3, 64, 64)


def exported(module: nn.Module, file: Path, shape: tuple[int, ...], dynamo: bool, free: bool = False) -> Path:
    picture = torch.zeros(1, *shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            torch.onnx.export(module.eval(), (picture,), file, external_data=False, verbose=False)
        else:
            axes = {"x": dict.fromkeys((0, *range(2, picture.dim())), "free")} if free else None
            torch.onnx.export(module.eval(), (picture,), file, dynamo=False, input_names=["x"], dynamic_axes=axes)
    return file


@pytest.mark.parametrize(
    "make, dynamo, free",
    [
        (vision.resnet18, True, False),
        (vision.resnet18, False, True),
        (lambda: vision.googlenet(weights=None, init_weights=False), True, False),
        (vision.shufflenet_v2_x0_5, False, False),  # computes half of its channels in the graph
        (vision.mobilenet_v3_small, False, True),
    ],
    ids=["ResNet", "ResNet, free axes", "GoogLeNet", "ShuffleNet", "MobileNet, free axes"],
)
def test_an_exported_network_has_the_modules_macs_part_by_part(
    make: Callable[[], nn.Module], dynamo: bool, free: bool, tmp_path: Path
) -> None:
    module = make()
    file = exported(module, tmp_path / "net.onnx", PHOTO, dynamo, free)
    ours, theirs = analyze_onnx(file, PHOTO), analyze_module(module, PHOTO)
    assert ours.macs == theirs.macs
    for depth in (1, 2):
        counted = {part.path: part.macs for part in module_parts(ours, depth) if part.macs}
        assert counted == {part.path: part.macs for part in module_parts(theirs, depth) if part.macs}
    blocks = [
        {path: len(branches) for path, branches in inception_modules(found.nodes).items()} for found in (ours, theirs)
    ]
    assert blocks[0] == blocks[1]
    fields = [[node.field for node in found.nodes if node.layer.kind == "conv"] for found in (ours, theirs)]
    assert not any(a and b and a != b for a, b in zip(*fields, strict=True))
    assert fields[0][1] is not None


def test_weights_are_counted_as_the_file_stores_them(tmp_path: Path) -> None:
    module = vision.squeezenet1_1()  # without normalisation, which exporters fold into the convolutions
    for bias in (p for p in module.parameters() if p.dim() == 1):
        nn.init.normal_(bias)  # equal ones would be stored once
    analysis = analyze_onnx(exported(module, tmp_path / "net.onnx", PHOTO, dynamo=False))
    assert analysis.params == sum(p.numel() for p in module.parameters())
    assert (analysis.in_shape, analysis.traced_with) == (PHOTO, "ONNX")


def test_statistics_of_normalisation_are_no_weights(tmp_path: Path) -> None:
    module = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(3))
    analysis = analyze_onnx(exported(module, tmp_path / "net.onnx", PHOTO, dynamo=False))
    assert [(node.layer.kind, node.params) for node in analysis.nodes] == [("activation", 0), ("batch_norm", 6)]


class Attention(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(x, x, x)


def einsum(m: Made, x: Tensor) -> Tensor:
    return torch.einsum("bchw,bcvw->bhv", x, x)


def recurrent(m: Made, x: Tensor) -> Tensor:
    out: Tensor = m.lstm(x)[0]
    return out


@pytest.mark.parametrize(
    "make, shape",
    [
        (lambda: nn.ConvTranspose2d(6, 4, 3, 2, groups=2), (6, 9, 7)),
        (lambda: nn.ConvTranspose1d(6, 4, 3), (6, 9)),
        (lambda: nn.Conv1d(6, 4, 3, dilation=2), (6, 9)),
        (lambda: nn.Conv3d(6, 4, (1, 2, 3), groups=2, padding=1), (6, 4, 5, 6)),
        (lambda: nn.Linear(7, 5), (3, 7)),
        (Attention, (4, 9, 16)),
        (lambda: Made(einsum), (3, 4, 5)),
        (lambda: Made(recurrent, lstm=nn.LSTM(6, 5, bidirectional=True, batch_first=True)), (7, 6)),
    ],
    ids=["ConvTranspose2d", "ConvTranspose1d", "Conv1d", "Conv3d", "Linear", "Attention", "Einsum", "LSTM"],
)
def test_each_product_counts_as_torch_counts_it(
    make: Callable[[], nn.Module], shape: tuple[int, ...], tmp_path: Path
) -> None:
    module = make()
    with torch.no_grad(), torch.device("meta"), FlopCounterMode(display=False) as counter:
        module.to("meta")(torch.zeros(1, *shape))
    analysis = analyze_onnx(exported(make(), tmp_path / "net.onnx", shape, dynamo=False))
    assert analysis.flops == counter.get_total_flops() > 0


@pytest.mark.parametrize("dynamo", [True, False])
def test_shapes_are_those_that_onnx_runtime_computes(dynamo: bool, tmp_path: Path) -> None:
    net = vision.ShuffleNetV2([2, 2, 2], [8, 16, 32, 64, 128], num_classes=10)
    file = exported(net, tmp_path / "net.onnx", PHOTO, dynamo)
    graph = reading.read_onnx(file, PHOTO)
    model = onnx.load(file)
    outputs = [name for node in model.graph.node for name in node.output if name in graph.shapes]
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in outputs)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    arrays = session.run(outputs, {graph.input_name: np.zeros((1, *PHOTO), np.float32)})
    assert len(outputs) > 50
    assert {name: array.shape for name, array in zip(outputs, arrays, strict=True)} == {
        name: graph.shapes[name] for name in outputs
    }


# --- what is refused -------------------------------------------------------------------------------------------------


def written(file: Path, nodes: list[onnx.NodeProto], shape: tuple[object, ...] = (1, 3, 8, 8), **more: object) -> Path:
    """A small file whose graph has these nodes; they read ``x``."""
    picture = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    weight = helper.make_tensor("w", TensorProto.FLOAT, (4, 3, 3, 3), np.zeros(108, np.float32))
    graph = helper.make_graph(nodes, "net", [picture], [out], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("own", 1)], **more)
    file.write_bytes(model.SerializeToString())
    return file


CONV = helper.make_node("Conv", ["x", "w"], ["y"])


def doubling(levels: int) -> list[onnx.FunctionProto]:
    """Functions each of which calls the next one twice."""
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    call = ["Relu"] + [f"f{level}" for level in range(levels)]
    return [
        helper.make_function(
            "own",
            f"f{level}",
            ["a"],
            ["c"],
            [
                helper.make_node(call[level], [source], [to], domain="own" if level else "")
                for source, to in (("a", "b"), ("b", "c"))
            ],
            imports,
        )
        for level in range(levels)
    ]


@pytest.mark.parametrize(
    "nodes, shape, words",
    [
        ([helper.make_node("FusedConv", ["x", "w"], ["y"], domain="com.microsoft")], (1, 3, 8, 8), "FusedConv"),
        ([helper.make_node("DFT", ["x"], ["y"])], (1, 3, 8, 8), "'DFT' is not one that this program can count"),
        ([CONV], (1, 5, 8, 8), "does not fit what it reads"),
        ([CONV], (8, 3, 8, 8), "made for 8 pictures at a time"),
        ([CONV], (1, 3, "h", "w"), "takes 1 x 3 x h x w, batch first"),
        ([CONV], (3,), "no batch axis"),
        ([helper.make_node("Conv", ["z", "w"], ["y"])], (1, 3, 8, 8), "are not known from the file"),
    ],
)
def test_what_cannot_be_counted_is_one_sentence(
    nodes: list[onnx.NodeProto], shape: tuple[object, ...], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=words) as problem:
        analyze_onnx(written(tmp_path / "net.onnx", nodes, shape))
    assert len(str(problem.value).splitlines()) == 1


def test_another_input_than_the_file_is_made_for_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "net.onnx", [CONV])
    with pytest.raises(ValueError, match="takes an input of 1 x 3 x 8 x 8, batch first, not 1 x 3 x 9 x 9"):
        analyze_onnx(file, (3, 9, 9))
    assert analyze_onnx(file).macs == 4 * 6 * 6 * 27


def test_functions_are_written_out_unless_they_would_fill_the_memory(tmp_path: Path) -> None:
    call = helper.make_node("f2", ["x"], ["y"], domain="own")
    file = written(tmp_path / "net.onnx", [call], functions=doubling(3))
    assert [node.layer.detail for node in analyze_onnx(file).nodes] == ["ReLU"] * 8
    call = helper.make_node("f39", ["x"], ["y"], domain="own")
    with pytest.raises(ValueError, match=r"has 1,099,511,627,776 nodes; 50,000 are allowed"):
        analyze_onnx(written(tmp_path / "bomb.onnx", [call], functions=doubling(40)))


def test_external_weights_and_other_files_are_refused(tmp_path: Path) -> None:
    model = onnx.load(written(tmp_path / "net.onnx", [CONV]))
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    (tmp_path / "external.onnx").write_bytes(model.SerializeToString())
    (tmp_path / "page.onnx").write_text("<html>" * 20)
    (tmp_path / "empty.onnx").write_bytes(b"")
    for name, words in (
        ("external", "keeps its weights in a second file"),
        ("page", "not an ONNX file"),
        ("empty", "not an ONNX file"),
    ):
        with pytest.raises(ValueError, match=words):
            analyze_onnx(tmp_path / f"{name}.onnx")


def test_a_damaged_file_is_a_sentence_whatever_is_damaged(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"]),
        helper.make_node("Shape", ["a"], ["s"]),
        helper.make_node("Slice", ["s", "from", "to"], ["n"]),
        helper.make_node("Reshape", ["a", "n"], ["y"]),
    ]
    model = onnx.load(written(tmp_path / "net.onnx", nodes))
    for name, value in (("from", 0), ("to", 4)):
        model.graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, (1,), [value]))
    whole, dice = model.SerializeToString(), random.Random(0)
    outcomes = []
    for _ in range(400):
        place, count = dice.randrange(len(whole)), dice.choice((0, 1, 30))
        data = whole[:place] + dice.randbytes(count) + whole[place + dice.choice((0, 1, 30)) :]
        (tmp_path / "damaged.onnx").write_bytes(data)
        try:
            outcomes.append(str(analyze_onnx(tmp_path / "damaged.onnx").macs))
        except ValueError as problem:
            outcomes.append(str(problem))
    (tmp_path / "damaged.onnx").write_bytes(whole.replace(b"Conv", b"C\xffnv"))
    with pytest.raises(ValueError, match="contradicts itself"):
        analyze_onnx(tmp_path / "damaged.onnx")
    assert all(len(outcome.splitlines()) == 1 for outcome in outcomes)
    assert str(4 * 6 * 6 * 27) in outcomes
    assert len(set(outcomes)) > 4


def test_a_file_of_too_many_bytes_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ONNX_BYTES", 100)
    with pytest.raises(ValueError, match="may have 0 MiB"):
        analyze_onnx(written(tmp_path / "net.onnx", [CONV]))
