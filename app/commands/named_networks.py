"""Networks in one word each: a variant, a link, a saved file, or whatever ``inspect`` takes."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from inception_models import ARCHITECTURES, Arch

from .network_options import add_network, add_network_file, network_or_file_s
from .network_words import is_link, linked_or_saved

if TYPE_CHECKING:
    from ..backend import Analysis, ModuleAnalysis

FORMS = (
    "a variant, a variant with options in one pair of quotes ('inception_v3 --classes 5'), a link, a .json or"
    " .safetensors file, an .onnx file, torchvision:NAME, timm:NAME, or package.module:callable, whose code is run; the"
    " last four with their input in the quotes, where it is another or not known ('package.module:net --shape 3,96,96')"
)
_SHAPE = " --shape "


@dataclass(frozen=True)
class NamedNetwork:
    """A network of the family or somebody else's, analysed, and what it is called."""

    name: str
    analysis: Analysis | ModuleAnalysis


def named_network(text: str) -> NamedNetwork:
    """The network that ``text`` names.

    Raises:
        ValueError: with one sentence, where there is none.
        OSError: where a file cannot be read.
    """
    from ..backend import analyze
    from ..backend.foreign.inspection import inspected, parsed_shape

    arch = family_network(text)
    if arch is not None:
        return NamedNetwork(_name(text, arch), analyze(arch))
    source, _, shape = text.strip().partition(_SHAPE)
    return NamedNetwork(source, inspected(source, parsed_shape(shape)))


def family_network(text: str) -> Arch | None:
    """The network of the family that ``text`` names; None where it is the source of somebody else's."""
    text = text.strip()
    if (arch := linked_or_saved(text)) is not None:
        return arch
    if text.endswith(".safetensors"):
        return _with_options(["auto", "--weights", text])
    source = text.partition(_SHAPE)[0]
    if source.endswith(".onnx") or ":" in source.partition(" ")[0] or not source:
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        raise ValueError(f"{text[:60]!r} has an opening quotation mark and no closing one.") from None
    if len(words) > 1 and not any(word.startswith("-") for word in words):
        return _with_options([text])  # a title, such as Inception v2
    return _with_options(words)


def _name(text: str, arch: Arch) -> str:
    if is_link(text):
        return arch.key if arch == ARCHITECTURES[arch.key] else f"{arch.key}, edited"
    return Path(text).name if text.endswith((".json", ".safetensors")) else text


class _Words(argparse.ArgumentParser):
    """The options of one network in quotes; what is wrong is one sentence, as everywhere."""

    def error(self, message: str) -> NoReturn:
        sentence = message.rstrip(".")
        raise ValueError(f"{self.prog}: {sentence[:1].upper()}{sentence[1:]}{'' if sentence.endswith('?') else '.'}")


def _with_options(words: Sequence[str]) -> Arch:
    parser = _Words(prog=shlex.join(words)[:60], add_help=False)
    add_network(parser)
    add_network_file(parser)
    return network_or_file_s(parser.parse_args(words))
