"""Our analysis against what an edit costs with today's tools, on the same networks, in one run.

Peer: build the torchvision or timm model on the meta device, ``torchinfo.summary``, ``torchview.draw_graph``.
Ours: from an Arch value to its Analysis and the DOT text, construction included. Cold: every cache emptied before.
After an edit: one random width of an analysed network changed; the median of five such edits, as one follows the other
in a session. Figures are medians; a ratio is the median of the ratios of neighbouring runs, so that a machine that
slows down halfway slows both.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable
from functools import partial

import timm
import torch
import torchinfo
import torchview
import torchvision
from fvcore.nn import FlopCountAnalysis
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze
from app.backend.analysis import network as ours
from app.backend.diagram import to_dot
from inception_models import ARCHITECTURES, Arch, widths, with_widths

from .forget import forget

PEERS: dict[str, Callable[[], nn.Module]] = {
    "googlenet_torchvision": lambda: torchvision.models.googlenet(weights=None, init_weights=False, aux_logits=False),
    "inception_v3": lambda: torchvision.models.inception_v3(weights=None, init_weights=False, aux_logits=False),
    "inception_v4": lambda: timm.create_model("inception_v4"),
    "inception_resnet_v2": lambda: timm.create_model("inception_resnet_v2"),
}
Row = dict[str, float | str]


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes; what others left for Python's garbage collector is collected before."""
    gc.collect()
    return lap(work)


def lap(work: Callable[[], object]) -> float:
    """How long ``work`` takes right after what was timed before."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peer(key: str) -> None:
    """One edit with today's tools: build, summarise, draw."""
    size = (1, 3, ARCHITECTURES[key].input_size, ARCHITECTURES[key].input_size)
    with torch.device("meta"):
        model = PEERS[key]().eval()
    torchinfo.summary(model, size, device="meta", verbose=0)
    torchview.draw_graph(model, input_size=size, device="meta", depth=4)


def look(arch: Arch) -> str:
    """The same with ours: numbers and DOT."""
    return to_dot(analyze(arch))


def edit(arch: Arch, dice: random.Random) -> Arch:
    """One random width changed, so that no cache knows the result."""
    path, width = dice.choice(list(widths(arch).items()))
    return with_widths(arch, {path: width + dice.randint(1, 999)})


def cold(key: str) -> float:
    forget()
    return seconds(lambda: look(ARCHITECTURES[key]))


def against_peer(key: str, runs: int) -> Row:
    """Cold and after one edit, each beside the peer's pipeline."""
    dice = random.Random(key)
    colds, edits, peers = [], [], []
    peer(key)
    for _ in range(runs):
        peers.append(seconds(lambda: peer(key)))
        colds.append(cold(key))
        edited = [edit(ARCHITECTURES[key], dice) for _ in range(5)]
        edits.append(statistics.median(lap(partial(look, arch)) for arch in edited))
    return {
        "network": key,
        "peer ms": 1e3 * statistics.median(peers),
        "cold ms": 1e3 * statistics.median(colds),
        "edit ms": 1e3 * statistics.median(edits),
        "cold ratio": statistics.median(p / c for p, c in zip(peers, colds, strict=True)),
        "edit ratio": statistics.median(p / e for p, e in zip(peers, edits, strict=True)),
    }


def counters(key: str) -> Row:
    """Single tools on a model that is built already, against ours from nothing."""
    arch = ARCHITECTURES[key]
    x = torch.empty(1, 3, arch.input_size, arch.input_size, device="meta")
    with torch.device("meta"):
        model = PEERS[key]().eval()

    def flop_counter() -> None:
        with FlopCounterMode(display=False):
            model(x)

    real, picture = PEERS[key]().eval(), torch.zeros(1, 3, arch.input_size, arch.input_size)  # fvcore cannot do meta

    def fvcore() -> None:
        FlopCountAnalysis(real, picture).unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()

    return {
        "network": key,
        "ours cold ms": 1e3 * cold(key),
        "flop_counter ms": 1e3 * seconds(flop_counter),
        "fvcore ms": 1e3 * seconds(fvcore),
        "torch.export ms": 1e3 * seconds(lambda: torch.export.export(model, (x,))),
    }


def thousand_edits(count: int = 1000) -> Row:
    """A walk of random single edits on Inception-ResNet v2; the caches are bounded, so their size is reported too."""
    dice = random.Random(0)
    arch = ARCHITECTURES["inception_resnet_v2"]
    look(arch)

    def walk() -> None:
        current = arch
        for _ in range(count):
            current = edit(current, dice) if dice.random() < 0.9 else edit(arch, dice)
            look(current)

    taken = seconds(walk)
    kept = ours._one.cache_info()
    return {
        "network": "inception_resnet_v2",
        "edits": count,
        "seconds": taken,
        "cached stages": kept.currsize,
        "bound": kept.maxsize or 0,
    }


def run(quick: bool = False) -> dict[str, list[Row]]:
    """Every measurement, as rows by title."""
    runs = 3 if quick else 9
    return {
        "analysis and DOT against torchinfo + torchview": [against_peer(key, runs) for key in PEERS],
        "against single counters": [counters(key) for key in PEERS],
        "random edits": [thousand_edits(100 if quick else 1000)],
    }
