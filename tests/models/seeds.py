"""The GoogLeNets of the two tutorials that this project started from, layer by layer, for comparison only.

``ArticleGoogLeNet`` is the article's (seed 000) with its syntax repaired: BatchNorm after biased convolutions, no 1x1
in the stem. ``NotebookGoogLeNet`` is the notebook's (seed 001): plain convolutions, heads that always run. Both return
(first head, second head, main).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Outputs = tuple[Tensor, Tensor, Tensor]

#                    in  1x1 3x3r 3x3 5x5r 5x5 pool
WIDTHS = {
    "inception3a": (192, 64, 96, 128, 16, 32, 32),
    "inception3b": (256, 128, 128, 192, 32, 96, 64),
    "inception4a": (480, 192, 96, 208, 16, 48, 64),
    "inception4b": (512, 160, 112, 224, 24, 64, 64),
    "inception4c": (512, 128, 128, 256, 24, 64, 64),
    "inception4d": (512, 112, 144, 288, 32, 64, 64),
    "inception4e": (528, 256, 160, 320, 32, 128, 128),
    "inception5a": (832, 256, 160, 320, 32, 128, 128),
    "inception5b": (832, 384, 192, 384, 48, 128, 128),
}


class ConvBlock(nn.Module):
    def __init__(self, channels: int, width: int, kernel: int, stride: int = 1, padding: int = 0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, kernel, stride, padding)
        self.batchnorm = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.batchnorm(self.conv(x)))


class ArticleModule(nn.Module):
    def __init__(self, channels: int, n1: int, r3: int, n3: int, r5: int, n5: int, proj: int) -> None:
        super().__init__()
        self.branch1 = ConvBlock(channels, n1, 1)
        self.branch2 = nn.Sequential(ConvBlock(channels, r3, 1), ConvBlock(r3, n3, 3, padding=1))
        self.branch3 = nn.Sequential(ConvBlock(channels, r5, 1), ConvBlock(r5, n5, 5, padding=2))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), ConvBlock(channels, proj, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class ArticleHead(nn.Module):
    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.7)
        self.conv = ConvBlock(channels, 128, 1)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(F.avg_pool2d(x, 5, 3)).flatten(1)
        return self.fc2(self.dropout(F.relu(self.fc1(x))))


class ArticleGoogLeNet(nn.Module):
    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = ConvBlock(3, 64, 7, 2, 3)
        self.conv2 = ConvBlock(64, 192, 3, padding=1)
        self.inceptions = nn.ModuleDict({name: ArticleModule(*row) for name, row in WIDTHS.items()})
        self.dropout = nn.Dropout(0.4)
        self.fc1 = nn.Linear(1024, classes)
        self.aux1, self.aux2 = ArticleHead(512, classes), ArticleHead(528, classes)

    def forward(self, x: Tensor) -> Tensor | Outputs:
        x = F.max_pool2d(self.conv1(x), 3, 2, 1)
        x = F.max_pool2d(self.conv2(x), 3, 2, 1)
        x, first, second = trunk(self.inceptions, x)
        logits = self.fc1(self.dropout(F.avg_pool2d(x, 7, 1).flatten(1)))
        return (self.aux1(first), self.aux2(second), logits) if self.training else logits


class NotebookModule(nn.Module):
    def __init__(self, channels: int, n1: int, r3: int, n3: int, r5: int, n5: int, proj: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, n1, 1)
        self.reduce2 = nn.Conv2d(channels, r3, 1)
        self.conv2 = nn.Conv2d(r3, n3, 3, padding=1)
        self.reduce3 = nn.Conv2d(channels, r5, 1)
        self.conv3 = nn.Conv2d(r5, n5, 5, padding=2)
        self.conv4 = nn.Conv2d(channels, proj, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = F.relu(self.conv1(x))
        second = F.relu(self.conv2(F.relu(self.reduce2(x))))
        third = F.relu(self.conv3(F.relu(self.reduce3(x))))
        fourth = F.relu(self.conv4(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat((first, second, third, fourth), 1)


class NotebookHead(nn.Module):
    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.conv2 = nn.Conv2d(channels, 128, 1)
        self.fc3 = nn.Linear(4 * 4 * 128, 1024)
        self.dropout4 = nn.Dropout(0.7)
        self.fc5 = nn.Linear(1024, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv2(F.avg_pool2d(x, 5, 3))).flatten(1)
        return self.fc5(self.dropout4(F.relu(self.fc3(x))))


class NotebookGoogLeNet(nn.Module):
    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3)
        self.reduce2 = nn.Conv2d(64, 64, 1)
        self.conv2 = nn.Conv2d(64, 192, 3, padding=1)
        self.inceptions = nn.ModuleDict({name: NotebookModule(*row) for name, row in WIDTHS.items()})
        self.dropout5 = nn.Dropout(0.4)
        self.linear5 = nn.Linear(1024, classes)
        self.aux_classifier1, self.aux_classifier2 = NotebookHead(512, classes), NotebookHead(528, classes)

    def forward(self, x: Tensor) -> Outputs:
        x = F.max_pool2d(F.relu(self.conv1(x)), 3, 2, 1)
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.reduce2(x)))), 3, 2, 1)
        x, first, second = trunk(self.inceptions, x)
        logits = self.linear5(self.dropout5(F.avg_pool2d(x, 7, 1).flatten(1)))
        return self.aux_classifier1(first), self.aux_classifier2(second), logits


def trunk(inceptions: nn.ModuleDict, x: Tensor) -> Outputs:
    """The nine modules with the two pools between them: the last output, and those of 4a and 4d for the heads."""
    seen = {}
    for name, module in inceptions.items():
        x = seen[name] = module(x)
        if name in ("inception3b", "inception4e"):
            x = F.max_pool2d(x, 3, 2, 1)
    return x, seen["inception4a"], seen["inception4d"]
