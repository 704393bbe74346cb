"""Runs generated code where neither this repository nor anything of it can be imported, one file after another.

``python -I clean_process.py FRAMEWORK`` reads a line of JSON for each file and answers with a line of JSON.
"""

from __future__ import annotations

import json
import runpy
import sys
import zlib
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode


def fill(state: Mapping[str, Tensor]) -> None:
    """Give every tensor of a state dict values that depend on its name and shape only, and keep activations sane."""
    for name, tensor in state.items():
        numbers = torch.rand(tensor.shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
        if name.endswith("num_batches_tracked"):
            tensor.zero_()
        elif tensor.ndim > 1:
            tensor.copy_((numbers - 0.5) * (12 / tensor[0].numel()) ** 0.5 * 1.4)
        elif name.endswith(("running_var", "bn.weight")):
            tensor.copy_(numbers * 0.2 + 0.9)
        else:
            tensor.copy_((numbers - 0.5) * 0.2)


def picture(size: int, pictures: int = 1) -> Tensor:
    return torch.rand(pictures, 3, size, size, generator=torch.Generator().manual_seed(size)) * 2 - 1


def count(net: nn.Module, size: int) -> dict[str, object]:
    """Keys, shapes, parameters and MACs of a network on the meta device, by torch's own counter."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net.eval()(torch.empty(1, 3, size, size, device="meta"))
    return {
        "state": [[name, list(tensor.shape)] for name, tensor in net.state_dict().items()],
        "params": sum(p.numel() for p in net.parameters()),
        "macs": counter.get_total_flops() // 2,
    }


def run_torch(net: nn.Module, size: int) -> dict[str, object]:
    """What a network is and returns; in training with the random numbers of a fixed seed."""
    state = net.state_dict()
    fill(state)
    about: dict[str, object] = {
        "state": [[name, list(tensor.shape)] for name, tensor in state.items()],
        "params": sum(p.numel() for p in net.parameters()),
    }
    with torch.no_grad():
        about["eval"] = net.eval()(picture(size)).flatten().tolist()
        torch.manual_seed(1)
        outputs = net.train()(picture(size, 2))
    about["fields"] = list(getattr(outputs, "_fields", ()))
    about["train"] = [x.flatten().tolist() for x in (outputs if isinstance(outputs, tuple) else (outputs,))]
    about["updated"] = [float(t.double().sum()) for name, t in net.state_dict().items() if "running" in name]
    return about


def run_keras(made: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, object]:
    """What the generated model returns with weights from a state dict of these names and shapes."""
    import keras

    state = {name: torch.empty(shape) for name, shape in job["state"]}
    fill(state)
    model = made[job["name"]](**({"with_aux": True} if job["with_aux"] else {}))
    made["load_torch_weights"](model, state)
    outputs = model(picture(job["size"]).permute(0, 2, 3, 1), training=False)
    every = outputs if isinstance(outputs, list | tuple) else [outputs]
    answer = {
        "outputs": [keras.ops.convert_to_numpy(x).flatten().tolist() for x in every],
        "params": sum(int(w.value.numel()) for w in model.trainable_weights),
    }
    keras.backend.clear_session()
    return answer


def answer(framework: str, job: Mapping[str, Any]) -> dict[str, object]:
    made = runpy.run_path(job["file"])
    strangers = [name for name in sys.modules if name.partition(".")[0] in ("inception_models", "app")]
    assert not strangers, strangers
    if framework == "keras":
        return run_keras(made, job)
    if job["counts"]:
        with torch.device("meta"):
            return count(made[job["name"]](), job["size"])
    return run_torch(made[job["name"]](), job["size"])


if __name__ == "__main__":
    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(answer(sys.argv[1], json.loads(line))), flush=True)
