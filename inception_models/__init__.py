"""The Inception family as data: every published variant, editable, exact, buildable.

>>> from inception_models import ARCHITECTURES, build, widths, with_widths
>>> slim = with_widths(ARCHITECTURES["googlenet"], {"inception4e.branch5x5.reduce": 16})
>>> net = build(slim).eval()
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from .bn_inception import bn_inception, inception_v2_slim
from .edit import widths, with_widths
from .googlenet import googlenet, googlenet_bn, googlenet_naive, googlenet_plain, googlenet_torchvision
from .inception_resnet import (
    inception_resnet_v1,
    inception_resnet_v1_facenet,
    inception_resnet_v2,
    inception_resnet_v2_paper,
)
from .inception_v3 import inception_v3
from .inception_v4 import inception_v4
from .spec import Arch
from .xception import xception

if TYPE_CHECKING:
    from .builder import build as build

ARCHITECTURES: Mapping[str, Arch] = MappingProxyType(
    {
        arch.key: arch
        for arch in (
            googlenet,
            googlenet_plain,
            googlenet_bn,
            googlenet_torchvision,
            googlenet_naive,
            bn_inception,
            inception_v2_slim,
            inception_v3,
            inception_v4,
            inception_resnet_v1,
            inception_resnet_v1_facenet,
            inception_resnet_v2,
            inception_resnet_v2_paper,
            xception,
        )
    }
)
"""Every variant by its key, in order of history."""

__all__ = ["ARCHITECTURES", "Arch", "build", "widths", "with_widths"]


def __getattr__(name: str) -> object:
    """``build`` needs torch, which takes two seconds to import: it is loaded when first asked for."""
    if name == "build":
        from .builder import build

        return build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
