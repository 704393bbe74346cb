"""Oracle: which pixels a cell's gradient reaches, in a network where no two ways to a pixel can cancel."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from app.backend import analyze
from app.backend.picture.activations import model_for, output_parts
from app.backend.picture.private_copy import private_copy
from app.backend.picture.receptive_pixels import Reach, reach
from inception_models import ARCHITECTURES
from inception_models.arch.spec import Arch, Branch, Inception, Residual
from inception_models.edits.widths import scaled
from inception_models.net.builder import Network
from inception_models.net.layers import SamePad2d

SIZES = {
    "googlenet": 97,  # odd, so that ceil-mode pools hang over the edge
    "googlenet_torchvision": 96,
    "inception_v2_slim": 96,  # TensorFlow's one-sided padding
    "inception_v3": 95,
    "inception_v4": 101,
    "inception_resnet_v1": 96,
    "inception_resnet_v2": 99,
    "xception": 77,
}


def tiny(key: str) -> Arch:
    return replace(scaled(ARCHITECTURES[key], 1 / 16), input_size=SIZES[key], aux=())


def positive(arch: Arch) -> Network:
    """The same windows, but every pixel that is seen counts, and counts with one sign."""
    own = private_copy(model_for(arch)).double()
    for parent in [*own.modules()]:
        for name, module in [*parent.named_children()]:
            match module:
                case nn.Conv2d():
                    module.weight = nn.Parameter(torch.full_like(module.weight, 1 / module.weight[0].numel()))
                    module.bias = None
                case nn.MaxPool2d():
                    pool = nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
                    setattr(parent, name, pool)
                case SamePad2d():
                    module.value = 0.0
                case nn.LocalResponseNorm():
                    setattr(parent, name, nn.Identity())
                case _:
                    pass
    return own


def looked_at(arch: Arch) -> list[str]:
    """Stages, branches, and of the copies of a block the first and the last."""
    chosen = []
    for path, part in output_parts(arch).items():
        numbers = [int(name) for name in path.split(".") if name.isdecimal()]
        last = any(f"{path.split('.')[0]}.{n + 1}" in output_parts(arch) for n in numbers)
        whole = isinstance(part, Branch | Inception | Residual) or "." not in path
        if whole and (not numbers or numbers[0] == 0 or not last):
            chosen.append(path)
    return chosen


def outputs(net: Network, x: Tensor, paths: list[str]) -> dict[str, Tensor]:
    """What the modules at ``paths`` put out in one forward pass."""
    seen: dict[str, Tensor] = {}
    for path in paths:
        net.get_submodule(path).register_forward_hook(lambda _m, _i, out, path=path: seen.__setitem__(path, out))
    net(x)
    return seen


def support(cell: Tensor, x: Tensor) -> tuple[int, int, int, int]:
    (gradient,) = torch.autograd.grad(cell, x, retain_graph=True)
    rows, columns = (gradient[0].abs().sum((0, axis)).nonzero().ravel() for axis in (2, 1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@pytest.mark.parametrize("key", SIZES)
def test_a_cell_sees_the_pixels_that_its_gradient_reaches(key: str) -> None:
    arch = tiny(key)
    net = positive(arch)
    x = torch.ones(1, 3, arch.input_size, arch.input_size, dtype=torch.float64, requires_grad=True)
    for path, out in outputs(net, x, looked_at(arch)).items():
        if out.ndim != 4:
            continue
        seen = reach(arch, path)
        height, width = out.shape[2:]
        assert (len(seen.rows), len(seen.columns)) == (height, width), path
        for row, column in {(0, 0), (height // 2, width // 3), (height - 1, width - 1)}:
            assert seen.box(row, column) == support(out[0, :, row, column].sum(), x), (path, row, column)


def test_far_from_the_borders_it_is_the_receptive_field() -> None:
    arch = replace(ARCHITECTURES["inception_v3"], input_size=1024)
    for path in ("Conv2d_4a_3x3", "Mixed_5b", "Mixed_6a"):
        field = analyze(arch).field(path)
        assert field is not None
        middle = len(reach(arch, path).rows) // 2
        first, last = reach(arch, path).rows[middle]
        assert last - first + 1 == field[0].size
        assert (first + last + 1) / 2 == field[0].start + middle * field[0].jump


def test_by_hand() -> None:
    """7x7 with stride 2 and padding 3, then 3x3 with stride 2, ceil mode: 224 -> 112 -> 56."""
    assert reach(ARCHITECTURES["googlenet"], "conv1_7x7_s2").box(0, 5) == (7, 0, 14, 4)
    pooled = reach(ARCHITECTURES["googlenet"], "pool1_3x3_s2")
    assert pooled.rows[0] == (0, 7)
    assert pooled.rows[55] == (217, 223)
    assert reach(ARCHITECTURES["googlenet"], "fc") == Reach(((0, 223),), ((0, 223),))


def test_a_branch_without_ops_sees_what_its_block_is_given() -> None:
    arch = ARCHITECTURES["googlenet_bn"]
    block = next(stage for stage in arch.stages if isinstance(stage, Inception))
    wide = Inception(block.name, (*block.branches, Branch("through", ())))
    arch = replace(arch, stages=tuple(wide if stage is block else stage for stage in arch.stages), aux=())
    before = arch.stages[arch.stages.index(wide) - 1].name
    assert reach(arch, f"{block.name}.through") == reach(arch, before)


def test_an_unknown_path_is_refused() -> None:
    with pytest.raises(ValueError, match="did you mean inception3"):
        reach(ARCHITECTURES["googlenet"], "inception3")
