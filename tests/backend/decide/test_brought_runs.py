"""Networks of others, really run: the outputs and maps are those of torch, and weights are used that are here."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import ShuffleNet_V2_X0_5_Weights, ShuffleNetV2, shufflenet_v2_x0_5

from app.backend.common.jobs import Cancelled, Progress
from app.backend.decide.comparing import brought_runs
from app.backend.decide.comparing.brought_runs import BroughtViewer, seen_apart, timed_apart
from app.backend.foreign.runnable import runnable
from inception_models.checkpoints.preprocessing import imagenet
from tests.backend.decide.answered_here import answered_here

PICTURE = Image.effect_noise((80, 60), 90).convert("RGB")
SHUFFLE = "torchvision:shufflenet_v2_x0_5"


def exported(module: nn.Module, file: Path, shape: tuple[int, ...], dynamo: bool) -> Path:
    torch.onnx.export(module.eval(), (torch.zeros(1, *shape),), file, dynamo=dynamo, external_data=False, verbose=False)
    return file


@pytest.mark.parametrize("dynamo", [False, True])
def test_a_file_computes_what_its_module_does_and_so_does_a_part_of_it(dynamo: bool, tmp_path: Path) -> None:
    torch.manual_seed(1)
    module = ShuffleNetV2([2, 2, 2], [8, 16, 32, 64, 128], num_classes=10)
    network = runnable(str(exported(module, tmp_path / "net.onnx", (3, 64, 64), dynamo)), None, "stage2")
    kept: list[torch.Tensor] = []
    module.stage2.register_forward_hook(lambda module, args, output: kept.append(output))
    x = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        expected = module(x)
    output, maps = network.run(x)
    torch.testing.assert_close(output, expected, atol=1e-4, rtol=1e-4)
    assert maps is not None
    torch.testing.assert_close(maps, kept[0], atol=1e-4, rtol=1e-4)


def test_trained_weights_are_used_where_torch_has_fetched_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runnable(SHUFFLE, (3, 64, 64)).trained is None
    weights, module = ShuffleNet_V2_X0_5_Weights.IMAGENET1K_V1, shufflenet_v2_x0_5().eval()
    (tmp_path / "checkpoints").mkdir()
    torch.save(module.state_dict(), tmp_path / "checkpoints" / Path(weights.url).name)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    network, x = runnable(SHUFFLE), torch.rand(1, 3, 224, 224)
    assert network.trained is not None
    assert network.trained.class_names == tuple(weights.meta["categories"])
    with torch.inference_mode():
        torch.testing.assert_close(network.run(x)[0], module(x))
    assert network.trained.steps is not None
    torch.testing.assert_close(network.trained.steps.apply(PICTURE)[0], weights.transforms()(PICTURE))


def test_what_cannot_be_run_is_a_sentence(tmp_path: Path) -> None:
    class Tall(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.relu(x)

    tall = str(exported(Tall(), tmp_path / "tall.onnx", (3, 40, 30), dynamo=False))
    with pytest.raises(ValueError, match="Its input is 3 × 40 × 30; pictures are square here"):
        seen_apart(BroughtViewer("its", tall, None, "", imagenet(224)), PICTURE, Progress())
    with pytest.raises(ValueError, match="torchvision has no model 'no_such'"):
        runnable("torchvision:no_such")
    cancelled = Progress()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        timed_apart(SHUFFLE, None, 1, cancelled)


def test_classes_are_read_from_logits_and_from_probabilities_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brought_runs, "answer_apart", answered_here)

    class Two(nn.Module):
        def __init__(self, softmax: bool) -> None:
            super().__init__()
            self.softmax = softmax

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits = torch.stack((x.mean((1, 2, 3)), x.amax((1, 2, 3))), 1)
            return logits.softmax(1) if self.softmax else logits

    shares = []
    for softmax in (False, True):
        file = exported(Two(softmax), tmp_path / f"{softmax}.onnx", (1, 32, 32), dynamo=False)
        sight = seen_apart(BroughtViewer("its", str(file), None, "", imagenet(224)), PICTURE, Progress())
        assert (sight.weights, sight.likeliest[0][0]) == ("in the file, ONNX Runtime", "class 1")
        shares.append(dict(sight.likeliest)["class 1"])
    assert shares[0] == pytest.approx(shares[1])
