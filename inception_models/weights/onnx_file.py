"""The weights in an ONNX file, by name; of the graph nothing is run. Caffe2's names become those that PyTorch gives."""

from __future__ import annotations

import re
from typing import BinaryIO

import torch
from torch import Tensor

from .contents import MAX_TENSORS
from .errors import WeightsError

# The ONNX model zoo's files from Caffe2: conv1/7x7_s2_w_0, conv1/7x7_s2/bn_mean_0.
LEAVES = {
    "_w_0": ".weight", "_b_0": ".bias", "_scale_0": ".weight", "_bias_0": ".bias", "_mean_0": ".running_mean",
    "_var_0": ".running_var",
}  # fmt: skip
LEAF = re.compile(r"(.+?)(_w_0|_b_0|_scale_0|_bias_0|_mean_0|_var_0)")
SECOND_SCALE = "/sc"  # Caffe's Scale layer, which multiplies and adds once more after each BatchNorm


def read_onnx_weights(file: BinaryIO, name: str) -> dict[str, Tensor]:
    """The floating-point tensors of a file by name. A scale and shift after a BatchNorm become part of it.

    Raises:
        WeightsError: where it is not an ONNX file, or keeps its weights elsewhere.
    """
    from onnx import ModelProto, TensorProto, numpy_helper

    try:
        model = ModelProto()
        model.ParseFromString(file.read())
    except Exception:  # protobuf's own errors have no class in common with others
        raise WeightsError(f"{name} is not an ONNX file, or is damaged.") from None
    stored = model.graph.initializer
    if len(stored) > MAX_TENSORS:
        raise WeightsError(f"{name} has more tensors than any network of the family; it was not read.")
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in stored):
        raise WeightsError(f"{name} keeps its weights in a second file, which is not read; export it as one file.")
    try:
        floats = [tensor for tensor in stored if tensor.data_type == TensorProto.FLOAT]
        tensors = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in floats}
    except Exception:  # a crafted file can make its reader raise anything
        raise WeightsError(f"{name} is damaged: its tensors cannot be read.") from None
    return _scaled_once(dict(_as_torch(key, value) for key, value in tensors.items()))


def _as_torch(key: str, value: Tensor) -> tuple[str, Tensor]:
    """The name that PyTorch gives, where it is Caffe2's. Caffe's fully connected layers are [1, 1, out, in]."""
    match = LEAF.fullmatch(key)
    if match is None:
        return key, value
    return match[1] + LEAVES[match[2]], value[0, 0] if value.ndim == 4 and value.shape[:2] == (1, 1) else value


def _scaled_once(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Each BatchNorm with the second scale and shift after it in its own."""
    result = dict(tensors)
    for key in tensors:
        norm, second, leaf = key.rpartition(f"{SECOND_SCALE}.")
        shift_key = f"{norm}{SECOND_SCALE}.bias"
        if second and leaf == "weight" and {shift_key, f"{norm}.weight", f"{norm}.bias"} <= tensors.keys():
            scale, shift = result.pop(key), result.pop(shift_key)
            result[f"{norm}.weight"] = tensors[f"{norm}.weight"] * scale
            result[f"{norm}.bias"] = tensors[f"{norm}.bias"] * scale + shift
    return result
