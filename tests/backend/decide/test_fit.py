"""Budgets: what is proposed is built and counted by torch, for every variant and strategy."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from app.backend import analyze, fit
from app.backend.decide.channels import stage_widths
from app.backend.decide.cost_model import CostModel
from app.backend.decide.fitting.budget import Budget
from app.backend.decide.fitting.fit import FitOptions, fitted
from app.backend.decide.fitting.importance import by_norm, by_taylor
from app.backend.decide.fitting.reach import OutOfReach
from app.backend.memory.inference import inference_memory
from app.backend.timing.latency import Latency, Timing
from inception_models import ARCHITECTURES, Arch, build, widths, with_widths
from inception_models.arch.spec import Branch, Conv, Residual, SplitConv
from inception_models.arch.tree import blocks, walk
from inception_models.edits.depth import repeats, with_repeats
from inception_models.edits.input_output import without_aux
from inception_models.net.losses import weighted_loss
from inception_models.training.batches import prepared
from tests.fuzzing import drawing
from tests.models.representative import ONE_OF_A_KIND, REPRESENTATIVE
from tests.models.tiny import halves, tiny
from tests.models.trained import small, trained

UNTRAINED = ("even", "sensitivity")


def counted(arch: Arch) -> tuple[int, int]:
    """Parameters and MACs of the built network, by torch alone."""
    net = build(without_aux(arch), "meta").eval()
    with FlopCounterMode(display=False) as counter:
        net(torch.empty(1, 3, arch.input_size, arch.input_size, device="meta"))
    return sum(p.numel() for p in net.parameters()), counter.get_total_flops() // 2


@cache
def model(key: str) -> CostModel:
    return CostModel(analyze(ARCHITECTURES[key]))


@pytest.mark.parametrize("key", REPRESENTATIVE)
@drawing(4)
@given(data=st.data())
def test_costs_of_any_widths_are_those_of_an_analysis(key: str, data: st.DataObject) -> None:
    arch, costs = ARCHITECTURES[key], model(key)
    each = 8 if any(isinstance(op, SplitConv) for _, op in walk(arch)) else 1  # whole shares of a split
    wide = {path: st.integers(1, 2 * width // each) for path, width in stage_widths(arch).items()}
    chosen = {path: each * data.draw(number) for path, number in wide.items()}
    analysis = analyze(with_widths(arch, chosen))
    w = costs.vector(chosen)
    assert (costs.macs.at(w), costs.params.at(w)) == (analysis.macs, analysis.params)
    assert costs.peak_bytes("float16", 3).at(w) == inference_memory(analysis, "float16", 3).peak.peak_bytes
    steps = np.array([data.draw(st.integers(0, int(n) - 1)) for n in w[:-1]], float)
    place = data.draw(st.integers(0, len(steps) - 1))
    fewer = w - steps[place] * np.eye(len(w))[place]
    for cost in (costs.macs, costs.params, costs.peak_bytes("float32", 1)):
        assert cost.at(w) - cost.saved(w, steps)[place] == pytest.approx(cost.at(fewer), rel=1e-12)


def test_copies_hold_what_entered_the_first_of_them() -> None:
    """In every published network a repeated block gives as many channels as enter it; in an edited one it need not."""
    narrow = dict.fromkeys(stage_widths(ARCHITECTURES["inception_v4"]), 1) | {"inception_a.branch_pool.proj": 9}
    analysis, costs = analyze(with_widths(ARCHITECTURES["inception_v4"], narrow)), model("inception_v4")
    want = inference_memory(analysis, "float16", 3).peak.peak_bytes
    assert costs.peak_bytes("float16", 3).at(costs.vector(narrow)) == want


@pytest.mark.parametrize("key", ONE_OF_A_KIND)
@pytest.mark.parametrize("strategy", UNTRAINED)
def test_torch_counts_what_was_proposed(key: str, strategy: str) -> None:
    original = analyze(ARCHITECTURES[key])
    limit = {"macs": 0.4 * original.macs, "params": 0.6 * original.params}
    result = fit(original.arch, **limit, strategy=strategy)
    assert counted(result.arch) == (result.params, result.macs)
    assert 0.99 <= max(result.macs / limit["macs"], result.params / limit["params"]) <= 1
    assert sum(step.macs_saved for step in result.steps) == original.macs - result.macs
    assert sum(step.params_saved for step in result.steps) == original.params - result.params
    assert {s.path: s.after for s in result.steps} == {
        path: width for path, width in widths(result.arch).items() if width != widths(original.arch)[path]
    }


@pytest.mark.parametrize("key", ["googlenet_bn", "inception_v3", "inception_resnet_v2", "xception"])
@drawing(12)
@given(data=st.data())
def test_every_budget_is_reached_from_below_or_the_sentence_says_why(key: str, data: st.DataObject) -> None:
    original = analyze(ARCHITECTURES[key])
    known = stage_widths(original.arch)
    names = data.draw(st.sets(st.sampled_from(("macs", "params", "weight_bytes", "peak_bytes")), min_size=1))
    full = {
        "macs": original.macs,
        "params": original.params,
        "weight_bytes": 4 * original.params,
        "peak_bytes": inference_memory(original).peak.peak_bytes,
    }
    limits = {name: full[name] * data.draw(st.floats(0.01, 1.2)) for name in sorted(names)}
    divisor = data.draw(st.sampled_from((1, 4, 8, 16)))
    lock = data.draw(st.lists(st.sampled_from([stage.name for stage in original.stages if stage.params]), max_size=2))
    strategy = data.draw(st.sampled_from(UNTRAINED))
    lock = [name for name in lock if any(path.split(".")[0] == name for path in known)]
    try:
        result = fitted(original.arch, Budget(**limits), FitOptions(strategy, tuple(lock), divisor))
    except OutOfReach:
        least = {p: n if p.split(".")[0] in lock else min(n, divisor) for p, n in known.items()}
        smallest = analyze(with_widths(original.arch, least))
        reached = {
            "macs": smallest.macs,
            "params": smallest.params,
            "weight_bytes": 4 * smallest.params,
            "peak_bytes": inference_memory(smallest).peak.peak_bytes,
        }
        if not any(reached[name] > limit for name, limit in limits.items()):
            raise
        return
    assert all(goal.share <= 1 for goal in result.goals)
    assert max(goal.share for goal in result.goals) >= 0.99 or result.note
    for step in result.steps:
        assert step.path.partition(".")[0] not in lock
        assert step.after % divisor == 0 or step.after == min(divisor, step.before)
        assert 1 <= step.after < step.before


@pytest.mark.parametrize("divisor", [1, 4])
def test_widths_stay_whole_where_a_split_takes_an_eighth(divisor: int) -> None:
    """Such a width is a multiple of 8 however small the divisor: in proportion, costs would be those of no network."""
    original = with_widths(ARCHITECTURES["inceptionnext_tiny"], {"stem": 93})
    smallest = rf"at its smallest \({divisor}, or 8 where channels are split\)"
    with pytest.raises(OutOfReach, match=smallest) as caught:
        fit(original, params=1000, divisor=divisor)
    assert caught.value.possible is not None
    for limit in (caught.value.possible, 0.3 * analyze(original).params):
        result = fit(original, params=limit, divisor=divisor)
        assert counted(result.arch) == (result.params, result.macs)
        assert 0.99 * limit <= result.params <= limit
        assert widths(result.arch)["stem"] % 8 == 0
        assert sum(step.params_saved for step in result.steps) == analyze(original).params - result.params


def test_a_budget_that_no_width_reaches_says_what_is_in_the_way() -> None:
    arch = ARCHITECTURES["inception_v3"]
    with pytest.raises(OutOfReach, match=r"still 1\.37 GMACs, 51% of that in Conv2d_4a_3x3 \(it is locked\)") as caught:
        fit(arch, macs=1e9, lock=["Conv2d*"])
    least = caught.value.possible
    assert least is not None
    assert counted(fit(arch, macs=least, lock=["Conv2d*"]).arch)[1] == least
    with pytest.raises(ValueError, match="did you mean Mixed_5d"):
        fit(arch, macs=1e9, lock=["Mixed_5x"])
    with pytest.raises(ValueError, match="needs at least one limit"):
        fit(arch)


def test_what_fits_already_stays_the_same_network() -> None:
    arch = ARCHITECTURES["googlenet"]
    result = fit(arch, macs=1e12)
    assert result.arch is arch or result.arch == arch
    assert not result.steps
    assert "nothing has to change" in result.note


def test_channels_that_are_added_stay_equal() -> None:
    """Two branches of a block with an identity shortcut together have as many channels as its input."""
    arch = tiny()
    block = Residual("same", (Branch("a", (Conv("conv", 32),)), Branch("b", (Conv("conv", 32),))), projection=False)
    at = [stage.name for stage in arch.stages].index("inception3a") + 1
    channels = analyze(arch).stage("inception3a").out_shape[0]
    halves_of = replace(
        block, branches=tuple(replace(b, ops=(replace(b.ops[0], width=channels // 2),)) for b in block.branches)
    )
    residual = replace(arch, stages=(*arch.stages[:at], halves_of, *arch.stages[at:]))
    assert "same" in blocks(residual)
    for strategy in UNTRAINED:
        result = fit(residual, macs=0.8 * analyze(residual).macs, strategy=strategy, divisor=1)
        assert counted(result.arch)[1] == result.macs


def test_a_larger_receptive_field_is_made_of_copies() -> None:
    shallow = with_repeats(ARCHITECTURES["inception_resnet_v1"], dict.fromkeys(("block35", "block17", "block8"), 1))
    result = fit(shallow, receptive_field_px=900, macs=1e9)
    assert result.before.receptive_field_px < 900 <= result.after.receptive_field_px
    assert repeats(result.arch)["block8"] > 1
    assert counted(result.arch)[1] == result.macs <= 1e9
    with pytest.raises(OutOfReach, match="the most possible is 715 px"):
        fit(ARCHITECTURES["googlenet"], receptive_field_px=900)
    assert fit(ARCHITECTURES["inception_v3"], receptive_field_px=700).steps == ()


def test_milliseconds_are_measured_again_until_they_fit() -> None:
    """On a machine where stages cost their MACs and every stage a constant on top, which the estimate does not know."""
    seen: list[Arch] = []

    def measure(arch: Arch) -> Latency:
        seen.append(arch)
        stages = tuple(Timing(s.name, s.macs / 1e11 + 1e-4, 0, 0) for s in analyze(arch).stages)
        total = sum(stage.seconds for stage in stages)
        return Latency(arch, "CPU", 1, "float32", 1, 1, Timing("", total, 0, 0), stages)

    arch = ARCHITECTURES["googlenet"]
    full = measure(arch).total.seconds
    result = fitted(arch, Budget(seconds=full / 2), FitOptions(measure=measure))
    assert 0.97 * full / 2 <= measure(result.arch).total.seconds <= full / 2
    assert result.after.seconds == measure(result.arch).total.seconds
    assert len(seen) <= 9


# --- trained weights -------------------------------------------------------------------------------------------------


def test_weak_filters_go_first() -> None:
    """Most filters of one layer do nothing: it loses them, though every other place would save as much for each."""
    arch = tiny()
    net = build(arch).eval()
    path = "inception3a.branch3x3.conv"
    with torch.no_grad():
        net.get_submodule(path).conv.weight[:12] *= 1e-4
    assert widths(arch)[path] == 16
    without = analyze(with_widths(arch, {path: 4})).macs
    result = fit(arch, macs=without, strategy="weights", importance=by_norm(net), divisor=4)
    assert [(step.path, step.after) for step in result.steps] == [(path, 4)]
    assert fit(arch, macs=without, strategy="sensitivity", divisor=4).steps[0].path != path


@pytest.mark.parametrize("key", ["inception_resnet_v1", "xception", "googlenet"])
def test_norms_of_every_place_are_there(key: str) -> None:
    arch = small(key)
    importance = by_norm(trained(arch))
    assert {path: len(numbers) for path, numbers in importance.numbers.items()} == stage_widths(arch)
    macs = 0.6 * analyze(arch).macs
    result = fit(arch, macs=macs, strategy="weights", importance=importance, divisor=1)
    assert 0.99 * macs <= counted(result.arch)[1] <= macs


def test_taylor_importance_is_the_slope_of_the_loss() -> None:
    """Numerically: the loss of a network in which one filter is a little stronger."""
    arch, data = tiny(classes=2), halves(24)
    torch.manual_seed(0)
    net = build(arch).eval()
    importance = by_taylor(net, data, pictures=16)
    path, filter_ = "inception3a.branch1x1.conv", 3
    chosen = data.train[torch.randperm(len(data.train), generator=torch.Generator().manual_seed(0))[:16]]
    pictures = prepared(chosen.images, data.mean, data.std, arch.input_size).double()
    net = net.double()
    norm = net.get_submodule(path).bn

    def loss(factor: float) -> float:
        with torch.no_grad():
            norm.weight[filter_] *= factor
            norm.bias[filter_] *= factor
            value = weighted_loss(net(pictures), chosen.labels, arch).item()
            norm.weight[filter_] /= factor
            norm.bias[filter_] /= factor
        return value

    slope = (loss(1 + 1e-5) - loss(1 - 1e-5)) / 2e-5
    assert np.isclose(importance.numbers[path], slope**2, rtol=1e-3).any()
    with pytest.raises(ValueError, match="10 outputs and halves has 2 classes"):
        by_taylor(build(tiny()).eval(), data)
