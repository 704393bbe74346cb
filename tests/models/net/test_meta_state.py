"""The tensors of a network that was not built are those of one that was."""

from __future__ import annotations

import pytest
from torch import Tensor

from inception_models import ARCHITECTURES, Arch, build, widths, with_widths
from inception_models.edits.depth import repeats, with_repeats
from inception_models.edits.input_output import without_aux
from inception_models.net.meta_state import meta_state
from tests.models.representative import REPRESENTATIVE


def described(state: dict[str, Tensor]) -> list[tuple[str, tuple[int, ...], str]]:
    return [(key, tuple(tensor.shape), str(tensor.dtype)) for key, tensor in state.items()]


def edits(arch: Arch) -> tuple[Arch, ...]:
    path, width = next(iter(widths(arch).items()))
    fewer = with_repeats(arch, dict.fromkeys(repeats(arch), 2))
    return arch, with_widths(arch, {path: width + 1}), fewer, without_aux(arch)


@pytest.mark.parametrize("key", REPRESENTATIVE)
def test_the_state_is_the_one_of_the_built_network_in_its_order(key: str) -> None:
    for arch in edits(ARCHITECTURES[key]):
        assert described(meta_state(arch)) == described(build(arch, "meta").state_dict())
        assert all(tensor.is_meta for tensor in meta_state(arch).values())
