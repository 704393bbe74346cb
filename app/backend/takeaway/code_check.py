"""Generated code beside the network that it is of: run in a process of its own, with the same weights and picture."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from safetensors.torch import load_file, save_file

from inception_models import Arch, build
from inception_models.codegen import Framework, module_name, source

from ..common.jobs import Progress
from ..common.quantity import exact

CHECK_SECONDS = 300
CANCEL_SECONDS = 0.3  # between two looks at whether it was cancelled
# Run where nothing of this program can be imported. It gets the framework and the network's name.
RUNNER = """
import runpy, sys
import torch
from safetensors.torch import load_file, save_file

framework, name = sys.argv[1:]
made = runpy.run_path("model.py")
state, picture = load_file("weights.safetensors"), load_file("picture.safetensors")["picture"]
if framework == "torch":
    net = made[name]().eval()
    net.load_state_dict(state)
    params = sum(p.numel() for p in net.parameters())
    with torch.no_grad():
        logits = net(picture)
else:
    import keras
    net = made[name]()
    made["load_torch_weights"](net, state)
    params = sum(int(w.value.numel()) for w in net.trainable_weights)
    logits = torch.from_numpy(keras.ops.convert_to_numpy(net(picture.permute(0, 2, 3, 1), training=False)))
save_file({"logits": logits.detach().contiguous(), "params": torch.tensor(params)}, "answer.safetensors")
"""


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """What running the code showed. ``difference``: the largest between the logits; ``largest``: the largest logit."""

    framework: Framework
    difference: float
    largest: float
    params: int

    @property
    def sentence(self) -> str:
        """What was measured, for a person."""
        return (
            f"The code was run beside the network with the same weights and picture: {exact(self.params)} parameters,"
            f" and the logits differ by {self.difference:.1e} at most, where the largest is {self.largest:.3g}."
        )


def checked_code(arch: Arch, framework: Framework = "torch", progress: Progress | None = None) -> CheckedCode:
    """Run the code of ``arch`` in a process of its own, beside the network, with the same random weights and picture.

    Raises:
        ValueError: with one sentence, where the code does not run here.
    """
    progress = progress or Progress()
    if framework == "keras" and find_spec("keras") is None:
        raise ValueError("Keras is not installed here, so its code was not run; pip install keras lets it.")
    progress.report(0.0, "the network")
    net = build(arch).eval()
    picture = torch.rand(1, 3, arch.input_size, arch.input_size)
    with torch.no_grad():
        logits = net(picture)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.py").write_text(source(arch, framework), encoding="utf-8")
        save_file({key: value.contiguous() for key, value in net.state_dict().items()}, folder / "weights.safetensors")
        save_file({"picture": picture}, folder / "picture.safetensors")
        _run(folder, framework, module_name(arch, framework), progress)
        answer = load_file(folder / "answer.safetensors")
    difference = float((answer["logits"] - logits).abs().max())
    return CheckedCode(framework, difference, float(logits.abs().max()), int(answer["params"]))


def _run(folder: Path, framework: Framework, name: str, progress: Progress) -> None:
    environment = {"OMP_NUM_THREADS": "1", **os.environ, "KERAS_BACKEND": "torch", "KERAS_HOME": str(folder)}
    command = [sys.executable, "-I", "-c", RUNNER, framework, name]
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            errors = _errors(process, progress)
        finally:
            process.kill()
    if process.returncode:
        last = (errors.strip().splitlines() or ["no reason given"])[-1]
        raise ValueError(f"The generated code did not run here: {last.rstrip('.')}.")


def _errors(process: subprocess.Popen[str], progress: Progress) -> str:
    """What the process says went wrong, once it has ended."""
    until = time.monotonic() + CHECK_SECONDS
    while time.monotonic() < until:
        progress.report(0.5, "the code beside it")  # which ends it, where somebody has cancelled
        try:
            return process.communicate(timeout=CANCEL_SECONDS)[1]
        except subprocess.TimeoutExpired:
            pass
    raise ValueError(f"The generated code ran for more than {CHECK_SECONDS} seconds and was stopped.")
