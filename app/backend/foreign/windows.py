"""Receptive fields of a person's module, followed through torch's low-level operations, and given up where not known.

Where height and width lie among a tensor's axes is followed too. What has no rule here has no known field: None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from torch import Tensor
from torch._ops import OpOverload

from ..analysis.graph import Field
from ..analysis.receptive_field import ONE_PIXEL, seen_together
from .aten_ops import is_elementwise, name_of


@dataclass(frozen=True, slots=True)
class Seen:
    """The (vertical, horizontal) receptive field of a tensor's values, and its axes of height and width, from the end.

    >>> Seen.picture(3).axes
    (-2, -1)
    """

    fields: tuple[Field, Field]
    axes: tuple[int, int]

    @staticmethod
    def picture(dimensions: int) -> Seen | None:
        """Of an input (channels, height, width); of others no field is followed."""
        assert ONE_PIXEL is not None
        return Seen(ONE_PIXEL, (-2, -1)) if dimensions == 3 else None

    def at(self, axes: Sequence[int]) -> Seen:
        return Seen(self.fields, (axes[0], axes[1]))


@dataclass(frozen=True)
class AtenCall:
    """One call of an operation: its arguments by name, what it reads of the picture, and its shapes."""

    op: OpOverload
    values: Mapping[str, object]
    read: tuple[tuple[Tensor, Seen | None], ...]
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]

    def numbers(self, name: str, count: int) -> tuple[int, ...]:
        """An argument of one number or one an axis."""
        value = self.values[name]
        sides = tuple(value) if isinstance(value, list | tuple) else (cast(int, value),)
        return sides * count if len(sides) == 1 else sides

    def axes(self, name: str = "dim") -> tuple[int, ...]:
        """An argument that names axes, counted from the end of the input; all of them where it names none."""
        value = self.values.get(name)
        if value is None or value == []:
            return tuple(range(-len(self.in_shape), 0))
        given = value if isinstance(value, list | tuple) else [value]
        return tuple(cast(int, axis) % len(self.in_shape) - len(self.in_shape) for axis in given)


def call_of(
    op: OpOverload,
    args: Sequence[object],
    kwargs: Mapping[str, object],
    read: Sequence[tuple[Tensor, Seen | None]],
    out: Tensor,
) -> AtenCall:
    """A call as its rule wants it; ``read``: the tensors that depend on the picture."""
    values: dict[str, object] = {}
    for place, argument in enumerate(op._schema.arguments):
        values[argument.name] = args[place] if place < len(args) else kwargs.get(argument.name, argument.default_value)
    return AtenCall(op, values, tuple(read), tuple(read[0][0].shape), tuple(out.shape))


def seen_after(call: AtenCall) -> Seen | None:
    """The receptive field of what ``call`` computes, or None where it is the whole input or not known."""
    fields = [seen for _, seen in call.read]
    known = [seen for seen in fields if seen is not None]
    if len(known) < len(fields) or any(seen.axes != known[0].axes for seen in known):
        return None
    name = name_of(call.op)
    if is_elementwise(call.op):
        same = all(tensor.shape[axis] == call.out_shape[axis] for tensor, seen in call.read for axis in known[0].axes)
        return _union(known) if same else None
    if name == "cat":
        return None if set(call.axes()) & set(known[0].axes) else _union(known)
    first = next((value for value in call.values.values() if isinstance(value, Tensor | list | tuple)), None)
    if len(call.read) > 1 or first is not call.read[0][0] or (rule := _RULES.get(name)) is None:
        return None
    return rule(call, known[0])


def _union(seen: Sequence[Seen]) -> Seen | None:
    """What several tensors see together, value by value; None where their values are not equally far apart."""
    sides = [seen_together([s.fields[side] for s in seen]) for side in (0, 1)]
    return None if sides[0] is None or sides[1] is None else Seen((sides[0], sides[1]), seen[0].axes)


# --- rules: one a group of operations --------------------------------------------------------------------------------


def _same(call: AtenCall, seen: Seen) -> Seen | None:
    return seen


def _along_other_axes(call: AtenCall, seen: Seen) -> Seen | None:
    """It mixes values along ``dim`` only, and keeps the axes."""
    return None if set(call.axes()) & set(seen.axes) else seen


def _moved(call: AtenCall, seen: Seen) -> Seen | None:
    return None if set(call.axes("dims")) & set(seen.axes) else seen


def _reduced(call: AtenCall, seen: Seen) -> Seen | None:
    gone = set(call.axes())
    if gone & set(seen.axes):
        return None
    return seen if call.values.get("keepdim") else _without(seen, gone)


def _without(seen: Seen, gone: set[int]) -> Seen:
    """Axes after which others are taken away are nearer to the end."""
    return seen.at([axis + sum(other > axis for other in gone) for axis in seen.axes])


def _select(call: AtenCall, seen: Seen) -> Seen | None:
    gone = set(call.axes())
    return None if gone & set(seen.axes) else _without(seen, gone)


def _squeeze(call: AtenCall, seen: Seen) -> Seen | None:
    gone = {axis for axis in call.axes() if call.in_shape[axis] == 1}
    return None if gone & set(seen.axes) else _without(seen, gone)


def _unsqueeze(call: AtenCall, seen: Seen) -> Seen | None:
    size = len(call.out_shape)
    new = cast(int, call.values["dim"]) % size
    places = [axis + size - 1 for axis in seen.axes]
    return seen.at([place + (place >= new) - size for place in places])


def _permute(call: AtenCall, seen: Seen) -> Seen | None:
    order = call.axes("dims")
    return seen.at([order.index(axis) - len(order) for axis in seen.axes])


def _transpose(call: AtenCall, seen: Seen) -> Seen | None:
    (a,), (b,) = call.axes("dim0"), call.axes("dim1")
    return seen.at([{a: b, b: a}.get(axis, axis) for axis in seen.axes])


def _reshape(call: AtenCall, seen: Seen) -> Seen | None:
    """Where height and width are the last axes and stay so, every channel stays one grid."""
    if call.in_shape == call.out_shape:
        return seen
    return seen if seen.axes == (-2, -1) and call.in_shape[-2:] == call.out_shape[-2:] else None


def _expand(call: AtenCall, seen: Seen) -> Seen | None:
    return seen if all(call.in_shape[axis] == call.out_shape[axis] for axis in seen.axes) else None


def _slice(call: AtenCall, seen: Seen) -> Seen | None:
    (cut,) = call.axes()
    size, step = call.in_shape[cut], cast(int, call.values["step"] or 1)
    start = cast(int, call.values["start"] or 0)
    start = max(0, min(start + size if start < 0 else start, size))
    return _each(seen, lambda field, axis: _cut(field, start, step) if axis == cut else field)


def _cut(field: Field, start: int, step: int) -> Field:
    return Field(field.size, field.jump * step, field.start + start * field.jump)


def _pad(call: AtenCall, seen: Seen) -> Seen | None:
    """Pads are in pairs (before, after), the last axis first."""
    pads = call.numbers("pad" if "pad" in call.values else "padding", 1)
    before = {-1 - place: pad for place, pad in enumerate(pads[::2])}
    return _each(seen, lambda field, axis: _cut(field, -before.get(axis, 0), 1))


def _layer_norm(call: AtenCall, seen: Seen) -> Seen | None:
    return None if max(seen.axes) >= -len(call.numbers("normalized_shape", 1)) else seen


def _batch_norm(call: AtenCall, seen: Seen) -> Seen | None:
    return None if call.values.get("training", call.values.get("train", False)) else seen


def _conv(call: AtenCall, seen: Seen) -> Seen | None:
    weight = call.values["weight"]
    assert isinstance(weight, Tensor)
    return None if call.values["transposed"] else _slid(call, seen, tuple(weight.shape[2:]))


def _pool(call: AtenCall, seen: Seen) -> Seen | None:
    return _slid(call, seen, call.numbers("kernel_size", 3 if "3d" in name_of(call.op) else 2))


def _slid(call: AtenCall, seen: Seen, kernel: tuple[int, ...]) -> Seen | None:
    """A window over the last axes: every tracked one must be among them, or not be slid over at all."""
    count = len(kernel)
    stride = call.numbers("stride", count) or kernel
    padding = call.numbers("padding", count)
    dilation = call.numbers("dilation", count) if "dilation" in call.values else (1,) * count

    def one(field: Field, axis: int) -> Field:
        return field.slid(kernel[axis], stride[axis], padding[axis], dilation[axis])

    return _each(seen, one) if min(seen.axes) >= -count else None


def _each(seen: Seen, change: Callable[[Field, int], Field]) -> Seen:
    return Seen((change(seen.fields[0], seen.axes[0]), change(seen.fields[1], seen.axes[1])), seen.axes)


_GROUPS: tuple[tuple[str, Callable[[AtenCall, Seen], Seen | None]], ...] = (
    ("contiguous detach alias lift_fresh", _same),
    ("_softmax _safe_softmax _log_softmax cumsum topk sort glu", _along_other_axes),
    ("split split_with_sizes unsafe_split unsafe_split_with_sizes", _along_other_axes),
    ("roll flip", _moved),
    ("sum mean amax amin max min var std linalg_vector_norm argmax logsumexp", _reduced),
    ("select unbind", _select),
    ("squeeze", _squeeze),
    ("unsqueeze", _unsqueeze),
    ("permute", _permute),
    ("transpose", _transpose),
    ("view _unsafe_view _reshape_alias reshape", _reshape),
    ("expand", _expand),
    ("slice", _slice),
    ("constant_pad_nd reflection_pad2d replication_pad2d", _pad),
    ("native_layer_norm _fused_rms_norm", _layer_norm),
    ("native_batch_norm _native_batch_norm_legit_no_training _batch_norm_no_update", _batch_norm),
    ("convolution", _conv),
    ("max_pool2d_with_indices max_pool2d max_pool3d_with_indices avg_pool2d avg_pool3d", _pool),
)
_RULES = {name: rule for names, rule in _GROUPS for name in names.split()}
