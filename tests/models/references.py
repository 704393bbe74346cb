"""Networks of other projects that are in no package, written anew from their definitions."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.inception import InceptionA, InceptionC, InceptionE

# --- FID: torchvision's network with three changes (mseitzer/pytorch-fid, inception.py) -------------------------------


def _average(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


def _maximum(x: Tensor) -> Tensor:
    return F.max_pool2d(x, 3, 1, 1)


def fid_inception() -> nn.Module:
    """torchvision's Inception v3, in whose modules the last branch gets another pool's output."""
    net = torchvision.models.inception_v3(num_classes=1008, aux_logits=False, transform_input=False, init_weights=False)
    for name, module in net.named_children():
        if isinstance(module, InceptionA | InceptionC | InceptionE):
            _pool_by(module, _maximum if name == "Mixed_7c" else _average)
    return net


def _pool_by(module: InceptionA | InceptionC | InceptionE, pool: Callable[[Tensor], Tensor]) -> None:
    entered: list[Tensor] = []
    module.register_forward_pre_hook(lambda _, args: entered.append(args[0]))
    module.branch_pool.register_forward_pre_hook(lambda _, __: (pool(entered.pop()),))


# --- Inception5h, as Lucent converted TensorFlow's graph --------------------------------------------------------------

#            in  1x1 3x3r 3x3 5x5r 5x5 pool
LUCENT = {
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 204, 16, 48, 64),
    "4b": (508, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 48, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}


class LucentInception5h(nn.Module):
    """Its tensors have the names of the converted file."""

    def __init__(self) -> None:
        super().__init__()
        self._conv("conv2d0", 3, 64, 7, 2)
        self._conv("conv2d1", 64, 64, 1)
        self._conv("conv2d2", 64, 192, 3)
        for name, (cin, n1, r3, n3, r5, n5, proj) in LUCENT.items():
            self._conv(f"mixed{name}_1x1", cin, n1, 1)
            self._conv(f"mixed{name}_3x3_bottleneck", cin, r3, 1)
            self._conv(f"mixed{name}_3x3", r3, n3, 3)
            self._conv(f"mixed{name}_5x5_bottleneck", cin, r5, 1)
            self._conv(f"mixed{name}_5x5", r5, n5, 5)
            self._conv(f"mixed{name}_pool_reduce", cin, proj, 1)
        self.softmax2_pre_activation_matmul = nn.Linear(1024, 1008)

    def _conv(self, name: str, cin: int, cout: int, side: int, stride: int = 1) -> None:
        self.add_module(f"{name}_pre_relu_conv", nn.Conv2d(cin, cout, side, stride))

    def _relu(self, name: str, x: Tensor) -> Tensor:
        """Padded as TensorFlow's SAME at the sizes that occur: 2 and 3 for the first, else evenly."""
        conv = self.get_submodule(f"{name}_pre_relu_conv")
        side = conv.kernel_size[0]  # type: ignore[index]
        pads = (2, 3, 2, 3) if name == "conv2d0" else (side // 2,) * 4
        return F.relu(conv(F.pad(x, pads)))

    @staticmethod
    def _halved(x: Tensor) -> Tensor:
        return F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=-torch.inf), 3, 2)

    @staticmethod
    def _normed(x: Tensor) -> Tensor:
        return F.local_response_norm(x, size=9, alpha=1e-4, beta=0.5, k=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self._normed(self._halved(self._relu("conv2d0", x)))
        x = self._halved(self._normed(self._relu("conv2d2", self._relu("conv2d1", x))))
        for place in LUCENT:
            if place in ("4a", "5a"):
                x = self._halved(x)
            name = f"mixed{place}"
            one = self._relu(f"{name}_1x1", x)
            three = self._relu(f"{name}_3x3", self._relu(f"{name}_3x3_bottleneck", x))
            five = self._relu(f"{name}_5x5", self._relu(f"{name}_5x5_bottleneck", x))
            pooled = self._relu(f"{name}_pool_reduce", F.max_pool2d(x, 3, 1, 1))
            x = torch.cat([one, three, five, pooled], 1)
        logits: Tensor = self.softmax2_pre_activation_matmul(x.mean((2, 3)))
        return logits


# --- GoogLeNet for CIFAR (kuangliu/pytorch-cifar, googlenet.py) -------------------------------------------------------


def _unit(cin: int, cout: int, side: int) -> list[nn.Module]:
    return [nn.Conv2d(cin, cout, side, padding=side // 2), nn.BatchNorm2d(cout), nn.ReLU()]


class CifarModule(nn.Module):
    def __init__(self, cin: int, n1: int, r3: int, n3: int, r5: int, n5: int, proj: int) -> None:
        super().__init__()
        self.b1 = nn.Sequential(*_unit(cin, n1, 1))
        self.b2 = nn.Sequential(*_unit(cin, r3, 1), *_unit(r3, n3, 3))
        self.b3 = nn.Sequential(*_unit(cin, r5, 1), *_unit(r5, n5, 3), *_unit(n5, n5, 3))
        self.b4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), *_unit(cin, proj, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.children()], 1)


class CifarGoogLeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pre_layers = nn.Sequential(*_unit(3, 192, 3))
        for place, (cin, *row) in LUCENT.items():
            changed = {"4a": [192, 96, 208, 16, 48, 64], "5a": [256, 160, 320, 32, 128, 128]}
            self.add_module(place[::-1], CifarModule(512 if place == "4b" else cin, *changed.get(place, row)))
        self.linear = nn.Linear(1024, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pre_layers(x)
        for place in LUCENT:
            if place in ("4a", "5a"):
                x = F.max_pool2d(x, 3, 2, 1)
            x = self.get_submodule(place[::-1])(x)
        logits: Tensor = self.linear(F.avg_pool2d(x, 8).flatten(1))
        return logits
