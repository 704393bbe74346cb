"""What the modules of a part compute: they are called with a :class:`Recorded` for a tensor, and every layer is noted.

Nothing outside of these modules is touched, so that other threads never notice, and it takes microseconds where a call
of torch.fx takes milliseconds. Tests compare the result with torch.fx's trace of the whole built networks.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from torch import nn

from .graph import Layer, Traced, unused
from .kinds import UnknownOp
from .op_table import LAYER_OF_FUNCTION, LAYER_OF_MODULE, layer_of

NamedLayers = tuple[tuple[str, Layer], ...]
_COUNTED = tuple(LAYER_OF_MODULE)


class OpLayers(nn.Module):
    """A placeholder for the layers of one op, which run in a row."""

    def __init__(self, layers: NamedLayers) -> None:
        super().__init__()
        self.layers = layers


def record(part: nn.Module) -> tuple[Traced, ...]:
    """Every layer that ``part`` calls, in order. The modules of ``part`` compute nothing from then on.

    Raises:
        UnknownOp: naming an op that the counter does not know.
    """
    recorder = _Recorder()
    for path, module in part.named_modules():
        own = vars(module)  # torch's own way to set an attribute takes longer than all else here
        if isinstance(module, OpLayers):
            own["forward"] = partial(recorder.row, path, module.layers)
        elif isinstance(module, _COUNTED):
            own["forward"] = partial(recorder.row, path, (("", layer_of(module)),))
        else:
            own["forward"] = partial(recorder.inside, path, module.forward)
    part(Recorded(recorder, -1))
    return tuple(recorder.traced)


class _Recorder:
    """The layers that were called so far, and the paths of the modules whose ``forward`` runs, the innermost last."""

    def __init__(self) -> None:
        self.traced: list[Traced] = []
        self.paths: list[str] = []
        self.taken: set[str] = set()

    def row(self, path: str, layers: NamedLayers, source: Recorded) -> Recorded:
        for name, layer in layers:
            source = self.add(path, name, layer, (source.number,))
        return source

    def inside(self, path: str, forward: Callable[[Recorded], Recorded], source: Recorded) -> Recorded:
        self.paths.append(path)
        result = forward(source)
        self.paths.pop()
        return result

    def function(self, function: Callable[..., object], arguments: Sequence[object]) -> Recorded:
        layer = LAYER_OF_FUNCTION.get(function)
        if not isinstance(layer, Layer):
            name = getattr(function, "__name__", str(function))
            raise UnknownOp(f"The operation {name!r} is not one that this program can count.")
        return self.add(self.paths[-1], layer.kind, layer, tuple(source.number for source in _recorded(arguments)))

    def add(self, module: str, name: str, layer: Layer, inputs: tuple[int, ...]) -> Recorded:
        path = unused(".".join(filter(None, (module, name))), self.taken)
        self.traced.append(Traced(path, layer, inputs))
        return Recorded(self, len(self.traced) - 1)


class Recorded:
    """Stands for the output of layer ``number``, -1 for the part's input. torch's functions accept it as a tensor."""

    def __init__(self, recorder: _Recorder, number: int) -> None:
        self.recorder, self.number = recorder, number

    def __add__(self, other: object) -> Recorded:
        return self.recorder.function(operator.add, (self, other))

    def __mul__(self, other: object) -> Recorded:
        return self.recorder.function(operator.mul, (self, other))

    @classmethod
    def __torch_function__(
        cls,
        function: Callable[..., object],
        types: Iterable[type],
        arguments: Sequence[object] = (),
        named: dict[str, object] | None = None,
    ) -> Recorded:
        return next(_recorded(arguments)).recorder.function(function, arguments)


def _recorded(arguments: Iterable[object]) -> Iterator[Recorded]:
    """Those among the arguments of a call, in order, as often as each is read."""
    for argument in arguments:
        if isinstance(argument, Recorded):
            yield argument
        elif isinstance(argument, list | tuple):
            yield from _recorded(argument)
