"""Oracle: the plain network, which is shown the picture like any other."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from PIL import Image

from app.backend.picture.activations import model_for
from app.backend.picture.images import SAMPLES, open_image
from app.backend.picture.visualise import visualise
from inception_models import ARCHITECTURES
from inception_models.checkpoints.preprocessing import Preprocessing, caffe_bgr, imagenet, unit_range
from inception_models.edits.widths import scaled

ARCH = scaled(ARCHITECTURES["googlenet_bn"], 0.25)


def grey(size_px: int) -> Preprocessing:
    return Preprocessing(size_px, size_px, channels="grey", mean=(0.3,) * 3, std=(0.35,) * 3)


def mean_of(path: str, channel: int, image: Image.Image, steps: Preprocessing) -> float:
    net = model_for(ARCH)
    seen: list[float] = []
    hook = net.get_submodule(path).register_forward_hook(lambda _m, _i, out: seen.append(float(out[0, channel].mean())))
    try:
        with torch.no_grad():
            net(steps.apply(image))
    finally:
        hook.remove()
    return seen[0]


@pytest.mark.parametrize(
    "path, steps",
    [
        ("inception3a.branch3x3", imagenet),
        ("conv1", unit_range),
        ("inception4a", caffe_bgr),
        ("inception3a.branch3x3", grey),
    ],
)
def test_the_channel_is_excited(path: str, steps: object) -> None:
    assert callable(steps)
    preprocessing = steps(64)
    told: list[tuple[int, bool]] = []
    result = visualise(
        model_for(ARCH),
        path,
        2,
        preprocessing,
        size_px=64,
        steps=24,
        on_step=lambda step, image: told.append((step, image is not None)),
    )
    assert result.image.size == (64, 64)
    seen = mean_of(path, 2, result.image, replace(preprocessing, resize_px=64))
    assert result.after == pytest.approx(seen, rel=0.05)  # but for the rounding to 8 bits
    photographs = [open_image(sample.path.read_bytes()) for sample in SAMPLES.values()]
    rivals = [mean_of(path, 2, photograph, replace(preprocessing, resize_px=64)) for photograph in photographs]
    assert seen > 4 * max(result.before, 1e-3)
    assert seen > 1.2 * max(rivals)
    assert [step for step, _ in told] == [*range(1, 25)]
    assert sum(shown for _, shown in told) == 6


def test_one_seed_gives_one_picture() -> None:
    pictures = [
        visualise(model_for(ARCH), "conv1", 0, imagenet(48), size_px=48, steps=2, seed=seed).image.tobytes()
        for seed in (1, 1, 2)
    ]
    assert pictures[0] == pictures[1] != pictures[2]


class Stop(Exception):
    pass


def test_what_on_step_raises_ends_the_search() -> None:
    def stop(step: int, image: Image.Image | None) -> None:
        if step == 2:
            raise Stop

    with pytest.raises(Stop):
        visualise(model_for(ARCH), "conv1", 0, imagenet(48), size_px=48, on_step=stop)


@pytest.mark.parametrize(
    "path, channel, size, sentence",
    [
        ("Mixed_6a", 0, 24, "larger input size"),
        ("Conv2d_1a_3x3", 8, 48, "Channel 8 is not in 0 to 7"),
        ("Conv2d_1a_3x3", -1, 48, "Channel -1 is not in 0 to 7"),
    ],
)
def test_what_cannot_be_is_refused(path: str, channel: int, size: int, sentence: str) -> None:
    net = model_for(scaled(ARCHITECTURES["inception_v3"], 0.25))
    with pytest.raises(ValueError, match=sentence):
        visualise(net, path, channel, imagenet(size), size_px=size, steps=1)
