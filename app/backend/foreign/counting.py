"""Counts what a run on the meta device does, operation by operation, as ``torch.utils.flop_counter`` does.

torch's counter itself would count the modules that other threads run meanwhile; this one is of one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch._ops import HigherOrderOperator, OpOverload
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.weak import WeakIdKeyDictionary

from ..analysis.kinds import UnknownOp
from .aten_ops import flops_of, is_free, name_of
from .windows import Seen, call_of, seen_after


@dataclass
class Step:
    """What ran for one traced node. ``counted``: the operations with MACs, each with its arguments."""

    flops: int = 0
    params: int = 0
    counted: list[tuple[OpOverload, tuple[object, ...]]] = field(default_factory=list)


class Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts while it is on; what depends on ``picture`` is followed, and its receptive field with it.

    An operation on nothing but weights is counted as torch counts it. One on the picture that is not known is an error.
    """

    supports_higher_order_operators = True

    def __init__(self, picture: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.step = Step()
        self.flops = 0
        self._seen = WeakIdKeyDictionary()  # of every tensor that depends on the picture
        self._seen[picture] = Seen.picture(picture.dim() - 1)
        self._written: dict[int, torch.UntypedStorage] = {}  # memory into which the picture was written, kept alive
        self._params: set[nn.Parameter] = set()

    def seen(self, tensor: Tensor) -> Seen | None:
        """The receptive field of a tensor of this run, where it is known."""
        seen = self._seen.get(tensor)  # type: ignore[no-untyped-call]
        return seen if isinstance(seen, Seen) else None

    def __torch_dispatch__(
        self,
        func: OpOverload | HigherOrderOperator,
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        kwargs = kwargs or {}
        if not isinstance(func, OpOverload):
            raise UnknownOp(f"The operation {str(func)!r} is not one that this program can count.")
        with self:  # as torch's counter does: what is made of other operations is counted as those
            parts: object = func.decompose(*args, **kwargs)
        if parts is not NotImplemented:
            return parts
        out: object = func(*args, **kwargs)
        self._record(func, args, kwargs, out)
        return out

    def _record(self, op: OpOverload, args: tuple[object, ...], kwargs: dict[str, object], out: object) -> None:
        tensors = [value for value in tree_leaves((args, kwargs)) if isinstance(value, Tensor)]
        for tensor in tensors:
            if isinstance(tensor, nn.Parameter) and tensor.requires_grad and tensor not in self._params:
                self._params.add(tensor)
                self.step.params += tensor.numel()
        read = [(tensor, self.seen(tensor)) for tensor in tensors if self._depends(tensor)]
        flops = flops_of(op, args, kwargs, out)
        if flops is None:
            if read and not is_free(op):
                raise UnknownOp(f"The operation {name_of(op)!r} is not one that this program can count")
        else:
            self.flops += flops
            self.step.flops += flops
            self.step.counted.append((op, args))
        if read:
            self._follow(op, args, kwargs, read, [value for value in tree_leaves(out) if isinstance(value, Tensor)])

    def _depends(self, tensor: Tensor) -> bool:
        return tensor in self._seen or _memory(tensor) in self._written

    def _follow(
        self,
        op: OpOverload,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        read: list[tuple[Tensor, Seen | None]],
        outs: list[Tensor],
    ) -> None:
        if not outs:
            return
        seen = seen_after(call_of(op, args, kwargs, read, outs[0]))
        for tensor in _written_by(op, args, kwargs):
            self._overwritten(tensor, seen)
        for tensor in outs:
            self._seen[tensor] = seen

    def _overwritten(self, tensor: Tensor, seen: Seen | None) -> None:
        """What shares memory with a tensor that was changed has no known field any more, unless nothing new came."""
        if tensor not in self._seen:
            self._written[_memory(tensor)] = tensor.untyped_storage()
        elif self._seen[tensor] == seen:
            return
        for other in list(self._seen):
            if other is not tensor and _memory(other) == _memory(tensor):
                self._seen[other] = None


def _written_by(op: OpOverload, args: tuple[object, ...], kwargs: dict[str, object]) -> Iterator[Tensor]:
    if op._schema.is_mutable:
        for place, argument in enumerate(op._schema.arguments):
            value = args[place] if place < len(args) else kwargs.get(argument.name)
            if argument.alias_info is not None and argument.alias_info.is_write and isinstance(value, Tensor):
                yield value


def _memory(tensor: Tensor) -> int:
    """Which memory a tensor is in: views of one another have the same."""
    return int(tensor.untyped_storage()._cdata)


class LastCall(TorchFunctionMode):
    """Remembers which of torch's functions was called last, to name it where it fails."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "the call"

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        name = getattr(func, "__name__", "")
        if name not in ("__get__", "__set__", ""):
            self.name = name
        return func(*args, **(kwargs or {}))
