"""Whatever a module does with its input: the count is that of torch's own counter, or there is one sentence."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, prune
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze_module
from app.backend.analysis.kinds import UnknownOp
from tests.backend.foreign.modules import Made

Shape = tuple[int, ...]


def by_torch(make: Callable[[], nn.Module], shape: Shape) -> int:
    """The FLOPs of a module in evaluation, by torch's own counter."""
    with torch.device("meta"):
        module = make().eval().requires_grad_(False)
        dtype = next((p.dtype for p in module.parameters()), torch.float32)
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            module(torch.empty(1, *shape, dtype=dtype))
    return int(counter.get_total_flops())


def clips(m: Made, x: Tensor) -> Tensor:
    batch, time, channels, height, width = x.shape
    return m.conv(x.reshape(batch * time, channels, height, width)).reshape(batch, time, -1)


def windows(m: Made, x: Tensor) -> Tensor:
    batch, channels, height, width = x.shape
    cut = x.view(batch, channels, height // 4, 4, width // 4, 4).permute(0, 2, 4, 3, 5, 1)
    return m.fc(cut.reshape(-1, 16, channels))


class Masked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.fc(x) if mask is None else self.fc(x) * mask


class Padded(nn.Conv2d):
    """A subclass that does more than the class."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, (1, 1, 1, 1)))


def conv() -> nn.Conv2d:
    return nn.Conv2d(3, 4, 3)


def chosen_by_shape(m: Made, x: Tensor) -> Tensor:
    return m.a(x) if x.shape[-1] > 4 else m.b(x)


def written_into(m: Made, x: Tensor) -> Tensor:
    y = torch.zeros(1, 4, 6, 6)
    y[:, 1:] = m.conv(x)[:, 1:]
    return m.again(y)


PICTURE = (3, 8, 8)
CASES: dict[str, tuple[Callable[[], nn.Module], Shape, int]] = {  # and the MACs, by hand
    # the batch is folded, moved or concatenated
    "view(-1, 16)": (lambda: Made(lambda m, x: m.fc(x.view(-1, 16)), fc=nn.Linear(16, 8)), (10, 16), 10 * 16 * 8),
    "clips": (lambda: Made(clips, conv=conv()), (5, *PICTURE), 5 * 36 * 4 * 27),
    "transpose": (lambda: Made(lambda m, x: m.fc(x.transpose(0, 1)), fc=nn.Linear(16, 8)), (10, 16), 1280),
    "windows": (lambda: Made(windows, fc=nn.Linear(3, 8)), PICTURE, 64 * 3 * 8),
    "cat along 0": (lambda: Made(lambda m, x: m.conv(torch.cat([x, x])), conv=conv()), PICTURE, 2 * 36 * 4 * 27),
    # parameters
    "gate": (lambda: Made(lambda m, x: m.conv(x) * m.g, conv=conv(), g=nn.Parameter(torch.ones(()))), PICTURE, 3888),
    "weight_norm": (lambda: parametrizations.weight_norm(conv()), PICTURE, 3888),
    "spectral_norm": (lambda: nn.Sequential(parametrizations.spectral_norm(conv())), PICTURE, 3888),
    "prune": (lambda: prune.identity(conv(), "weight"), PICTURE, 3888),
    "tensor": (lambda: Made(lambda m, x: m.conv(x * m.t), conv=conv(), t=torch.ones(3, 1, 1)), PICTURE, 3888),
    "in a list": (lambda: Made(lambda m, x: m.conv(x * m.t[0]), conv=conv(), t=[torch.ones(3, 1, 1)]), PICTURE, 3888),
    "lock": (lambda: Made(lambda m, x: m.conv(x), conv=conv(), lock=threading.Lock()), PICTURE, 3888),
    "linspace": (lambda: Made(lambda m, x: m.conv(x + torch.linspace(0, 1, 8)), conv=conv()), PICTURE, 3888),
    "half": (lambda: nn.Sequential(conv(), nn.BatchNorm2d(4)).half(), PICTURE, 3888),
    "bfloat16": (lambda: nn.Sequential(conv(), nn.BatchNorm2d(4)).bfloat16(), PICTURE, 3888),
    "mask=None": (Masked, (4,), 16),
    # kinds of convolutions and products
    "F.conv2d": (
        lambda: Made(lambda m, x: F.conv2d(x, m.w, padding="same", dilation=2), w=nn.Parameter(torch.ones(4, 3, 3, 3))),
        PICTURE,
        64 * 4 * 27,
    ),
    "F.linear": (lambda: Made(lambda m, x: F.linear(x, m.w), w=nn.Parameter(torch.ones(4, 3))), (7, 3), 84),
    "subclass": (lambda: nn.Sequential(Padded(3, 4, 3, dilation=2, padding="same")), PICTURE, 100 * 4 * 27),
    "Conv1d": (lambda: nn.Conv1d(3, 4, 3), (3, 8), 6 * 4 * 9),
    "Conv3d": (lambda: nn.Conv3d(3, 4, 3), (3, 8, 8, 8), 216 * 4 * 81),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(3, 4, 3, 2), PICTURE, 64 * 4 * 27),
    "matmul": (lambda: Made(lambda m, x: x @ x), (7, 7), 343),
    "einsum": (lambda: Made(lambda m, x: torch.einsum("bnc,bmc->bnm", x, x)), (7, 8), 7 * 7 * 8),
    "attention": (lambda: Made(lambda m, x: F.scaled_dot_product_attention(x, x, x)), (2, 7, 8), 2 * 2 * 49 * 8),
    "MultiheadAttention": (
        lambda: Made(lambda m, x: m.a(x, x, x)[0], a=nn.MultiheadAttention(8, 2, batch_first=True)),
        (7, 8),
        7 * 8 * 32 + 2 * 49 * 8,
    ),
    "LSTM": (lambda: nn.LSTM(8, 8, batch_first=True), (7, 8), 7 * 2 * 8 * 32),
    "no MACs": (
        lambda: nn.Sequential(
            nn.PReLU(), nn.Softmax(1), nn.Upsample(scale_factor=2), nn.Hardswish(), nn.GroupNorm(3, 3)
        ),
        PICTURE,
        0,
    ),
    # what torch.fx cannot follow
    "control flow": (lambda: Made(chosen_by_shape, a=nn.Linear(8, 2), b=nn.Linear(8, 9)), (8,), 16),
    "isinstance": (
        lambda: Made(lambda m, x: m.fc(x) if isinstance(x, Tensor) else x, fc=nn.Linear(8, 2)),
        (8,),
        16,
    ),
    "written into": (lambda: Made(written_into, conv=conv(), again=nn.Conv2d(4, 4, 3)), PICTURE, 3888 + 16 * 4 * 36),
}


@pytest.mark.parametrize("name", CASES)
def test_counts_are_those_of_torch_and_of_the_hand(name: str) -> None:
    make, shape, macs = CASES[name]
    module = make()
    theirs = analyze_module(module, shape)
    assert theirs.flops == by_torch(make, shape) == 2 * macs
    assert theirs.macs == sum(node.macs for node in theirs.nodes)
    idle = 9 * 9 if name == "control flow" else 0
    assert (theirs.params + theirs.idle_params, theirs.idle_params) == (
        sum(p.numel() for p in module.parameters()),
        idle,
    )


@pytest.mark.parametrize("norm", [nn.utils.weight_norm, nn.utils.spectral_norm])
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_weights_that_torchs_own_hooks_compute_have_their_parameters(norm: Callable[[nn.Module], nn.Module]) -> None:
    module = norm(conv())
    module(torch.ones(1, *PICTURE))
    theirs = analyze_module(module, PICTURE)
    assert (theirs.macs, theirs.idle_params) == (3888, 0)


@pytest.mark.parametrize(
    "wrap",
    [nn.DataParallel, torch.compile, torch.optim.swa_utils.AveragedModel, lambda m: nn.DataParallel(torch.compile(m))],
    ids=["DataParallel", "compile", "AveragedModel", "both"],
)
@pytest.mark.parametrize("inside", [False, True], ids=["", "inside"])
def test_wrappers_are_looked_into(wrap: Callable[[nn.Module], nn.Module], inside: bool) -> None:
    bare = nn.Sequential(nn.Linear(3, 4))
    theirs = analyze_module(nn.Sequential(wrap(bare)) if inside else wrap(bare), 3)
    assert (theirs.macs, theirs.params) == (12, 16)
    assert [node.path for node in theirs.nodes] == ["0.0" if inside else "0"]


def test_the_tracer_is_named() -> None:
    assert analyze_module(conv(), PICTURE).traced_with == "torch.fx"
    by_export = analyze_module(Made(chosen_by_shape, a=nn.Linear(8, 2), b=nn.Linear(8, 9)), 8)
    assert by_export.traced_with == "torch.export"
    assert [(node.path, node.layer.words, node.out_shape) for node in by_export.nodes] == [("a", "linear", (2,))]


@pytest.mark.parametrize("module, shape", [(nn.Embedding(10, 3), (7, 3)), (nn.EmbeddingBag(10, 3), (3,))])
def test_an_embedding_takes_whole_numbers(module: nn.Module, shape: Shape) -> None:
    assert analyze_module(module, 7).nodes[-1].out_shape == shape


def test_a_shape_is_whole_where_its_first_axis_is_not_the_batch() -> None:
    shapes = {name: analyze_module(CASES[name][0](), CASES[name][1]).nodes[-1].out_shape for name in CASES}
    assert shapes["view(-1, 16)"] == (10, 8)
    assert shapes["transpose"] == (10, 1, 8)
    assert shapes["cat along 0"] == (2, 4, 6, 6)
    assert shapes["clips"] == (5, 144)
    one = Made(lambda m, x: m.conv(x)[0], conv=nn.Conv2d(3, 1, 3))  # one channel looks like a batch of one
    assert analyze_module(one, PICTURE).nodes[-1].out_shape == (1, 6, 6)


# --- what is refused -------------------------------------------------------------------------------------------------


def deformed(m: Made, x: Tensor) -> Tensor:
    return torchvision.ops.deform_conv2d(x, m.offset(x), m.w, padding=1)


@pytest.mark.parametrize(
    "module, shape, words",
    [
        (Made(lambda m, x: x @ m.v, v=nn.Parameter(torch.ones(8))), (7, 8), "'mv'.*matmul in its own forward"),
        (nn.Sequential(Made(lambda m, x: torch.cdist(x, x))), (7, 8), "'_cdist_forward'.*cdist in 0"),
        (nn.Sequential(Made(lambda m, x: torch.fft.fft2(x).real)), (7, 8), "'_fft_(r2c|c2c)'.*fft_fft2 in 0"),
        (
            Made(deformed, offset=nn.Conv2d(3, 18, 3, padding=1), w=nn.Parameter(torch.ones(4, 3, 3, 3))),
            PICTURE,
            "deform_conv2d",
        ),
    ],
    ids=["mv", "cdist", "fft", "deform_conv2d"],
)
def test_an_op_that_torch_does_not_count_is_an_error_that_names_it(module: nn.Module, shape: Shape, words: str) -> None:
    with pytest.raises(UnknownOp, match=words):
        analyze_module(module, shape)


def exact_class(m: Made, x: Tensor) -> Tensor:
    return m.fc(x) if type(x) is Tensor else x


@pytest.mark.parametrize(
    "make, shape, words",
    [
        (
            lambda: Made(lambda m, x: x if x.sum() > 0 else -x),
            (3,),
            "cannot trace Made: __bool__ in its own forward needs",
        ),
        (lambda: nn.Sequential(Made(lambda m, x: x * x.max().item())), (3,), "item in 0 needs the values"),
        (lambda: nn.Sequential(conv(), nn.Conv2d(5, 4, 3)), PICTURE, "3 x 8 x 8 does not fit Sequential: conv2d in 1"),
        (lambda: Made(lambda m, x: x + torch.ones(3, device="cpu")), (3,), "meta device: add in its own forward"),
        (lambda: Made(lambda m, x: x + m.missing), (3,), "Made fails .*AttributeError: 'Made' object has no"),
        (lambda: Made(exact_class, fc=nn.Linear(8, 2)), (8,), "graph of 0 MACs where the module has 16"),
        (lambda: nn.ModuleList([nn.Linear(3, 4)]), (3,), "ModuleList has no forward of its own"),
        (lambda: nn.Bilinear(3, 3, 3), (3,), "Bilinear must take exactly one input"),
        (lambda: nn.LazyLinear(3), (3,), "no shapes yet; run the module on one input"),
        (lambda: torch.jit.script(nn.Linear(3, 4)), (3,), "is a TorchScript program"),
        (lambda: nn.Linear(3, 4), (0, 3), "positive whole numbers"),
        (lambda: nn.Linear(3, 4), (), "positive whole numbers"),
    ],
    ids=[
        "bool",
        "item",
        "misfit",
        "device",
        "their error",
        "class",
        "no forward",
        "two",
        "lazy",
        "jit",
        "zero",
        "empty",
    ],
)
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning", "ignore::DeprecationWarning")
def test_what_cannot_be_analysed_is_said_in_one_sentence(
    make: Callable[[], nn.Module], shape: Shape, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        analyze_module(make(), shape)
    assert "\n" not in str(caught.value)


# --- what is left as it was ------------------------------------------------------------------------------------------


def test_a_persons_hooks_do_not_run_and_nothing_of_theirs_is_changed() -> None:
    ran: list[str] = []
    module = nn.Sequential(conv(), nn.BatchNorm2d(4), Made(lambda m, x: x + torch.rand(6)))
    module[0].register_forward_hook(lambda m, args, out: ran.append("after"))
    module[1].register_forward_pre_hook(lambda m, args: ran.append("before"))
    before = copy.deepcopy(module.state_dict())
    hooks = [dict(part._forward_hooks) | dict(part._forward_pre_hooks) for part in module]
    dice = torch.get_rng_state()
    analyze_module(module, PICTURE)
    assert ran == []
    assert torch.equal(torch.get_rng_state(), dice)
    assert [dict(part._forward_hooks) | dict(part._forward_pre_hooks) for part in module] == hooks
    assert all(part.training for part in module.modules())
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())
