"""Fine-tuning: a run that starts from trained weights, and which parts learn in which of its epochs.

At first the head learns, and whatever else is new, while the rest is frozen: large gradients of random layers would
destroy what was trained. Then everything learns, what was trained more slowly. BatchNorm of a frozen part is in
evaluation mode, so its statistics stay as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from zlib import crc32

from torch import Tensor, nn

from ..arch.spec import Arch, Linear
from ..checkpoints.preprocessing import Preprocessing
from ..checkpoints.trained_weights import TrainedWeights
from ..checkpoints.weighted_modules import classifier_stage
from ..edits.input_output import with_classes
from ..net.builder import Network
from ..weights import Loaded, Source, WeightsError, loaded

TRAINED_SHARE = 0.3  # of the learning rate, for what was trained already; with the demo better than 0.1 and 1
USUAL_HEAD_SHARE = 0.2  # of the epochs
BATCH_NORM = (nn.BatchNorm1d, nn.BatchNorm2d)


@dataclass(frozen=True)
class Tuning:
    """How a run treats the weights that it starts from.

    ``head_epochs``: how many epochs only the head and what is new learn. ``freeze``: names of stages, or patterns such
    as ``inception3*``, that stay as they are for the whole run.
    """

    head_epochs: int
    freeze: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Start:
    """Trained weights that a run starts from, for the network ``arch`` but for its classes, which follow the data.

    ``state``: tensors by name; parts that are missing stay random. ``new``: the paths of those and of what an edit
    added; the head always counts as new. ``frozen``: the stages that ``tuning`` freezes. ``report``: what a person
    should know about the file.
    """

    weights: TrainedWeights
    arch: Arch
    state: Mapping[str, Tensor]
    new: frozenset[str]
    tuning: Tuning
    frozen: tuple[str, ...]
    report: tuple[str, ...]

    def begin(self, net: Network, classes: tuple[str, ...], epochs: int) -> Phases:
        """Put the weights into ``net``. Its head stays random unless it was trained for these very ``classes``.

        Raises:
            ValueError: where ``net`` is another network, or the head has more epochs than the run.
        """
        if with_classes(net.arch, self.arch.classes) != self.arch:
            raise ValueError("The weights were loaded for another network than the one to train.")
        head_epochs = self.tuning.head_epochs
        if not 0 <= head_epochs <= epochs:
            raise ValueError(f"The epochs of the head alone must be from 0 to {epochs}, not {head_epochs}.")
        head = head_layers(net.arch)
        known = self.weights.class_names
        same = len(classes) == self.arch.classes and not self.weights.embedding and known in ((), classes)
        drawn = () if same else head
        net.load_state_dict({k: v for k, v in self.state.items() if not within(k, drawn)}, strict=False)
        weights = self.weights
        origin = weights.title if weights.id == "own" else weights.id
        return Phases(origin, weights.licence, self.new | head, head_epochs, self.frozen, digest_of(self.state))


@dataclass(frozen=True)
class Phases:
    """Which parts of a network learn when. ``origin`` names the weights that it started from, ``digest`` is theirs."""

    origin: str
    licence: str
    new: frozenset[str]
    head_epochs: int
    frozen: tuple[str, ...]
    digest: int

    @property
    def identity(self) -> str:
        """What distinguishes it from any other."""
        return f"{self.digest:08x} {self.head_epochs} {' '.join(self.frozen)}".rstrip()

    def groups(self, net: Network) -> list[list[nn.Parameter]]:
        """The parameters that are new, and those that are not and learn more slowly."""
        named = list(net.named_parameters())
        return [[value for name, value in named if within(name, self.new) is new] for new in (True, False)]

    def hold(self, net: Network, epoch: int) -> None:
        """Freeze what does not learn in an epoch, counted from 0. The network is in training mode."""
        for name, parameter in net.named_parameters():
            parameter.requires_grad_(self._learns(name, epoch))
        for name, module in net.named_modules():
            if isinstance(module, BATCH_NORM) and not self._learns(name, epoch):
                module.eval()

    def _learns(self, name: str, epoch: int) -> bool:
        return within(name, self.new) or (epoch >= self.head_epochs and not within(name, self.frozen))


def start_from(arch: Arch, source: Source, tuning: Tuning) -> Start:
    """Trained weights for a run of ``arch``, or of the same network with other classes.

    Args:
        source: as :func:`inception_models.weights.loaded` takes it, but not ``random``.

    Raises:
        ValueError: as :func:`~inception_models.weights.loaded`, or where a stage cannot be frozen.
        OSError: where a file cannot be read.
    """
    if source == "random":
        raise ValueError("A run from random weights is not fine-tuning; name trained weights, such as demo.")
    result = loaded_with_its_classes(arch, source)
    made = {change.path for change in result.changes if change.kind == "new"}
    new = frozenset(made | set(result.drawn))
    frozen = stages_to_freeze(result.net.arch, tuning.freeze, new)
    state = {key: value for key, value in result.net.state_dict().items() if not within(key, result.drawn)}
    return Start(result.trained_weights, result.net.arch, state, new, tuning, frozen, result.report)


def loaded_with_its_classes(arch: Arch, source: Source) -> Loaded:
    """The weights in a network of ``arch``, with as many classes as they have where that is all that does not fit."""
    try:
        return loaded(arch, source)
    except WeightsError as problem:
        if problem.classes is None:
            raise
        return loaded(with_classes(arch, problem.classes), source)


def usual_head_epochs(epochs: int) -> int:
    """How many of a run's epochs the head learns alone, unless something else is asked for."""
    return max(1, round(USUAL_HEAD_SHARE * epochs)) if epochs > 1 else 0


def head_layers(arch: Arch) -> frozenset[str]:
    """The paths of the layers that tell classes apart: the classifier, and the last layer of each auxiliary head."""
    ends = {f"{head.name}.{op.name}" for head in arch.aux for op in head.ops if isinstance(op, Linear) and not op.width}
    return frozenset({classifier_stage(arch)} | ends) - {""}


def stages_to_freeze(arch: Arch, freeze: Iterable[str], new: Collection[str] = ()) -> tuple[str, ...]:
    """The names of the stages that ``freeze`` names, patterns included, in their order.

    Raises:
        ValueError: where a name is that of no stage, or a stage has parts to learn: the head, or ``new`` ones.
    """
    names = [part.name for part in (*arch.stages, *arch.aux)]
    frozen: set[str] = set()
    for pattern in freeze:
        matching = {name for name in names if fnmatchcase(name, pattern)}
        if not matching:
            raise ValueError(f"There is no stage {pattern!r} to freeze; there are {', '.join(names)}.")
        frozen |= matching
    for name in frozen:
        if any(within(path, (name,)) for path in head_layers(arch)):
            raise ValueError(
                f"{name} learns the classes, so it cannot be frozen; to train nothing else, give the head alone all"
                " epochs of the run."
            )
        if any(within(path, (name,)) for path in new):
            raise ValueError(f"{name} has parts without trained weights, so it cannot be frozen; freeze other stages.")
    return tuple(name for name in names if name in frozen)


def within(path: str, parts: Collection[str]) -> bool:
    """Whether ``path`` is one of ``parts`` or lies in one."""
    return any(path == part or path.startswith(f"{part}.") for part in parts)


def effective_steps(steps: Preprocessing, size_px: int, picture_px: tuple[int, int]) -> Preprocessing:
    """``steps`` as a run follows them: pictures of another size are enlarged bilinearly to the whole square."""
    if picture_px == (size_px, size_px):
        return steps.sized(size_px)
    return Preprocessing(size_px, size_px, "bilinear", steps.value_max, steps.channels, steps.mean, steps.std)


def digest_of(state: Mapping[str, Tensor]) -> int:
    """Tells weights from others, in 32 bits."""
    value = 0
    for tensor in state.values():
        value = crc32(tensor.contiguous().numpy().data, value)
    return value
