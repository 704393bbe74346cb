"""A person's module as a graph: by torch.fx, and by torch.export where torch.fx cannot follow its Python."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, fx

from ..analysis.trace import ONE_TRACE, Tracer
from .analysed import TracedWith
from .module_copy import OneInput
from .running import Ran, run_counted
from .sentences import first_line


@dataclass(frozen=True)
class Program:
    """A traced module, and what every node of it did with one picture."""

    graph: fx.GraphModule
    ran: dict[fx.Node, Ran]
    traced_with: TracedWith


def traced(root: OneInput, picture: Tensor, flops: int) -> Program:
    """``root`` as a graph that does exactly what torch's counter counted: ``flops``.

    Raises:
        ValueError: where neither torch.fx nor torch.export gives such a graph.
    """
    problems: list[str] = []
    tracers: dict[TracedWith, Callable[[OneInput, Tensor], fx.GraphModule]]
    tracers = {"torch.fx": _by_fx, "torch.export": _by_export}
    for traced_with, trace in tracers.items():
        try:
            graph = trace(root, picture)
            ran = run_counted(graph, picture)
        except Exception as problem:  # torch.fx and torch.export run the person's own Python, which may raise anything
            problems.append(f"{traced_with}: {first_line(problem)}")
            continue
        counted = sum(node.step.flops for node in ran.values())
        if counted == flops:
            return Program(graph, ran, traced_with)
        problems.append(f"{traced_with} gives a graph of {counted // 2:,} MACs where the module has {flops // 2:,}.")
    raise ValueError(f"torch.fx and torch.export cannot trace {type(root.module).__name__}. {' '.join(problems)}")


def _by_fx(root: OneInput, picture: Tensor) -> fx.GraphModule:
    tracer = Tracer()
    tracer.param_shapes_constant = True
    graph = fx.GraphModule(root, tracer.trace(root))
    for node in graph.graph.nodes:
        if node.op == "get_attr":  # a constant that the forward makes
            _to_meta(graph, str(node.target))
    return graph


def _to_meta(graph: fx.GraphModule, target: str) -> None:
    owner, _, name = target.rpartition(".")
    holder = graph.get_submodule(owner)
    value = getattr(holder, name, None)
    if isinstance(value, Tensor) and not value.is_meta:
        setattr(holder, name, value.to("meta"))


def _by_export(root: OneInput, picture: Tensor) -> fx.GraphModule:
    with ONE_TRACE, _quiet():
        graph = torch.export.export(root, (picture,), strict=False).module()
    assert isinstance(graph, fx.GraphModule)
    return graph


@contextmanager
def _quiet() -> Iterator[None]:
    """torch logs what it cannot export, before it raises it."""
    level = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(level)
