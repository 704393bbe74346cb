"""How pictures are prepared for weights that do not say it: presets by the program that they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from .preprocessing import Preprocessing, caffe_bgr, imagenet, resize_px_for, unit_range


@dataclass(frozen=True)
class PreprocessingPreset:
    """How pictures are prepared by those who wrote a kind of weights. ``steps``: for an input size in pixels."""

    title: str
    steps: Callable[[int], Preprocessing]


def _whole(size_px: int) -> Preprocessing:
    """Keras's ``preprocess_input`` in mode "tf": -1 to 1. The whole short side is kept; nothing is squeezed."""
    return replace(unit_range(size_px), resize_px=size_px, interpolation="bilinear")


def _face(size_px: int) -> Preprocessing:
    """facenet-pytorch's ``fixed_image_standardization``."""
    return Preprocessing(size_px, size_px, value_max=255, mean=(127.5,) * 3, std=(128.0,) * 3)


PRESETS: Mapping[str, PreprocessingPreset] = MappingProxyType({
    "torchvision": PreprocessingPreset("torchvision: ImageNet mean and deviation, bilinear", imagenet),
    "timm": PreprocessingPreset("timm: −1 to 1, bicubic", unit_range),
    "timm_imagenet": PreprocessingPreset(  # inception_v3.gluon_in1k
        "timm: ImageNet mean and deviation, bicubic",
        lambda size_px: replace(imagenet(size_px), resize_px=size_px * 8 // 7, interpolation="bicubic"),
    ),
    "timm_wide": PreprocessingPreset(  # crop_pct 0.8975: inception_resnet_v2, xception
        "timm: −1 to 1, bicubic, 90% of the short side",
        lambda size_px: replace(unit_range(size_px), resize_px=resize_px_for(size_px, 0.8975)),
    ),
    "keras": PreprocessingPreset("Keras, TensorFlow: −1 to 1, the whole short side", _whole),
    "caffe": PreprocessingPreset("Caffe: blue, green, red, 0 to 255 minus the mean", caffe_bgr),
    "facenet": PreprocessingPreset("facenet-pytorch: (x − 127.5) / 128", _face),
    "scaled": PreprocessingPreset(
        "0 to 1, nothing subtracted", lambda size_px: imagenet(size_px).unnormalised()
    ),
})  # fmt: skip
