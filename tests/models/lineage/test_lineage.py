"""Each script ends in the published network, exactly, and every network on the way is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.backend import analyze
from inception_models import ARCHITECTURES, Arch, build
from inception_models.lineage import LINEAGES, Lineage

PARAMS = {  # trainable, without heads: FACTS of the released implementations
    "bn_inception": 11_295_240,
    "inception_v3": 23_834_568,
    "inception_v4": 42_679_816,
    "inception_resnet_v2": 55_843_464,
}
NAMES = [f"{lineage.start.key} to {lineage.end.key}" for lineage in LINEAGES]


@pytest.mark.parametrize("lineage", LINEAGES, ids=NAMES)
def test_a_script_ends_in_the_published_network(lineage: Lineage) -> None:
    end = lineage.networks[-1]
    assert lineage.networks[0] == ARCHITECTURES[lineage.start.key]
    assert end == ARCHITECTURES[lineage.end.key]
    assert analyze(end).params == PARAMS[end.key]


def test_each_script_begins_where_the_last_one_ended() -> None:
    assert [lineage.start for lineage in LINEAGES[1:]] == [lineage.end for lineage in LINEAGES[:-1]]


@pytest.mark.parametrize("lineage", LINEAGES, ids=NAMES)
def test_every_network_on_the_way_is_another_one_and_builds(lineage: Lineage) -> None:
    networks = lineage.networks
    assert len(set(networks)) == len(networks) == len(lineage.mutations) + 1
    for arch in networks:
        built = sum(weight.numel() for weight in build(arch, device="meta").parameters())
        assert built == analyze(arch).params_with_aux


@pytest.mark.parametrize("lineage", LINEAGES, ids=NAMES)
def test_a_step_is_what_it_says(lineage: Lineage) -> None:
    for mutation, before, after in zip(lineage.mutations, lineage.networks, lineage.networks[1:], strict=False):
        same = (analyze(before).params, analyze(before).macs) == (analyze(after).params, analyze(after).macs)
        if mutation.kind == "rename":
            assert same
            assert _nameless(before) == _nameless(after)
        if mutation.kind == "idea":
            assert mutation.source, f"{mutation.title}: an idea is somebody's"


def _nameless(arch: Arch) -> tuple[object, ...]:
    """All of a network but its name, story and stages' names."""
    stages = [repr(stage).replace(f"name='{stage.name}'", "name=''", 1) for stage in arch.stages]
    return stages, arch.unit, arch.input_size, arch.classes, [replace(head, tap="") for head in arch.aux]
