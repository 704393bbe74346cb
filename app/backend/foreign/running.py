"""Runs a ghost, and the graph that was traced from it, on an input without values, and counts both."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from torch import Tensor, fx, nn
from torch.utils._pytree import tree_leaves

from inception_models.arch.shapes import Shape

from ..analysis.kinds import UnknownOp
from .counting import Counter, LastCall, Step
from .module_copy import INNER, OneInput
from .sentences import first_line, place, shape_words
from .windows import Seen


@dataclass(frozen=True)
class Ran:
    """What one traced node did. ``shapes``: of the tensors that it returned, batch included."""

    step: Step
    shapes: tuple[Shape, ...]
    seen: Seen | None


class Counted(fx.Interpreter):
    """Runs a graph, and keeps what every node did."""

    def __init__(self, module: fx.GraphModule, counter: Counter) -> None:
        super().__init__(module)
        self.counter = counter
        self.ran: dict[fx.Node, Ran] = {}

    def run_node(self, n: fx.Node) -> object:
        self.counter.step = Step()
        result: object = super().run_node(n)
        tensors = [value for value in tree_leaves(result) if isinstance(value, Tensor)]
        shapes = tuple(tuple(tensor.shape) for tensor in tensors)
        self.ran[n] = Ran(self.counter.step, shapes, self.counter.seen(tensors[0]) if tensors else None)
        return result


class Shapes(fx.Interpreter):
    """Runs a graph, and keeps the shape of every tensor."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.shapes: dict[fx.Node, Shape] = {}

    def run_node(self, n: fx.Node) -> object:
        result: object = super().run_node(n)
        if isinstance(result, Tensor):
            self.shapes[n] = tuple(result.shape)
        return result


def run_counted(graph: fx.GraphModule, picture: Tensor) -> dict[fx.Node, Ran]:
    """Every node of ``graph`` with what it did for ``picture``."""
    counter = Counter(picture)
    runner = Counted(graph, counter)
    with counter:
        runner.run(picture)
    return runner.ran


def shapes_of_two(graph: fx.GraphModule, pictures: Tensor) -> dict[fx.Node, Shape]:
    """The shapes with two pictures, as far as the graph can run with two: they say which axis is the batch."""
    runner = Shapes(graph)
    try:
        runner.run(pictures)
    except Exception:  # of the person's own code; what ran until then has its shapes
        return runner.shapes
    return runner.shapes


# --- the module itself -----------------------------------------------------------------------------------------------


class NeedsIndices(ValueError):
    """The module takes whole numbers, as an embedding does."""


def flops_of_module(root: OneInput, picture: Tensor) -> int:
    """What torch's own counter counts when the module runs as it is written.

    Raises:
        UnknownOp: naming an op that the counter does not know, and the module that calls it.
        ValueError: naming the op and the module that fail.
    """
    stack: list[str] = []
    calls = LastCall()
    with ExitStack() as hooks:
        for path, part in root.named_modules():
            hooks.callback(part.register_forward_pre_hook(_enter(stack, path)).remove)
            hooks.callback(part.register_forward_hook(_leave(stack)).remove)
        try:
            counter = Counter(picture)
            with calls, counter:
                root(picture)
        except UnknownOp as problem:
            raise UnknownOp(f"{str(problem).rstrip('.')}: {_where(calls.name, stack)}.") from problem
        except Exception as problem:  # of the person's own code, which may raise anything
            kind = NeedsIndices if "indices" in str(problem) and picture.is_floating_point() else ValueError
            raise kind(_sentence(root.module, picture, _where(calls.name, stack), problem)) from problem
    return counter.flops


def _enter(stack: list[str], path: str) -> Callable[[nn.Module, object], None]:
    return lambda module, args: stack.append(path)


def _leave(stack: list[str]) -> Callable[[nn.Module, object, object], None]:
    def leave(module: nn.Module, args: object, result: object) -> None:
        stack.pop()

    return leave


def _where(op: str, stack: list[str]) -> str:
    return place(op, own_path(stack[-1]) if stack else "")


def own_path(path: str) -> str:
    """A path in :class:`.module_copy.OneInput` as a path in the person's module."""
    return path[len(INNER) + 1 :] if path.startswith(f"{INNER}.") or path == INNER else path


# what torch says of a tensor that has a shape and no values
_NO_VALUES = ("cannot be called on meta", "_local_scalar_dense", "copy out of meta", "data-dependent", "nonzero")


_OF_SHAPES = re.compile(r"size|shape|dim|channel|expected|match|index|range|reduction|divisible|kernel", re.IGNORECASE)


def _sentence(module: nn.Module, picture: Tensor, where: str, problem: Exception) -> str:
    name, words, line = type(module).__name__, str(problem), first_line(problem)
    if any(word in words for word in _NO_VALUES):
        return f"torch.fx and torch.export cannot trace {name}: {where} needs the values of a tensor, not a shape only."
    if "meta" in words or isinstance(problem, NotImplementedError):
        return f"{name} cannot run without values, on torch's meta device: {where} says: {line}"
    shape = shape_words(tuple(picture.shape[1:]))
    if isinstance(problem, RuntimeError | ValueError | IndexError | AssertionError) and _OF_SHAPES.search(words):
        return f"An input of {shape} does not fit {name}: {where} says: {line}"
    return f"{name} fails with an input of {shape}, after {where}: {type(problem).__name__}: {line}"
