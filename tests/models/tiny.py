"""A network of the family that learns in seconds, and pictures that are learned in fewer."""

from __future__ import annotations

from dataclasses import replace

import torch

from inception_models import ARCHITECTURES, Arch
from inception_models.edits.input_output import with_input_size, without_aux
from inception_models.edits.toggles import with_dropout
from inception_models.edits.widths import scaled
from inception_models.training.datasets import Data, Pictures

STAGES = ("conv1", "maxpool1", "conv2", "inception3a", "avgpool", "dropout", "fc")


def tiny(classes: int = 10, input_size: int = 24) -> Arch:
    """GoogLeNet-BN's stem, first module and classifier, eight filters almost everywhere."""
    arch = with_dropout(scaled(without_aux(ARCHITECTURES["googlenet_bn"]), 0.125), 0.1)
    stages = tuple(stage for stage in arch.stages if stage.name in STAGES)
    return with_input_size(replace(arch, stages=stages, classes=classes), input_size)


def halves(count: int = 60) -> Data:
    """Two classes: the upper half is bright, or the lower one."""
    labels = torch.arange(count) % 2
    images = torch.randint(60, (count, 1, 8, 8), generator=torch.Generator().manual_seed(3)).byte()
    images[labels == 0, :, :4] += 180
    images[labels == 1, :, 4:] += 180
    every = Pictures(images, labels)
    return Data("halves", ("upper", "lower"), every[: count * 2 // 3], every[count * 2 // 3 :])
