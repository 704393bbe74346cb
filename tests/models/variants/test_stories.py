"""The numbers in a story, but for what a paper says, against the networks; and what has no published reference."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from app.backend import analyze
from app.backend.analysis.notebook import analysis_html
from app.backend.decide.comparing.compare import compare
from app.backend.takeaway.paper_table import caption
from app.commands.summary import summary_of
from app.frontend.kit.variant_list import variant_label
from inception_models import ARCHITECTURES, widths, with_widths
from inception_models.arch.notebook import arch_html
from inception_models.arch.spec import BatchNorm, Unit
from inception_models.codegen.header import described
from tests.app_server import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")

# Grouped digits, a number with a unit, three digits alone; not years, and not what is after a decimal point.
NUMBER = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:[KMG]\b| G\b| billion| million| times)|\d{3})(?![\w,.]*\d)(?!\w)"
)
PRINTED = {  # in papers, or counted on data sets: nothing to compute
    "googlenet": {"2.7K", "34M", "1.5 billion", "54M"},
    "inception5h": {"54M"},
    "inception_v2_rethinking": {"25 million", "4.8 billion"},
    "inception_resnet_v1_facenet": {"8,631", "10,575"},  # identities
}


def params(key: str) -> int:
    return analyze(ARCHITECTURES[key]).params


def macs(key: str, stage: str = "") -> int:
    analysis = analyze(ARCHITECTURES[key])
    return analysis.stage(stage).macs if stage else analysis.macs


def out(key: str, *stages: str) -> set[str]:
    """Output channels."""
    return {f"{analyze(ARCHITECTURES[key]).stage(stage).out_shape[0]:,}" for stage in stages}


def filters(key: str, *paths: str) -> set[str]:
    return {str(widths(ARCHITECTURES[key])[path]) for path in paths}


def without_scales(key: str) -> str:
    """Parameters, where BatchNorm has no trained scale."""
    norm = BatchNorm(gamma=False)
    return f"{analyze(replace(ARCHITECTURES[key], unit=Unit(norm=norm))).params:,}"


def googlenet() -> set[str]:
    stem = analyze(ARCHITECTURES["inception_v2_slim"]).stage("Conv2d_1a_7x7")
    plain = analyze(ARCHITECTURES["googlenet"]).stage("conv1_7x7_s2")
    wider = with_widths(ARCHITECTURES["googlenet"], {"inception5a.branch5x5.reduce": 48})
    return {
        f"{stem.params - 64:,}",  # but for its biases
        f"{stem.macs / 1e6:.1f}M",
        f"{plain.params - 64:,}",
        f"{plain.macs / 1e6:.1f}M",
        f"{macs('googlenet') / 1e9:.3f} G",
        f"{macs('googlenet', 'inception5a') / 1e6:.1f}M",
        f"{analyze(wider).stage('inception5a').macs / 1e6:.1f}M",
    }


def naive() -> set[str]:
    more_params = params("googlenet_naive") / params("googlenet")
    more_macs = macs("googlenet_naive") / macs("googlenet")
    ends = out("googlenet_naive", "inception3a", "inception5b")
    return {*ends, f"{more_params:.0f} times", f"{more_macs:.0f} times"}


def inception5h() -> set[str]:
    reduce = "mixed5a.branch5x5.reduce"
    return {
        *filters("inception5h", "mixed4a.branch3x3.conv"),
        *filters("googlenet", "inception4a.branch3x3.conv"),
        *out("inception5h", "mixed4a"),
        f"{ARCHITECTURES['inception5h'].classes:,}",
        f"{params('inception5h'):,}",
        f"{analyze(with_widths(ARCHITECTURES['inception5h'], {reduce: 32})).params:,}",
        f"{macs('inception5h', 'mixed5a') / 1e6:.1f}M",
    }


def keras(key: str) -> set[str]:
    """A running mean and a running variance for each trained scale that the other libraries have."""
    trained = params(f"{key}_keras")
    return {f"{trained:,}", f"{trained + 2 * (params(key) - trained):,}"}


def bn_inception() -> set[str]:
    return {
        *filters("bn_inception", "inception_4c.branch_pool.proj"),
        *out("bn_inception", "inception_4c", "inception_4d", "inception_4e"),
        *out("inception_v2_slim", "Mixed_4d"),
    }


def inception_v2_slim() -> set[str]:
    costs = {f"{cost / 1e6:.0f}M" for cost in
             (macs("inception_v2_slim", "Conv2d_1a_7x7"), macs("googlenet", "conv1_7x7_s2"))}  # fmt: skip
    return costs | out("inception_v2_slim", "Mixed_4d", "Mixed_4e", "Mixed_5a")


def rethinking() -> set[str]:
    inner = (f"Mixed_6{place}.branch7x7.reduce" for place in "bcde")
    return out("inception_v2_rethinking", "Mixed_5b", "Mixed_6a", "Mixed_7a") | filters(
        "inception_v2_rethinking", *inner
    )


def facenet() -> set[str]:
    arch = ARCHITECTURES["inception_resnet_v1_facenet"]
    return {str(arch.input_size), str(arch.classes)}


def expected() -> dict[str, set[str]]:
    slim = params("googlenet_slim")
    return {
        "googlenet": googlenet(),
        "googlenet_naive": naive(),
        "googlenet_cifar": {str(ARCHITECTURES["googlenet"].input_size)},
        "googlenet_slim": {f"{slim:,}", f"{params('googlenet_torchvision') - slim:,}"},
        "inception5h": inception5h(),
        "bn_inception": bn_inception(),
        "inception_v2_slim": inception_v2_slim(),
        "bn_inception_caffe2": out("bn_inception_caffe2", "inception_4c", "inception_4d", "inception_4e"),
        "inception_v2_rethinking": rethinking(),
        "inception_v3": {without_scales("inception_v3"), *filters("inception_v3", "Conv2d_4a_3x3")},
        "inception_v3_fid": {*out("inception_v3_fid", "Mixed_7c"), "1,008", f"{params('inception_v3_fid'):,}"},
        "inception_v3_keras": keras("inception_v3"),
        "inception_v4": {without_scales("inception_v4")},
        "inception_resnet_v1_facenet": facenet(),
        "inception_resnet_v2": {without_scales("inception_resnet_v2"), *out("inception_resnet_v2", "conv2d_7b")},
        "inception_resnet_v2_keras": keras("inception_resnet_v2"),
    }


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_the_numbers_of_a_story_are_those_of_its_network(key: str) -> None:
    about = ARCHITECTURES[key].about
    claims = [claim.text for claim in (*about.story, *about.differences) if claim.kind != "paper"]
    stated = {number for text in claims for number in NUMBER.findall(text)}
    assert stated == expected().get(key, set()) | PRINTED.get(key, set())


@pytest.mark.parametrize("key", [key for key, arch in ARCHITECTURES.items() if arch.about.standing != "published"])
def test_what_has_no_reference_is_called_so_wherever_it_is_named(key: str) -> None:
    analysis, standing = analyze(ARCHITECTURES[key]), ARCHITECTURES[key].about.standing
    assert summary_of(analysis)["standing"] == standing
    named = (
        variant_label(key),
        next(described(analysis.arch)),  # the code that is written for it
        caption(analysis, analysis),
        compare(analysis.arch, analysis.arch).names[0],
        analysis_html(analysis),
        arch_html(analysis.arch),
    )
    for text in named:
        assert f"({standing})" in text
    assert re.search(rf"\| `{key}` \| .*\({standing}\),", README)


def test_the_readme_counts_them() -> None:
    kinds = Counter(arch.about.standing for arch in ARCHITECTURES.values())
    assert kinds == {"published": 25, "reconstruction": 3, "thought experiment": 1}
    assert "Twenty-nine networks" in README
    assert "Three have none and are called reconstructions, one was never built" in README
