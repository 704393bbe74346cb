"""Reads tests/facts/architectures.yaml, the measured numbers of every variant, and writes its layers out in full."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from inception_models import ARCHITECTURES

FILE = Path(__file__).parents[1] / "facts" / "architectures.yaml"

# Our keys, where the file has another name.
NAME_IN_FILE = {
    "googlenet": "googlenet_caffe",
    "googlenet_plain": "googlenet_seed_b",
    "googlenet_bn": "googlenet_seed_a",
    "googlenet_slim": "inception_v1_slim",
    "bn_inception": "bninception_cadene",
    "bn_inception_caffe2": "inception_v2_onnx_caffe2",
    "inception_v3": "inception_v3_torchvision",
    "inception_resnet_v1": "inception_resnet_v1_paper",
}


@dataclass(frozen=True)
class Module:
    name: str
    layers: str  # every branch and op, in the file's own language, templates written out
    out: tuple[int, ...]
    params: int
    macs: int


@dataclass(frozen=True)
class Aux:
    tap: str
    tap_shape: tuple[int, ...]
    layers: str
    params: int
    macs: int


@dataclass(frozen=True)
class Facts:
    input_size: int
    modules: tuple[Module, ...]
    aux: tuple[Aux, ...]
    params: int
    params_no_aux: int
    macs: int
    convs: int
    depth: int
    head_pool: str
    dropout: float | None
    outputs: int
    conv_bias: bool
    bn_eps: float
    bn_momentum: float
    bn_gamma: bool
    has_norm: bool


@cache
def document() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text())


def name_in_file(key: str) -> str:
    return NAME_IN_FILE.get(key, key)


KEYS = tuple(key for key in ARCHITECTURES if name_in_file(key) in document()["variants"])
"""The variants that the file has numbers of."""


@cache
def facts(key: str) -> Facts:
    variant = document()["variants"][name_in_file(key)]
    numbers, unit, head = variant["numbers"], variant["unit"], variant["head"]
    subst = variant.get("subst", {})
    return Facts(
        input_size=variant["input"][1],
        modules=tuple(
            Module(m["name"], written_out(m["op"], subst), tuple(m["out"]), m["params"], m["macs"])
            for m in variant["modules"]
        ),
        aux=tuple(
            Aux(tap, tuple(n["tap_shape"]), ", ".join(variant["aux"]["ops"]), n["params"], n["macs"])
            for (tap, n) in ((variant["aux"]["at"][name], n) for name, n in variant.get("aux_numbers", {}).items())
        ),
        params=numbers.get("params_with_optional_slim_aux", numbers["params"]),
        params_no_aux=numbers["params_no_aux"],
        macs=numbers["macs_conv_linear"],
        convs=numbers["conv_layers_main"],
        depth=numbers["longest_weighted_path"],
        head_pool=head["pool"],
        dropout=first_number(head["dropout"]),
        outputs=head["fc"],
        conv_bias=unit["conv_bias"],
        has_norm=unit["norm"] == "bn",
        bn_eps=unit.get("bn_eps", 0.0),
        bn_momentum=last_number(unit.get("bn_momentum", 0.0)),
        bn_gamma=unit.get("bn_gamma", False),
    )


def first_number(text: float | str) -> float | None:
    numbers = re.findall(r"\d+\.\d+", str(text))
    return float(numbers[0]) if numbers else None


def last_number(text: float | str) -> float:
    """The last of ``decay 0.9997 (torch momentum 0.0003)``; PyTorch's own 0.1 where it says that there is none."""
    return float((re.findall(r"\d+(?:\.\d+)?", str(text)) or ["0.1"])[-1])


# --- the file's op language ------------------------------------------------------------------------------------------


def written_out(op: str | list[list[str]], subst: dict[str, str]) -> str:
    """``res(ir2B(),1088,0.10)`` and the like as ``relu(x + 0.1 * 1088@1x1(192@1x1 | 128@1x1, 160@1x7, ...))``."""
    if isinstance(op, list):
        return " | ".join(", ".join(branch) for branch in op)
    if match := re.fullmatch(r"(\d+) x (.*)", op):
        times, once = match.groups()
        return written_out(once, subst) if times == "1" else f"{times} x {written_out(once, subst)}"
    if match := re.fullmatch(r"res\((\w+\(\)),(\d+),([\d.]+)(,norelu)?\)", op):
        branches, width, scale, norelu = match.groups()
        total = f"x + {float(scale)} * {width}@1x1({written_out(branches, subst)})"
        return total if norelu else f"relu({total})"
    if match := re.fullmatch(r"x\(([\d,]+);s(\d)(?:;skip(\d+))?(;norelu1)?\)", op):
        widths, stride, skip, norelu = match.groups()
        ops = ", ".join([f"relu sep{width}@3x3" for width in widths.split(",")] + ["max3/2 p1"] * (stride == "2"))
        straight = f"{skip}@1x1/{stride}(x)" if skip else "x"
        return f"{straight} + ({ops.removeprefix('relu ') if norelu else ops})"
    for template, branches in document()["templates"].items():
        name, names = re.fullmatch(r"(\w+)\((.*)\)", template).groups()
        if match := re.fullmatch(rf"{name}\((.*)\)", op):
            values = dict(zip(names.split(","), match[1].split(","), strict=True)) | subst
            return " | ".join(", ".join(branch) for branch in branches).format(**values)
    return op
