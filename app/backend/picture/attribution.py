"""Which pixels count for a class: Grad-CAM, integrated gradients and occlusion, computed by Captum.

Each explains the class's logit, its score before the softmax. Captum's hooks are on a private copy, so any number of
threads may explain one network. Captum is imported where it is used: it brings matplotlib, half a second of start-up.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from inception_models.net.builder import Network

from ..common.jobs import OnProgress
from .private_copy import private_copy, report_stages

TOGETHER = 4  # pictures in one pass: more take memory and no less time


@dataclass(frozen=True, eq=False, slots=True)
class Completeness:
    """Integrated gradients with their check: ``values`` ``[S, S]`` add up to the two logits' difference, plus ``gap``.

    ``difference``: the logit of the picture minus that of the baseline.
    """

    values: Tensor
    difference: float
    gap: float


def grad_cam(net: Network, x: Tensor, target: int, path: str, on_progress: OnProgress | None = None) -> Tensor:
    """``[height, width]`` of the output at ``path``, zero and above: where it is evidence for class ``target``.

    The sum of its maps, each weighted by the mean gradient of the class's logit, with negative values cut off
    (Selvaraju et al. 2017, "Grad-CAM").

    Raises:
        ValueError: where the output has no height and width.
    """
    from captum.attr import LayerGradCam

    own = private_copy(net)
    if on_progress:
        report_stages(own, 2, on_progress)
    maps = LayerGradCam(own, own.get_submodule(path)).attribute(
        x.detach().clone().requires_grad_(), target, relu_attributions=True
    )
    assert isinstance(maps, Tensor)
    if maps.ndim != 4:
        raise ValueError(f"{path} outputs a vector; Grad-CAM needs maps. Choose a stage before the global pool.")
    return maps[0, 0].detach().float().cpu()


def integrated_gradients(
    net: Network, x: Tensor, target: int, baseline: Tensor, *, steps: int = 32, on_progress: OnProgress | None = None
) -> Completeness:
    """Gradients along the line from ``baseline`` to the picture, both ``[1, 3, S, S]``, times their difference.

    Summed over the colours; negative where a pixel counts against the class (Sundararajan, Taly, Yan 2017, "Axiomatic
    Attribution for Deep Networks"; Gauss-Legendre quadrature of ``steps`` points).
    """
    from captum.attr import IntegratedGradients

    own = private_copy(net)
    seen = 0

    def logits(batch: Tensor) -> Tensor:
        nonlocal seen
        if on_progress:
            on_progress(min(seen / steps, 1.0))
        seen += len(batch)
        out: Tensor = own(batch)
        return out

    gradients = IntegratedGradients(logits).attribute(
        x, baseline, target=target, n_steps=steps, internal_batch_size=TOGETHER
    )
    with torch.no_grad():
        there, start = own(torch.cat([x, baseline]))[:, target].tolist()
    values = gradients[0].sum(0).detach().float().cpu()
    return Completeness(values, there - start, float(values.sum()) - (there - start))


def occlusion(
    net: Network,
    x: Tensor,
    target: int,
    baseline: Tensor,
    *,
    window_px: int,
    stride_px: int,
    on_progress: OnProgress | None = None,
) -> Tensor:
    """``[S, S]``: how much the class's logit falls where a square of the picture is replaced by the baseline's.

    Squares of ``window_px``, ``stride_px`` apart; where they overlap their mean (Zeiler, Fergus 2014, "Visualizing and
    Understanding Convolutional Networks").
    """
    from captum.attr import Occlusion

    own = private_copy(net)
    places = -(-max(x.shape[-1] - window_px, 0) // stride_px) + 1
    seen = 0

    def logits(batch: Tensor) -> Tensor:
        nonlocal seen
        if on_progress:
            on_progress(min(seen / places**2, 1.0))
        seen += len(batch)
        out: Tensor = own(batch)
        return out

    with torch.inference_mode():
        falls = Occlusion(logits).attribute(
            x,
            sliding_window_shapes=(3, window_px, window_px),
            strides=(3, stride_px, stride_px),
            baselines=baseline,
            target=target,
            perturbations_per_eval=TOGETHER,
        )
    mean: Tensor = falls[0].mean(0)
    return mean.float().cpu()
