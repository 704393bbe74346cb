"""Modules by name: ``torchvision:resnet50``, ``timm:efficientnet_b0``, or a person's own ``package.module:callable``.

Of files only .onnx is taken, which :mod:`.onnx_files` reads: every other reader of a whole network in a file can run
code that the file brings along.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from types import ModuleType

import torch
from torch import nn

from inception_models.arch.shapes import Shape

from ..common.brought import LIBRARIES
from .sentences import first_line

_FILES = {
    ".pt2": "torch.export.load unpickles parts of a .pt2 file, which can run code; export it to .onnx.",
    **dict.fromkeys(
        (".pt", ".pth", ".ckpt", ".bin", ".safetensors"),
        "A file of weights does not say what the network computes; name the network or export it to .onnx.",
    ),
}


@dataclass(frozen=True)
class BroughtModule:
    """A module that a person named. ``shape``: an input that it is known to take, without the batch; else None."""

    module: nn.Module
    shape: Shape | None


def installed_networks() -> tuple[str, ...]:
    """The names of all networks of the libraries that are installed, such as ``torchvision:resnet50``."""
    names: list[str] = []
    for library in LIBRARIES:
        try:
            module = _library(library)
        except ValueError:
            continue
        models: list[str] = (module.models if library == "torchvision" else module).list_models()
        names += [f"{library}:{name}" for name in models]
    return tuple(names)


def refused_file(name: str) -> str:
    """Why a file of this name is not taken; empty where it may be."""
    return _FILES.get(PurePath(name).suffix.lower(), "")


def brought_module(source: str, device: str = "meta") -> BroughtModule:
    """The module that ``source`` names. One of a person's own runs code: never take it from a link.

    Args:
        device: where one of a library is made; on the meta device it has no weights, elsewhere random ones.

    Raises:
        ValueError: where there is no such module, or where ``source`` is a file.
    """
    if sentence := refused_file(source):
        raise ValueError(f"{source}: {sentence}")
    library, colon, name = source.partition(":")
    if not colon or not library or not name:
        raise ValueError(
            f"{source!r} is not a source: write torchvision:resnet50, timm:efficientnet_b0, package.module:callable, or"
            " the name of an .onnx file."
        )
    if library == "torchvision":
        return from_torchvision(name, device)
    if library == "timm":
        return from_timm(name, device)
    return BroughtModule(_own(library, name), None)


def from_torchvision(name: str, device: str = "meta") -> BroughtModule:
    """A model of torchvision without trained weights; nothing is downloaded."""
    models = _library("torchvision").models
    try:
        builder = models.get_model_builder(name)
    except ValueError as problem:
        raise ValueError(f"torchvision has no model {name!r}.") from problem
    none = {key: None for key in ("weights", "weights_backbone") if key in inspect.signature(builder).parameters}
    return BroughtModule(_made(lambda: builder(**none), device), _shape_in_torchvision(models, name))


def _shape_in_torchvision(models: ModuleType, name: str) -> Shape | None:
    """That of the pictures or clips on which the model's published accuracy was measured."""
    if name in models.list_models(module=models.detection):
        return None
    presets = [getattr(weights, "transforms", None) for weights in models.get_model_weights(name)]
    if not presets or presets[-1] is None:
        return None
    preset = presets[-1]()
    sides = tuple(getattr(preset, "crop_size", None) or getattr(preset, "resize_size", None) or ())
    frames = (16,) if name in models.list_models(module=models.video) else ()
    return (3, *frames, *(sides * 2)[:2]) if sides else None


def from_timm(name: str, device: str = "meta") -> BroughtModule:
    """A model of timm without trained weights; nothing is downloaded."""
    timm = _library("timm")
    if not timm.is_model(name):  # create_model also takes folders and addresses, from which it would download
        raise ValueError(f"timm has no model {name!r}.")
    try:
        module = _made(lambda: timm.create_model(name, pretrained=False), device)
    except RuntimeError as problem:
        raise ValueError(f"timm cannot make {name!r}: {first_line(problem)}") from problem
    config = timm.models.get_pretrained_cfg(name)
    return BroughtModule(module, tuple(config.input_size) if config is not None else None)


def _library(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        raise ValueError(f"{name} is not installed here.") from problem


def _made(make: Callable[[], nn.Module], device: str) -> nn.Module:
    """On this device, where the constructor allows it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about initial values, which are not used
        try:
            with torch.device(device):
                return make()
        except (RuntimeError, NotImplementedError):
            return make()


def _own(package: str, name: str) -> nn.Module:
    """What ``name`` of a person's Python module is or returns."""
    if "" not in sys.path:
        sys.path.insert(0, "")  # the folder from which the program was started
    try:
        made: object = importlib.import_module(package)
        for part in name.split("."):
            made = getattr(made, part)
        if not isinstance(made, nn.Module) and callable(made):
            made = made()
    except Exception as problem:  # it is their code, which may raise anything
        raise ValueError(f"{package}:{name} fails with {type(problem).__name__}: {first_line(problem)}") from problem
    if not isinstance(made, nn.Module):
        raise ValueError(f"{package}:{name} gives {type(made).__name__}, not a torch.nn.Module.")
    return made
