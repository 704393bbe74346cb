"""Which tensors a network has, without building it: names, shapes and types."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from torch import Tensor

from ..arch.shapes import Shape, stage_shapes
from ..arch.spec import Arch, AuxHead, Stage, Unit
from .builder import Maker


def meta_state(arch: Arch) -> dict[str, Tensor]:
    """The state dict of a network of ``arch``, on the meta device: no tensor takes memory.

    It is put together from the parts, each of which is built once: an edited network, or the same one without its
    heads, costs the parts that differ.

    Raises:
        ShapeError: where the parts do not fit together, naming the place.
    """
    return {
        f"{part.name}.{key}": tensor
        for part, shape, _ in stage_shapes(arch)
        for key, tensor in _part_state(part, shape, arch.unit, arch.classes).items()
    }


@lru_cache(maxsize=256)
def _part_state(part: Stage | AuxHead, shape: Shape, unit: Unit, classes: int) -> Mapping[str, Tensor]:
    return MappingProxyType(Maker(unit, classes, "meta").part(part, shape).state_dict())
