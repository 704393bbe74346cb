"""Fine-tuning: what is frozen stays to the last bit, what is not moves, and a run that was stopped goes on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from inception_models import ARCHITECTURES, build, with_widths
from inception_models.checkpoints.demo import FILE, demo
from inception_models.checkpoints.preprocessing import caffe_bgr
from inception_models.edits.input_output import with_classes, with_input_size, without_aux
from inception_models.edits.widths import scaled
from inception_models.training.batches import prepared
from inception_models.training.datasets import Data
from inception_models.training.run import Options, Run, TrainingProgress
from inception_models.training.start import TRAINED_SHARE, Start, Tuning, effective_steps, start_from, usual_head_epochs
from inception_models.training.train import train
from tests.models.tiny import halves

Tensors = dict[str, torch.Tensor]
OPTIONS = Options(epochs=3, batch=18, learning_rate=0.05, seed=5)  # two steps an epoch
SMALL = with_classes(with_input_size(scaled(without_aux(ARCHITECTURES["googlenet_bn"]), 0.05), 32), 2)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the small network with five classes, its BatchNorm statistics unlike those of a new one."""
    torch.manual_seed(0)
    net = build(with_classes(SMALL, 5))
    for _ in range(3):
        net.train()(torch.rand(8, 3, 32, 32))
    file = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_file(net.state_dict(), file)
    return file


def copied(run: Run) -> Tensors:
    return {name: value.clone() for name, value in run.net.state_dict().items()}


def unlike(one: Tensors, other: Tensors) -> set[str]:
    """The stages of which a tensor is not bit-identical."""
    assert one.keys() == other.keys()
    return {key.partition(".")[0] for key, value in one.items() if not torch.equal(value, other[key])}


def test_frozen_stages_stay_to_the_last_bit_and_all_others_move(weights: Path) -> None:
    run = Run(SMALL, halves(), OPTIONS, start_from(SMALL, weights, Tuning(1, ("conv*", "inception4?"))))
    before = copied(run)
    while run.step < run.steps:
        run.advance()
    assert unlike(before, copied(run)) == {"inception3a", "inception3b", "inception5a", "inception5b", "fc"}
    assert any(key.startswith("inception4e.") and key.endswith("running_var") for key in before)


def test_the_head_learns_alone_at_first_then_everything_does(weights: Path) -> None:
    start = start_from(SMALL, weights, Tuning(1))
    run = Run(SMALL, halves(), OPTIONS, start)
    at_first = copied(run)
    trained = {key: value for key, value in start.state.items() if not key.startswith("fc.")}
    assert all(torch.equal(value, at_first[key]) for key, value in trained.items())
    for _ in range(run.steps_an_epoch):
        run.advance()
    assert unlike(at_first, copied(run)) == {"fc"}
    run.advance()
    stages = {key.partition(".")[0] for key in at_first}
    assert unlike(at_first, copied(run)) == stages
    assert [group["lr"] for group in run.optimizer.param_groups] == pytest.approx([0.05, 0.05 * TRAINED_SHARE])


@pytest.mark.parametrize("killed_at", [3, 7], ids=lambda n: f"killed at call {n}")
def test_a_run_that_was_stopped_or_killed_in_either_phase_goes_on_bit_by_bit(
    weights: Path, tmp_path: Path, killed_at: int
) -> None:
    """An epoch takes four calls: two steps, the judging, its end. Ctrl-C keeps the step, a kill the last epoch."""
    heard: list[TrainingProgress] = []
    stopped, killed = tmp_path / "stopped.pt", tmp_path / "killed.pt"

    def stop(at: TrainingProgress) -> None:
        heard.append(at)
        if len(heard) == killed_at:
            if stopped.exists():
                shutil.copy(stopped, killed)
            raise KeyboardInterrupt

    def start(head_epochs: int = 1) -> Start:
        return start_from(SMALL, weights, Tuning(head_epochs, ("conv1",)))

    whole = train(SMALL, halves(), OPTIONS, start=start())
    with pytest.raises(KeyboardInterrupt):
        train(SMALL, halves(), OPTIONS, stop, stopped, start())
    for checkpoint in (stopped, killed):
        torch.rand(3)
        again = train(SMALL, halves(), OPTIONS, None, checkpoint, start())
        assert not unlike(whole.net.state_dict(), again.net.state_dict())
        assert [e.validation_loss for e in whole.curve] == [e.validation_loss for e in again.curve]
    with pytest.raises(ValueError, match="another start"):
        train(SMALL, halves(), OPTIONS, None, stopped, start(head_epochs=2))


def test_a_head_stays_only_where_it_was_trained_for_these_very_classes() -> None:
    arch, names = demo().arch, demo().class_names
    start = start_from(arch, "demo", Tuning(0))
    same, other = build(arch), build(arch)
    start.begin(same, names, 1)
    start.begin(other, names[::-1], 1)
    assert not unlike(same.state_dict(), dict(start.state))
    assert unlike(other.state_dict(), dict(start.state)) == {"fc"}


def test_an_edited_network_starts_with_the_weights_carried_over() -> None:
    arch = with_widths(demo().arch, {"inception4e.branch1x1.conv": 5})
    start = start_from(arch, FILE, Tuning(1, ("inception3a",)))
    Run(arch, replace(halves(), classes=demo().class_names), OPTIONS, start).advance()
    assert start.frozen == ("inception3a",)


def test_auxiliary_heads_that_the_weights_lack_are_new_and_the_same_every_time() -> None:
    arch = with_classes(with_input_size(replace(demo().arch, aux=ARCHITECTURES["googlenet_bn"].aux), 112), 2)
    runs = [Run(arch, halves(), OPTIONS, start_from(arch, "demo", Tuning(1))) for _ in range(2)]
    assert {"aux1", "aux2", "fc"} <= (runs[0].phases.new if runs[0].phases else set())
    assert not unlike(copied(runs[0]), copied(runs[1]))
    assert runs[0].phases == runs[1].phases


@pytest.mark.parametrize(
    "freeze, hint",
    [
        (["conv9"], r"no stage 'conv9' to freeze; there are conv1, "),
        (["inception9*"], "no stage"),
        (["*"], "fc learns the classes"),
        (["fc"], "give the head alone all epochs"),
    ],
    ids=str,
)
def test_what_cannot_be_frozen_is_said(freeze: list[str], hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        start_from(demo().arch, "demo", Tuning(1, tuple(freeze)))


def test_what_does_not_go_together_is_refused(weights: Path) -> None:
    with pytest.raises(ValueError, match="from 0 to 3, not 4"):
        Run(SMALL, halves(), OPTIONS, start_from(SMALL, weights, Tuning(4)))
    with pytest.raises(ValueError, match="another network"):
        Run(with_input_size(SMALL, 64), halves(), OPTIONS, start_from(SMALL, weights, Tuning(1)))
    with pytest.raises(ValueError, match="not fine-tuning"):
        start_from(SMALL, "random", Tuning(1))
    assert [usual_head_epochs(epochs) for epochs in (1, 2, 10)] == [0, 1, 2]


def test_pictures_are_prepared_as_the_weights_expect() -> None:
    steps = caffe_bgr(8)
    images = torch.randint(256, (5, 3, 8, 8), generator=torch.Generator().manual_seed(0)).byte()
    data = halves()
    coloured = Data("", ("a", "b"), replace(data.train, images=images), data.test)
    got = coloured.expected(effective_steps(steps, 8, (8, 8)))
    wanted = images.float().flip(1) - torch.tensor(steps.mean)[:, None, None]  # Caffe's own: BGR, 0 to 255, minus mean
    assert torch.allclose(prepared(got.train.images, got.mean, got.std, 8), wanted, atol=1e-2)
