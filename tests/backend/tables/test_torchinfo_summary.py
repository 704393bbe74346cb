"""torchinfo counts as we do, and where it counts otherwise we know by how much."""

from __future__ import annotations

import pytest

from app.backend import analyze
from app.backend.tables.torchinfo_summary import mult_adds, summary
from inception_models import ARCHITECTURES


@pytest.mark.parametrize("key", ["googlenet", "inception_v2_slim", "inception_v3", "inception_resnet_v1", "xception"])
def test_torchinfos_counts_are_ours(key: str) -> None:
    analysis = analyze(ARCHITECTURES[key])
    theirs = summary(analysis.arch, analysis.input_size)
    assert theirs.params == analysis.params
    assert theirs.mult_adds == mult_adds(analysis) > analysis.macs


def test_it_lists_more_the_deeper_it_looks() -> None:
    texts = [summary(ARCHITECTURES["googlenet_naive"], 224, depth).text for depth in (1, 2, 3)]
    assert len(texts[0]) < len(texts[1]) < len(texts[2])
    assert "inception3a" in texts[0]
