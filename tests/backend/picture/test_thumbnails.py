"""Thumbnails: every pixel is a value of torch's own output, and every box with a map shows the one that is its own."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from app.backend import analyze
from app.backend.diagram import DiagramOptions, draw
from app.backend.picture import thumbnails as thumbnails_module
from app.backend.picture.activations import prepare
from app.backend.picture.forward import ready_network
from app.backend.picture.images import SAMPLES, open_image
from app.backend.picture.thumbnails import ShownMap, branch_of, thumbnail, thumbnails
from inception_models import ARCHITECTURES, Arch
from inception_models.checkpoints.preprocessing import imagenet
from inception_models.net.builder import build
from tests.models.representative import REPRESENTATIVE

GOOGLENET = replace(ARCHITECTURES["googlenet_bn"], input_size=96, aux=())
RESNET = replace(ARCHITECTURES["inception_resnet_v2"], input_size=96, aux=())
CAT = open_image(SAMPLES["cat"].path.read_bytes())


def levels(png: bytes) -> np.ndarray:
    """The colours of a PNG file as numbers, 0 for the lowest value and 251 for the highest."""
    return np.asarray(Image.open(BytesIO(png)))


def hooked(net: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """What every module of the plain network puts out, by torch's own forward."""
    outputs: dict[str, Tensor] = {}
    for path, module in net.named_modules():
        module.register_forward_hook(lambda _, __, out, path=path: outputs.__setitem__(path, out[0]))
    with torch.inference_mode():
        net(x)
    return outputs


def scaled(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    return np.rint((values - low) / (high - low) * 251)


@pytest.mark.parametrize(
    ("arch", "show"), [(GOOGLENET, "strongest"), (GOOGLENET, "mean"), (GOOGLENET, 5), (RESNET, "strongest")]
)
def test_every_pixel_is_a_value_of_torch_s_own_output(
    arch: Arch, show: ShownMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, _ = ready_network(arch)
    plain = prepare(loaded.net, device=torch.device("cpu"), fast=False)  # the same bit for bit
    monkeypatch.setattr(thumbnails_module, "ready_network", lambda *_: (loaded, plain))
    shown = thumbnails(arch, CAT, show=show)
    private = prepare_copy(loaded.net)
    expected = hooked(private, loaded.trained_weights.preprocessing_for(arch).apply(CAT))
    maps = 0
    for path, picture in shown.items():
        output = expected.get(path)
        if output is None or output.ndim != 3 or output[0].numel() == 1:
            continue
        match show:
            case "mean":
                values = output.mean(0)
            case "strongest":
                values = output[int(output.abs().mean((1, 2)).argmax())]
            case channel:
                values = output[channel]
        if values.max() == values.min():
            continue
        drawn, wanted = levels(picture.png), scaled(values.numpy())
        assert drawn.shape == wanted.shape, path
        assert np.abs(drawn - wanted).max() <= 1, path  # between two colours, rounding may take the next one
        assert (drawn == wanted).mean() > 0.99, path
        if picture.peak:
            channel, row, column = picture.peak
            assert output[channel, row, column] == output[channel].max()
        maps += 1
    assert maps > 50


@pytest.mark.parametrize("key", REPRESENTATIVE)
def test_every_box_that_can_be_seen_has_a_map_or_says_why_not(key: str) -> None:
    arch = ARCHITECTURES[key]
    outputs = prepare(build(replace(arch, aux=()), "meta"), device=torch.device("meta"), fast=False).paths
    maps = dict.fromkeys(["input", *outputs], thumbnail(torch.eye(3)[None]))
    drawing = draw(analyze(arch), DiagramOptions(level="op", maps=True), None, maps)
    boxes = {box.output: box.tip for box in drawing.items if box.output}  # thin ones have no room
    heads = {output for output in boxes if output.partition(".")[0] in {head.name for head in arch.aux}}
    assert boxes.keys() - maps.keys() == heads
    assert bool(heads) == any("No map: auxiliary heads run in training only" in boxes[output] for output in heads)


def prepare_copy(net: nn.Module) -> nn.Module:
    """A copy for hooks: the cached network is shared."""
    import copy

    return copy.deepcopy(net).eval()


def test_outputs_of_one_value_a_channel_are_shown_whole() -> None:
    values = torch.linspace(-1, 1, 10)
    drawn = levels(thumbnail(values).png)
    assert drawn.shape == (3, 4)
    assert drawn.ravel()[:10].tolist() == scaled(values.numpy()).tolist()


@pytest.mark.parametrize(("arch", "focus"), [(GOOGLENET, "inception3a"), (RESNET, "block35"), (GOOGLENET, "")])
def test_every_box_shows_the_output_of_its_own_module(arch: Arch, focus: str) -> None:
    focus = focus if focus in {stage.name for stage in arch.stages} or not focus else arch.stages[8].name
    maps = thumbnails(arch, CAT)
    analysis = analyze(arch)
    bare = draw(analysis, DiagramOptions(focus=focus, maps=True))
    drawing = draw(analysis, DiagramOptions(focus=focus, maps=True), None, maps)
    assert drawing.topology == bare.topology  # thumbnails come and go without a new layout
    assert (drawing.width, drawing.height) == (bare.width, bare.height)
    seen = 0
    for item in drawing.items:
        found = re.findall(r'href="data:image/png;base64,([^"]+)"', item.svg)
        assert len(found) <= 1
        if found:
            assert b64decode(found[0]) == maps[item.output].png
            assert item.tip.endswith(maps[item.output].about)
            repeated = re.sub(r"\.0(\.|$)", r"\1", item.output)  # the first copy stands for all
            assert item.id in (repeated, f"{repeated}.concat") or item.id.startswith(f"{repeated}.")
            seen += 1
    assert seen >= (8 if focus else 60)
    assert "<image" not in draw(analysis, DiagramOptions(focus=focus), None, maps).svg


def test_a_channel_of_a_concatenation_leads_to_its_branch() -> None:
    analysis, outputs = analyze(GOOGLENET), ready_network(GOOGLENET)[1].run(imagenet(96).apply(CAT)).outputs
    whole = outputs["inception3a"]
    for channel in (0, 63, 64, 200, len(whole) - 1):
        path, inside = branch_of(analysis, "inception3a", channel)
        assert torch.equal(outputs[path][inside], whole[channel])
    assert branch_of(analysis, "conv2", 7) == ("conv2", 7)
