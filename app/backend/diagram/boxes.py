"""From the traced nodes of one part to its boxes, with their numbers.

A part is a stage, one copy of a repeated block, or an auxiliary head. Its boxes do not depend on where in the network
it is, so equal copies share them, and they are cached for as long as the analysis keeps the part's nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from inception_models.arch.shapes import Shape
from inception_models.arch.spec import AuxHead, Inception, Repeat, Residual

from ..analysis.graph import Node
from ..analysis.network import StageCost
from ..analysis.receptive_field import Fields
from .box_plan import BoxPlan, BoxSize, PartKey, PlannedBox, box_plan
from .roles import BoxRole, role_of, roles_of


@dataclass(frozen=True, eq=False)
class BoxSpec:
    """A box within its part: ``inner`` is its path inside the part, ``field`` refers to the part's input.

    ``size`` does not depend on any filter count or shape. ``nodes`` is empty where the box is a whole block.
    """

    inner: str
    size: BoxSize
    part: StageCost
    role: BoxRole
    nodes: tuple[Node, ...]
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int
    field: Fields


@dataclass(frozen=True, eq=False)
class PartBoxes:
    """The boxes of a part in the order of its ``plan``, which has the edges between them."""

    boxes: tuple[BoxSpec, ...]
    plan: BoxPlan


def boxes_of(part: StageCost, fused: bool, joined: bool) -> PartBoxes:
    """The boxes of ``part``, which is not a repeat.

    ``fused``: the layers of an op (convolution, normalisation, activation) share a box. ``joined`` draws a block's end
    as the papers do: what is concatenated goes straight into the projection or the outer concatenation, and scale,
    addition and activation are one box.
    """
    return _boxes_of(PartKey(part, part.nodes), fused, joined)


def stage_box(part: StageCost) -> BoxSpec:
    """A stage or aux head as one box."""
    op = None if isinstance(part.part, Inception | Residual | Repeat | AuxHead) else part.part
    return BoxSpec(
        "",
        "stage",
        part,
        BoxRole(op),
        part.nodes if op else (),
        part.in_shape,
        part.out_shape,
        part.params,
        part.macs,
        part.field,
    )


@lru_cache(maxsize=512)
def _boxes_of(key: PartKey, fused: bool, joined: bool) -> PartBoxes:
    plan, roles = box_plan(key.part, fused, joined), roles_of(key.part.part)
    return PartBoxes(tuple([_box(key.part, box, role_of(box.inner, roles)) for box in plan.boxes]), plan)


def _box(part: StageCost, planned: PlannedBox, role: BoxRole) -> BoxSpec:
    nodes = tuple([part.nodes[i] for i in planned.at])
    return BoxSpec(
        planned.inner,
        planned.size,
        part,
        role,
        nodes,
        nodes[0].in_shape,
        nodes[-1].out_shape,
        sum([n.params for n in nodes]),
        sum([n.macs for n in nodes]),
        nodes[-1].field,
    )
