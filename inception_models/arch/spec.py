"""What a network of the Inception family is: a frozen tree of plain values, and nothing else.

A tree has three layers of names, and every path is made of them: ``stage.branch.op``, for example
``inception4e.branch5x5.reduce``. Widths are output channels; input widths are never stored, they follow from what
comes before (see :mod:`inception_models.arch.shapes`). This module imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from .about import About

Kernel = tuple[int, int]  # height, width
Padding = Literal["same", "valid", "tf"]
"""``same``: (k-1)//2 on every side; ``valid``: none; ``tf``: TensorFlow's SAME, which may pad the far side only."""
Activation = Literal["relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "hardswish", "none"]
PoolKind = Literal["max", "avg"]
Between = Literal["nothing", "norm", "unit"]
"""What lies between the depthwise and the pointwise half of a separable convolution."""
PerChannel = tuple[float, float, float]
"""One number for each channel of the input: red, green, blue."""


@dataclass(frozen=True, slots=True)
class BatchNorm:
    """Batch normalisation. ``momentum`` in PyTorch's sense (TensorFlow's decay 0.9997 is 0.0003 here)."""

    eps: float = 1e-3
    momentum: float = 0.1
    gamma: bool = True  # TF-slim and Keras train only the offset


@dataclass(frozen=True, slots=True)
class Unit:
    """What belongs to the weights of a convolution: its bias, then normalisation, then activation."""

    bias: bool = False
    norm: BatchNorm | None = BatchNorm()
    activation: Activation = "relu"


# --- ops -------------------------------------------------------------------------------------------------------------

# Two facts of every kind of op: its title, for a sentence, and what it does to the channels that enter it.

ChannelUse = Literal["mixes", "keeps", "compares"]
"""``mixes``: weights make other channels of them; ``keeps``: each leaves in its place, alone; ``compares``: each leaves
in its place, but how depends on others."""


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution unit. ``width`` None means: as many filters as the enclosing residual block has input channels."""

    title: ClassVar[str] = "convolution"
    channels: ClassVar[ChannelUse] = "mixes"
    name: str
    width: int | None
    kernel: Kernel = (1, 1)
    stride: int = 1
    padding: Padding = "same"
    unit: Unit | None = None  # None: the network's own


@dataclass(frozen=True, slots=True)
class SepConv:
    """A separable convolution: depthwise ``kernel``, pointwise 1x1 to ``width``, then the unit.

    ``multiplier`` is the number of depthwise filters an input channel gets. ``activate`` says where the unit's
    activation is: Xception's blocks put it before the convolution. ``between``: what the depthwise filters have of the
    unit: nothing, its norm, or norm and activation, as the aligned Xceptions have it; its bias comes with either.
    """

    title: ClassVar[str] = "separable convolution"
    channels: ClassVar[ChannelUse] = "mixes"
    name: str
    width: int | None
    kernel: Kernel = (3, 3)
    stride: int = 1
    padding: Padding = "same"
    multiplier: int = 1
    activate: Literal["before", "after", "never"] = "after"
    unit: Unit | None = None
    between: Between = "nothing"


@dataclass(frozen=True, slots=True)
class Pool:
    """Max or average pooling. ``include_pad`` is PyTorch's ``count_include_pad``; it matters for averages only."""

    title: ClassVar[str] = "pool"
    channels: ClassVar[ChannelUse] = "keeps"
    name: str
    kind: PoolKind
    size: int
    stride: int
    padding: Padding = "valid"
    ceil: bool = False
    include_pad: bool = True


@dataclass(frozen=True, slots=True)
class GlobalPool:
    """Average over the whole grid, down to ``size`` x ``size`` cells (PyTorch's adaptive average pooling)."""

    title: ClassVar[str] = "global average pool"
    channels: ClassVar[ChannelUse] = "keeps"
    name: str
    size: int = 1


@dataclass(frozen=True, slots=True)
class LocalResponseNorm:
    """Local response normalisation across ``size`` channels; ``alpha`` is divided by ``size``, as in Caffe."""

    title: ClassVar[str] = "local response normalisation"
    channels: ClassVar[ChannelUse] = "compares"
    name: str
    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0


@dataclass(frozen=True, slots=True)
class Dropout:
    """A share ``p`` of the values set to zero while training."""

    title: ClassVar[str] = "dropout"
    channels: ClassVar[ChannelUse] = "keeps"
    name: str
    p: float


@dataclass(frozen=True, slots=True)
class Linear:
    """A fully connected layer on the flattened input. ``width`` None means: one output per class."""

    title: ClassVar[str] = "fully connected layer"
    channels: ClassVar[ChannelUse] = "mixes"
    name: str
    width: int | None = None
    bias: bool = True
    norm: BatchNorm | None = None
    activation: Activation = "none"

    @property
    def unit(self) -> Unit:
        """Its bias, norm and activation, which are always its own."""
        return Unit(self.bias, self.norm, self.activation)


@dataclass(frozen=True, slots=True)
class Normalize:
    """Divide each vector by its Euclidean length (the face embedding's last step)."""

    title: ClassVar[str] = "division by the length"
    channels: ClassVar[ChannelUse] = "compares"
    name: str


@dataclass(frozen=True, slots=True)
class Norm:
    """Batch normalisation that belongs to no convolution."""

    title: ClassVar[str] = "batch normalisation"
    channels: ClassVar[ChannelUse] = "keeps"
    name: str
    eps: float = 1e-5
    momentum: float = 0.1
    gamma: bool = True

    @property
    def norm(self) -> BatchNorm:
        return BatchNorm(self.eps, self.momentum, self.gamma)


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """Normalisation over the channels, of each place by itself, with a trained scale and offset for each channel."""

    title: ClassVar[str] = "layer normalisation"
    channels: ClassVar[ChannelUse] = "compares"
    name: str
    eps: float = 1e-6


@dataclass(frozen=True, slots=True)
class LayerScale:
    """Each channel times a trained factor, which starts at ``init``."""

    title: ClassVar[str] = "layer scale"
    channels: ClassVar[ChannelUse] = "keeps"
    name: str
    init: float = 1e-6


@dataclass(frozen=True, slots=True)
class SplitConv:
    """InceptionNeXt's token mixer: the channels split into four groups that stay side by side.

    The last three groups have ``share`` of the channels each, rounded down, and a depthwise convolution with a bias:
    ``square`` x ``square``, 1 x ``band``, ``band`` x 1. The first group passes on what is left.
    """

    title: ClassVar[str] = "split depthwise convolution"
    channels: ClassVar[ChannelUse] = "keeps"
    name: str
    square: int = 3
    band: int = 11
    share: float = 0.125

    @property
    def kernels(self) -> tuple[Kernel, Kernel, Kernel]:
        """Of the last three groups."""
        return (self.square, self.square), (1, self.band), (self.band, 1)

    def groups(self, channels: int) -> tuple[int, int, int, int]:
        """How many channels each group has; the first number is not positive where there are too few."""
        each = max(int(channels * self.share), 1)
        return channels - 3 * each, each, each, each


@dataclass(frozen=True, slots=True)
class Fork:
    """Convolutions side by side on the same input, concatenated: the 1x3 | 3x1 pairs of v3 and v4."""

    title: ClassVar[str] = "fork"
    channels: ClassVar[ChannelUse] = "mixes"
    name: str
    ops: tuple[Conv, ...]


Weighted = Conv | SepConv | Linear
"""The ops that have weights and a width."""
Channelwise = Norm | LayerNorm | LayerScale | SplitConv
"""The ops that have weights for the channels that arrive, and so no width of their own."""
Op = Weighted | Channelwise | Pool | GlobalPool | LocalResponseNorm | Dropout | Normalize | Fork


# --- blocks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """Ops in a row. A branch without ops passes its input on."""

    name: str
    ops: tuple[Op, ...]


@dataclass(frozen=True, slots=True)
class Inception:
    """Branches on the same input, their outputs concatenated in this order."""

    name: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Residual:
    """``activation(shortcut(x) + scale * projection(concat(branches)))``.

    The projection is a biased 1x1 convolution back to the input's width, without norm or activation (Inception-ResNet);
    Xception has none. The shortcut is the identity, or with ``shortcut_stride`` a 1x1 convolution and norm.
    """

    name: str
    branches: tuple[Branch, ...]
    scale: float = 1.0
    projection: bool = True
    shortcut_stride: int | None = None
    activation: Activation = "relu"


Block = Inception | Residual


@dataclass(frozen=True, slots=True)
class Repeat:
    """``times`` copies of a block, one after another. All copies share the block's widths."""

    block: Block
    times: int

    @property
    def name(self) -> str:
        return self.block.name


Stage = Op | Block | Repeat


@dataclass(frozen=True, slots=True)
class AuxHead:
    """A classifier that reads the output of stage ``tap`` and counts with ``weight`` in the training loss."""

    name: str
    tap: str
    ops: tuple[Op, ...]
    weight: float = 0.3


# --- networks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arch:
    """A network: a value that can be compared, hashed, edited with :func:`dataclasses.replace` and built."""

    key: str
    about: About
    unit: Unit
    stages: tuple[Stage, ...]
    aux: tuple[AuxHead, ...] = ()
    input_size: int = 224  # height and width in pixels; the input always has 3 channels
    classes: int = 1000

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from .notebook import arch_html

        return arch_html(self)
