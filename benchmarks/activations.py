"""Every branch's activations for one picture, against torchvision's ``create_feature_extractor``, in one run.

Peer: the extractor on the same network with the same weights, eager, default layout, in inference mode, on the CPU.
Ours: :func:`app.backend.picture.activations.prepare`, prepared beforehand, as the extractor is. A ratio is the median
of the ratios of neighbouring runs, so that a machine that slows down halfway slows both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from playwright.sync_api import expect
from torch import nn
from torchvision.models.feature_extraction import create_feature_extractor

from app.backend.common.device import device_name, has_bfloat16
from app.backend.picture.activations import Prepared, model_for, prepare
from app.backend.picture.forward import ready_network
from app.backend.picture.images import SAMPLES, open_image
from app.backend.picture.mosaic import mosaic, png
from app.backend.picture.thumbnails import thumbnails
from inception_models import ARCHITECTURES
from inception_models.checkpoints.preprocessing import imagenet
from inception_models.net.builder import Network

from .stopwatch import pages, timed

Row = dict[str, float | str]
NETWORKS = ("googlenet_torchvision", "inception_v3")
CPU = torch.device("cpu")
GOAL = 1.5


def extractor(net: Network, branches: list[str]) -> nn.Module:
    """The peer: branch outputs by path, and the logits."""
    nodes = [*branches, net.arch.stages[-1].name]
    found: nn.Module = create_feature_extractor(
        net, train_return_nodes=nodes[-1:], eval_return_nodes=nodes, suppress_diff_warning=True
    )
    return found.eval()


def against_extractor(key: str, runs: int) -> Row:
    """Ours in float32, and in bfloat16 where the processor has it, beside the peer."""
    net = model_for(ARCHITECTURES[key])
    x = torch.randn(1, 3, net.arch.input_size, net.arch.input_size, generator=torch.Generator().manual_seed(0))
    ours: dict[str, Prepared] = {"ours": prepare(net, device=CPU)}
    if has_bfloat16(CPU):
        ours["bfloat16"] = prepare(net, device=CPU, dtype=torch.bfloat16)
    branches = list(ours["ours"].run(x).branches)
    theirs = extractor(net, branches)
    peer: list[float] = []
    mine: dict[str, list[float]] = {name: [] for name in ours}
    with torch.inference_mode():
        want, got = theirs(x), ours["ours"].run(x).branches
        for _ in range(runs):
            peer.append(seconds(partial(theirs, x)))
            for name, prepared in ours.items():
                mine[name].append(seconds(partial(prepared.run, x)))
    row: Row = {"network": key, "branches": len(branches), "peer ms": 1e3 * statistics.median(peer)}
    for name, taken in mine.items():
        row[f"{name} ms"] = 1e3 * statistics.median(taken)
        row[f"{name} ratio"] = statistics.median(p / t for p, t in zip(peer, taken, strict=True))
    row["difference"] = max(float((got[path] - want[path][0]).abs().max()) for path in branches)
    return row


def picture_to_mosaics(key: str, stage: str, runs: int) -> Row:
    """From a photograph's bytes to a PNG for each branch of one stage, the network prepared."""
    prepared = prepare(model_for(ARCHITECTURES[key]), device=CPU)
    data = SAMPLES["cat"].path.read_bytes()
    paths = [path for path in prepared.parts if path.startswith(f"{stage}.") and path.count(".") == 1]

    def look() -> None:
        x = imagenet(prepared.arch.input_size).apply(open_image(data))
        for maps in prepared.run(x, only=paths).branches.values():
            png(mosaic(maps))

    look()
    taken = statistics.median(seconds(look) for _ in range(runs))
    return {"network": key, "stage": stage, "mosaics": len(paths), "ms": 1e3 * taken}


def all_thumbnails(key: str, runs: int) -> Row:
    """A thumbnail of every part, beyond the forward pass that keeps their outputs."""
    arch, image = ARCHITECTURES[key], open_image(SAMPLES["cat"].path.read_bytes())
    prepared = ready_network(arch)[1]
    x = imagenet(arch.input_size).apply(image)
    passes, whole = [], []
    count = len(thumbnails(arch, image))
    for _ in range(runs):
        passes.append(seconds(lambda: prepared.run(x, only=prepared.parts)))
        whole.append(seconds(lambda: thumbnails(arch, image)))
    beyond = statistics.median(w - p for w, p in zip(whole, passes, strict=True))
    return {
        "network": key,
        "thumbnails": count,
        "pass ms": 1e3 * statistics.median(passes),
        "beyond it ms": 1e3 * beyond,
    }


def picture_to_page(key: str, stage: str, runs: int) -> Row:
    """From a click on another sample to its mosaics on the Picture page in Chromium; the network is ready."""
    taken = []
    with pages("app", "serve", "--port", "PORT") as (page, url):
        page.goto(f"{url}/picture?variant={key}")
        image = page.locator(".maps .branches img").first
        image.wait_for()
        before = image.get_attribute("src")
        page.get_by_role("combobox", name="Stage").fill(stage)
        page.get_by_role("option", name=stage, exact=True).click()
        expect(image).not_to_have_attribute("src", before or "")
        for title in (["A cup of coffee", "Chelsea the cat"] * runs)[:runs]:
            shown = image.get_attribute("src")
            page.evaluate("(src) => { window.before = src }", shown)
            new = "deep('.maps .branches img')[0]?.src !== window.before"
            taken.append(timed(page, "click", new, page.locator(".st-key-sample").get_by_text(title).click))
    return {"network": key, "stage": stage, "ms": statistics.median(taken), "slowest": max(taken)}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(quick: bool = False) -> dict[str, list[Row]]:
    """Every measurement, as rows by title."""
    runs = 5 if quick else 25
    return {
        f"branches of one picture, {device_name(CPU)}, against create_feature_extractor (goal: ratio {GOAL:g})": [
            against_extractor(key, runs) for key in NETWORKS
        ],
        "thumbnails for the diagram (goal: 300 ms for Inception v3)": [all_thumbnails(key, runs) for key in NETWORKS],
        "picture to mosaics": [picture_to_mosaics("inception_v3", "Mixed_6b", runs)],
        "click to mosaics in Chromium (goal: 400 ms)": [picture_to_page("inception_v3", "Mixed_6b", 4 if quick else 8)],
    }
