"""The variants: one file for each family, with its tables of filter counts, cited, and its ``VARIANTS``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from ..arch.spec import Arch

FAMILIES = (
    "googlenet",
    "googlenet_lessons",
    "googlenet_ports",
    "bn_inception",
    "inception_v2_rethinking",
    "inception_v3",
    "inception_v3_ports",
    "inception_v4",
    "inception_resnet",
    "inception_resnet_v2",
    "xception",
)
"""The files of this folder that define variants, in order of history. A new file needs its line here, nothing else."""


def _variants(family: str) -> tuple[Arch, ...]:
    variants: tuple[Arch, ...] = import_module(f".{family}", __name__).VARIANTS
    return variants


ARCHITECTURES: Mapping[str, Arch] = MappingProxyType(
    {arch.key: arch for family in FAMILIES for arch in _variants(family)}
)
"""Every variant by its key, in order of history."""
