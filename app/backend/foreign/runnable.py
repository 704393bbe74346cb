"""A network that is not of the family, with weights and ready to run: of torchvision or timm in PyTorch, of an .onnx
file in ONNX Runtime.

To be used in a process of its own (:mod:`.apart`): a file is somebody else's, and may ask for all memory and time.
Nothing is downloaded: trained weights are used where their library has fetched them to this machine before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

import torch
from onnx import StringStringEntryProto, TensorProto, ValueInfoProto
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from inception_models.arch.shapes import Shape
from inception_models.checkpoints.card import WITHIN, parse_card
from inception_models.checkpoints.preprocessing import Preprocessing, preprocessing_from_json

from .analysed import ModuleAnalysis
from .inspection import is_onnx
from .onnx_files.analysis import onnx_network
from .sentences import first_line, shape_words
from .sources import brought_module

Engine = Literal["PyTorch", "ONNX Runtime"]


@dataclass(frozen=True)
class TrainedState:
    """What is known of trained weights: what they are called, how pictures are prepared for them (None where nobody
    says it), and the names of their classes.
    """

    title: str
    steps: Preprocessing | None = None
    class_names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Runnable:
    """``run``: from an input ``[1, *shape]`` to the first output, and the output of the part that was asked for, where
    that is one tensor. ``trained``: None where the weights are random.
    """

    shape: Shape
    engine: Engine
    trained: TrainedState | None
    run: Callable[[Tensor], tuple[Tensor, Tensor | None]]


def runnable(source: str, shape: Shape | None = None, part: str = "") -> Runnable:
    """The network that ``source`` names, for an input of ``shape``. ``part``: the path of one of its parts.

    Raises:
        ValueError: with one sentence, where there is no such network, or nothing here that runs it.
        OSError: where a file cannot be read.
    """
    return _of_file(Path(source), shape, part) if is_onnx(source) else _of_library(source, shape, part)


# --- torchvision and timm --------------------------------------------------------------------------------------------


def _of_library(source: str, shape: Shape | None, part: str) -> Runnable:
    torch.manual_seed(0)
    library, _, name = source.partition(":")
    known = _fetched_torchvision(name) if library == "torchvision" else _fetched_timm(name)
    brought = brought_module(source, "cpu")
    module, trained = known or (brought.module, None)
    shape = shape or brought.shape
    if shape is None:
        raise ValueError(f"The shape of an input is needed for {source}, such as 3,224,224.")
    kept: list[object] = []
    if asked := dict(module.eval().named_modules()).get(part):
        asked.register_forward_hook(lambda module, args, output: kept.append(output))

    def run(x: Tensor) -> tuple[Tensor, Tensor | None]:
        kept.clear()
        try:
            with torch.inference_mode():
                outputs = [leaf for leaf in tree_leaves(module(x)) if isinstance(leaf, Tensor)]
        except Exception as problem:  # of the library's code
            words = shape_words(tuple(x.shape[1:]))
            raise ValueError(f"{name} does not run with one input of {words}: {first_line(problem)}") from problem
        if not outputs:
            raise ValueError(f"{name} returns no tensor, so there is nothing to show.")
        return outputs[0], kept[-1] if kept and isinstance(kept[-1], Tensor) else None

    return Runnable(shape, "PyTorch", trained, run)


def _fetched_torchvision(name: str) -> tuple[nn.Module, TrainedState] | None:
    """With the best weights, where torch has fetched them before."""
    from torchvision import models

    if name not in models.list_models():
        return None
    for weights in reversed(list(models.get_model_weights(name))):
        file = Path(torch.hub.get_dir()) / "checkpoints" / PurePosixPath(urlsplit(weights.url).path).name
        if file.is_file():
            module = models.get_model(name, weights=weights)
            return module, TrainedState(
                str(weights), _preset_steps(weights.transforms()), tuple(weights.meta.get("categories", ()))
            )
    return None


def _preset_steps(preset: object) -> Preprocessing | None:
    """The steps of a preset for classification; others have more."""
    try:
        (crop_px,), (resize_px,) = preset.crop_size, preset.resize_size  # type: ignore[attr-defined]
        interpolation = preset.interpolation.value  # type: ignore[attr-defined]
        return _steps(resize_px, crop_px, interpolation, preset.mean, preset.std)  # type: ignore[attr-defined]
    except (AttributeError, TypeError, ValueError):
        return None


def _steps(resize_px: int, crop_px: int, interpolation: str, mean: object, std: object) -> Preprocessing:
    """As :func:`preprocessing_from_json` checks them."""
    plain = asdict(Preprocessing(resize_px, crop_px))
    return preprocessing_from_json(plain | {"interpolation": interpolation, "mean": mean, "std": std})


def _fetched_timm(name: str) -> tuple[nn.Module, TrainedState] | None:
    """With trained weights, where huggingface_hub has fetched them before."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import timm
    from huggingface_hub import try_to_load_from_cache

    config = timm.models.get_pretrained_cfg(name) if timm.is_model(name) else None
    if config is None or not config.hf_hub_id:
        return None
    if not isinstance(try_to_load_from_cache(config.hf_hub_id, "model.safetensors"), str):
        return None
    size_px = config.input_size[-1]
    try:
        steps = _steps(int(size_px / config.crop_pct), size_px, config.interpolation, config.mean, config.std)
    except ValueError:  # an interpolation that is not known here
        steps = None
    return timm.create_model(name, pretrained=True), TrainedState(config.hf_hub_id, steps)


# --- files -----------------------------------------------------------------------------------------------------------


def _of_file(file: Path, shape: Shape | None, part: str) -> Runnable:
    try:
        import onnxruntime
    except ImportError:
        raise ValueError(
            "ONNX Runtime, which runs .onnx files, is not installed here; whoever runs the server adds it with pip"
            " install onnxruntime."
        ) from None
    network = onnx_network(file, shape)
    model, tensor = network.model, _tensor_of(network.analysis, network.tensors, part)
    stored = {each.name for each in model.graph.initializer}
    asked = next(each for each in model.graph.input if each.name not in stored)
    if asked.type.tensor_type.elem_type != TensorProto.FLOAT:
        raise ValueError("The file does not take 32-bit floats, so no picture can be put into it here.")
    first = model.graph.output[0].name
    if tensor and tensor not in (each.name for each in model.graph.output):
        model.graph.output.append(ValueInfoProto(name=tensor))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    except Exception as problem:  # the runtime's errors have no class in common
        raise ValueError(f"ONNX Runtime does not take the file: {first_line(problem)}") from problem

    def run(x: Tensor) -> tuple[Tensor, Tensor | None]:
        wanted = [first, tensor] if tensor else [first]
        try:
            outputs = [torch.as_tensor(each) for each in session.run(wanted, {asked.name: x.numpy()})]
        except Exception as problem:
            raise ValueError(f"ONNX Runtime cannot run the file: {first_line(problem)}") from problem
        return outputs[0], outputs[-1] if tensor else None

    return Runnable(network.analysis.in_shape, "ONNX Runtime", _carded(model.metadata_props, file.stem), run)


def _tensor_of(analysis: ModuleAnalysis, tensors: tuple[str, ...], part: str) -> str:
    """The name of what the last node of a part computes; empty where there is no such part."""
    inside = [i for i, node in enumerate(analysis.nodes) if node.path == part or node.path.startswith(f"{part}.")]
    return tensors[inside[-1]] if part and inside else ""


def _carded(texts: Iterable[StringStringEntryProto], title: str) -> TrainedState:
    """What the file says of its weights, where this program has written it."""
    card = next((entry.value for entry in texts if entry.key == WITHIN), "")
    try:
        known = parse_card(card, title)
    except ValueError:
        return TrainedState("in the file")
    return TrainedState("in the file", known.preprocessing, known.class_names)
