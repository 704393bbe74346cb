"""Loading a checkpoint into our network, against the library that published it, on the same file.

Peer: ``timm.create_model``, ``safetensors.torch.load_file``, ``load_state_dict``: what a person writes who knows what
is in the file. Ours: ``inception_models.weights.load``, which finds out the layout, checks every tensor, and carries
the weights over to an edited network. First: the shapes of no part are known yet. Again: they are. Processor time on
one thread, since a page shares its machine; medians.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import timm
import torch
from safetensors.torch import load_file, save_file

from inception_models import ARCHITECTURES, Arch, build, widths, with_widths
from inception_models.net import meta_state
from inception_models.weights import load

NETWORKS = ("inception_v4", "inception_resnet_v2")  # their keys are timm's names


def processor_ms(work: Callable[[], object]) -> float:
    """How much processor time ``work`` takes; what others left for Python's garbage collector is collected before."""
    gc.collect()
    start = time.process_time()
    work()
    return 1e3 * (time.process_time() - start)


def peer(key: str, file: Path) -> None:
    """timm's file into timm's network."""
    timm.create_model(key).load_state_dict(load_file(file))


def first(arch: Arch, file: Path) -> float:
    """Milliseconds of a load that knows no shapes yet."""
    meta_state._part_state.cache_clear()
    return processor_ms(partial(load, arch, file))


def wider(arch: Arch) -> Arch:
    """With a few more filters in the first layer, so that the weights are carried over."""
    path, width = next(iter(widths(arch).items()))
    return with_widths(arch, {path: width + 8})


def against_peer(key: str, runs: int, folder: Path) -> Iterator[dict[str, float | str]]:
    """A file in timm's layout and one in ours, into the published network and into an edited one."""
    arch = ARCHITECTURES[key]
    theirs, ours = folder / f"{key}.timm.safetensors", folder / f"{key}.ours.safetensors"
    save_file(timm.create_model(key).state_dict(), theirs)
    save_file(build(arch).state_dict(), ours)
    for layout, file in (("timm's", theirs), ("ours", ours)):
        for into, goal in (("published", arch), ("wider", wider(arch))):
            load(goal, file)  # what is imported on the way is not counted
            yield {
                "network": key,
                "layout": layout,
                "into": into,
                "peer ms": statistics.median(processor_ms(partial(peer, key, theirs)) for _ in range(runs)),
                "first ms": statistics.median(first(goal, file) for _ in range(runs)),
                "again ms": statistics.median(processor_ms(partial(load, goal, file)) for _ in range(runs)),
            }


def run(quick: bool = False) -> dict[str, list[dict[str, float | str]]]:
    """Every measurement, as rows by title."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            rows = [row for key in NETWORKS for row in against_peer(key, 3 if quick else 5, Path(folder))]
    finally:
        torch.set_num_threads(threads)
    return {"a checkpoint of 50 million weights": rows}
