"""Which network a command is about: a variant and its edits, as arguments."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.edits.depth import with_repeats, with_scales
from inception_models.edits.input_output import (
    with_aux,
    with_classes,
    with_input_size,
    with_size_and_fitting_heads,
)
from inception_models.edits.structure import duplicated_branch, without_branch, without_op
from inception_models.edits.toggles import ACTIVATIONS, with_activation, with_batch_norm, with_dropout
from inception_models.edits.whatif import FirstWidth, Into, factorised, naive, saving, swapped_pool, unfactorised
from inception_models.edits.widths import scaled
from inception_models.variants import known_as, plain_name
from inception_models.variants.stories import WHICH_V2

from ..backend.common.links import edited_by
from ..backend.common.text import visible
from .network_words import is_link, linked_or_saved

if TYPE_CHECKING:
    from inception_models.weights import Source

AUTO = "auto"
SWITCH = ("on", "off")
STRUCTURE: dict[str, Callable[[Arch, str], Arch]] = {
    "join": unfactorised,
    "naive": naive,
    "swap_pool": swapped_pool,
    "duplicate": duplicated_branch,
}


def add_network(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` the arguments that name a variant and its edits."""
    parser.add_argument("variant", type=_variant, help=f"{', '.join(ARCHITECTURES)}, a link, or a saved .json")
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=WIDTH", help="change a filter count (may be repeated)"
    )
    parser.add_argument("--input-size", type=int, metavar="N", help="height and width of the input in pixels")
    parser.add_argument("--classes", type=int, metavar="N", help="number of classes")
    parser.add_argument("--multiplier", type=float, metavar="X", help="multiply every width by X, in steps of 8")
    parser.add_argument("--aux", choices=SWITCH, help="auxiliary heads")
    parser.add_argument("--batch-norm", choices=SWITCH, help="normalisation after every convolution")
    parser.add_argument("--activation", choices=ACTIVATIONS, metavar="NAME", help=f"one of {', '.join(ACTIVATIONS)}")
    parser.add_argument("--dropout", type=float, metavar="P", help="dropout before the classifier")
    parser.add_argument("--residual-scale", type=float, metavar="X", help="factor on every residual block's branches")
    repeated = (
        ("--repeat", "STAGE=COPIES", "change how many copies a repeated block has"),
        (
            "--factorise",
            "PATH=3x3s|1xk_kx1[:FIRST]",
            "replace a convolution by smaller ones, the first as wide as FIRST says: input, mean (default) or output",
        ),
        ("--join", "PATH", "join a convolution with those it was factorised with"),
        ("--naive", "STAGE", "leave out a module's 1x1 reductions"),
        ("--swap-pool", "PATH", "make a max pool an average pool, or the other way round"),
        ("--duplicate", "BRANCH", "add a copy of a branch after it"),
        ("--remove", "PATH", "remove a branch or a layer of one"),
    )
    for flag, value, meaning in repeated:
        parser.add_argument(flag, action="append", default=[], metavar=value, help=f"{meaning} (may be repeated)")
    parser.add_argument("--edits", metavar="JSON", help="edits as a link's address holds them, applied first")


def _variant(name: str) -> str:
    """Judged before missing options are, so that a misspelt name is what is complained about."""
    if name in (*ARCHITECTURES, AUTO) or is_link(name) or name.endswith(".json"):
        return name
    if plain_name(name) == plain_name("Inception v2"):
        raise argparse.ArgumentTypeError(f"{name[:40]!r} is the name of three networks; {WHICH_V2}")
    near = known_as(name) or difflib.get_close_matches(name[:40], ARCHITECTURES, n=1)
    hint = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(ARCHITECTURES)}."
    raise argparse.ArgumentTypeError(f"{name[:40]!r} is not a variant; {hint}")


def add_network_file(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` the arguments of :func:`network_or_file_s`."""
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help=f"with the variant {AUTO!r}: the file of weights whose network it is",
    )
    parser.add_argument("--entry", metavar="PATH", help="which weights, where the file contains several sets of them")


def network_or_file_s(args: argparse.Namespace) -> Arch:
    """:func:`network_from` for a command that uses no weights, but may be told the network by a file of them."""
    if args.weights is None and args.entry is None:
        return network_from(args)
    if args.variant != AUTO or args.weights is None:
        raise ValueError(f"--weights and --entry say which network the variant {AUTO} is; {args.variant} needs none.")
    from inception_models.weights import read

    return network_from(args, read(args.weights, args.entry))


def _of_file(weights: Source) -> Arch:
    """The network that the weights belong to, which is said on stderr."""
    from inception_models.checkpoints.catalogue import CHECKPOINTS
    from inception_models.checkpoints.demo import demo
    from inception_models.weights import OwnFile, recognised

    if weights == "demo":
        return demo().arch
    if isinstance(weights, str) and weights in CHECKPOINTS:
        return CHECKPOINTS[weights].arch
    if not isinstance(weights, OwnFile):
        raise ValueError(f"The variant {AUTO} takes a file of weights (--weights FILE), which says what it is.")
    arch = recognised(weights)
    print(
        f"{visible(weights.name)} is a {arch.key} ({arch.about.title}) with {arch.classes:,} classes.", file=sys.stderr
    )
    return arch


def network_from(args: argparse.Namespace, weights: Source = "random") -> Arch:
    """The network that was named, with the edits that were asked for. What had to be left out is said on stderr.

    Args:
        weights: those whose network the variant ``auto`` is.

    Raises:
        ValueError: with one sentence that says what is wrong and what is allowed.
    """
    start = _of_file(weights) if args.variant == AUTO else linked_or_saved(args.variant) or ARCHITECTURES[args.variant]
    original = start if args.variant == AUTO else ARCHITECTURES[start.key]
    arch = edited_by(start, args.edits) if args.edits is not None else start
    if args.aux is not None:
        arch = with_aux(arch, args.aux == "on", original)
    if args.batch_norm is not None:
        arch = with_batch_norm(arch, args.batch_norm == "on", original)
    single: tuple[tuple[object, Callable[[Arch], Arch]], ...] = (
        (args.classes, lambda a: with_classes(a, args.classes)),
        (args.activation, lambda a: with_activation(a, args.activation)),
        (args.dropout, lambda a: with_dropout(a, args.dropout)),
        (args.residual_scale, lambda a: with_scales(a, args.residual_scale)),
        (args.multiplier, lambda a: scaled(a, args.multiplier)),
    )
    for value, edit in single:
        arch = arch if value is None else edit(arch)
    arch = _restructured(arch, args)
    arch = with_repeats(arch, dict(_assignment("--repeat", text) for text in args.repeat))
    arch = with_widths(arch, dict(_assignment("--set", text) for text in args.set))
    if args.input_size is None:
        return arch
    if args.aux == "on":
        return with_input_size(arch, args.input_size)
    resized = with_size_and_fitting_heads(arch, args.input_size)
    if arch.aux and not resized.aux:
        print(
            f"The auxiliary heads do not fit at {args.input_size} pixels and were left out (--aux off).",
            file=sys.stderr,
        )
    return resized


def _restructured(arch: Arch, args: argparse.Namespace) -> Arch:
    for text in args.factorise:
        path, _, how = text.partition("=")
        into, _, first = how.partition(":")
        if into not in get_args(Into) or (first or "mean") not in get_args(FirstWidth):
            raise ValueError(
                "--factorise takes PATH=3x3s or PATH=1xk_kx1, then perhaps :input, :mean or :output for the first"
                f" factor's width, not {text!r}."
            )
        choice = cast(Into, into), cast(FirstWidth, first or "mean")
        print(f"{path} factorised: {saving(arch, path, *choice).sentence()}.", file=sys.stderr)
        arch = factorised(arch, path, *choice)
    for flag, edit in STRUCTURE.items():
        for path in getattr(args, flag):
            arch = edit(arch, path)
    for path in args.remove:
        arch = without_branch(arch, path) if path.count(".") == 1 else without_op(arch, path)
    return arch


def _assignment(flag: str, text: str) -> tuple[str, int]:
    path, _, number = text.partition("=")
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", number):
        raise ValueError(
            f"{flag} takes a path, = and a whole number, such as inception3a.branch1x1.conv=96, not {text!r}."
        )
    return path.strip(), int(number)
