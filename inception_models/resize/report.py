"""What became of each layer when weights were carried over (:mod:`.resize`), in plain sentences. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..arch.spec import Kernel, Unit
from .channels import NEW, Sources, is_same

LayerFate = Literal["kept", "reads", "wider", "narrower", "kernel", "norm", "identity", "new", "gone"]


@dataclass(frozen=True, slots=True)
class LayerChange:
    """What became of one layer, or of a part that only one of the networks has.

    ``before`` and ``after`` count filters (for ``reads`` the channels that it reads), where the network has the part.
    Kinds: ``kept`` to the last digit; ``reads`` other channels than before; ``wider`` and ``narrower`` of its own
    filters; another ``kernel``; BatchNorm or a bias on or off (``norm``); added as the ``identity``; ``new``; ``gone``.
    """

    path: str
    kind: LayerFate
    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Carried:
    """How one layer was carried over."""

    path: str
    units: tuple[Unit, Unit]
    filters: Sources
    filters_before: int
    reads: Sources
    reads_before: int
    kernels: tuple[Kernel, Kernel]
    known: bool  # whether anything that it reads was carried over too


def layer_changes(layer: Carried) -> tuple[LayerChange, ...]:
    """All that happened to one layer; that it was kept, if nothing did."""
    same = LayerChange(layer.path, "kept", layer.filters_before, layer.filters_before, "Its weights are kept.")
    return tuple(_changes(layer)) or (same,)


def _changes(layer: Carried) -> Iterator[LayerChange]:
    def change(
        kind: LayerFate, text: str, before: int = layer.filters_before, after: int = len(layer.filters)
    ) -> LayerChange:
        return LayerChange(layer.path, kind, before, after, text)

    if not is_same(layer.filters, layer.filters_before):
        wider = len(layer.filters) > layer.filters_before
        text = _counted(layer.filters, layer.filters_before, "filters", "stay")
        yield change("wider" if wider else "narrower", text)
    if not layer.known:
        text = "It keeps its weights, but what it reads is new."
        yield change("reads", text, layer.reads_before, len(layer.reads))
    elif not is_same(layer.reads, layer.reads_before):
        text = _counted(layer.reads, layer.reads_before, "inputs", "are read")
        yield change("reads", text, layer.reads_before, len(layer.reads))
    was, now = ("×".join(map(str, kernel)) for kernel in layer.kernels)
    if was != now:
        yield change("kernel", f"Its {was} filters are cut or padded with zeros to {now}.")
    text = _unit_text(*layer.units)
    if text:
        yield change("norm", text)


def _counted(sources: Sources, before: int, what: str, verb: str) -> str:
    """How many are still there, how many of them twice, and how many are new."""
    kept = len({s for s in sources if s != NEW})
    new = sources.count(NEW)
    copies = len(sources) - new - kept
    parts = [f"{kept} of {before} {what} {verb}"]
    if copies:
        parts.append(f"{copies} {'is a copy' if copies == 1 else 'are copies'}")
    if new:
        parts.append(f"{new} {'is' if new == 1 else 'are'} new")
    return f"{', '.join(parts)}."


def _unit_text(old: Unit, new: Unit) -> str:
    if old.norm and not new.norm:
        return (
            "Its BatchNorm is folded into its filters." if new.bias else "Its BatchNorm is gone without a bias for it."
        )
    if new.norm and not old.norm:
        return "Its BatchNorm starts as the identity."
    if old.bias and not new.bias:
        return "Its bias moves into the BatchNorm." if new.norm else "Its bias is left out."
    return "Its bias starts at zero." if new.bias and not old.bias else ""
