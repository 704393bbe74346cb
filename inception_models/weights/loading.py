"""Weights for a network: from a published checkpoint, from the demo, from a person's own file, or random.

The layout of a file is recognised, every tensor must fit, and what an edited network makes of them is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ..arch.spec import Arch
from ..checkpoints import card
from ..checkpoints.catalogue import CHECKPOINTS, published
from ..checkpoints.download import fetch_file
from ..checkpoints.trained_weights import TrainedWeights, untrained
from ..checkpoints.transfer import OnBytes
from ..checkpoints.weighted_modules import classifier_stage
from ..edits.depth import repeats
from ..edits.input_output import runs
from ..edits.widths import widths
from ..net.builder import Network, build, build_unset
from ..net.meta_state import meta_state
from ..variants import ARCHITECTURES
from .errors import WeightsError
from .file import SUFFIXES, read_tensors
from .fitting import FittedState, fit_state, listed
from .fitting import translated as translated
from .own_file import OwnFile, read
from .recognition import recognition

if TYPE_CHECKING:
    from ..resize import LayerChange


Source = str | Path | OwnFile
"""``random``, ``demo``, the id of a published checkpoint, the path of a file, or a file that was read."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """A network with weights, in evaluation mode, and what a person should know about them.

    ``report``: sentences about the weights; ``changes``: what was carried over, cut or is new, where the network is not
    the one that the weights were trained for; ``drawn``: the stages and heads that have random weights.
    """

    net: Network
    trained_weights: TrainedWeights
    report: tuple[str, ...] = ()
    changes: tuple[LayerChange, ...] = ()
    drawn: tuple[str, ...] = ()


def load(arch: Arch, source: Source = "random") -> Network:
    """The network of ``arch`` with weights, in evaluation mode: the ``net`` of :func:`loaded`."""
    return loaded(arch, source).net


def loaded(arch: Arch, source: Source = "random") -> Loaded:
    """The network of ``arch`` with weights.

    Weights of the published (or the demo's) network are carried over to an edited ``arch``; a person's own file may be
    of either. A published checkpoint is fetched if it is not in the cache yet (:func:`fetch`): naming it is consent.

    Raises:
        ValueError: with one sentence, where there are no such weights, they do not fit or cannot be fetched; for a file
            that does not fit a :class:`WeightsError`, which lists every place.
        OSError: where the file cannot be read.
    """
    match named(source) if isinstance(source, str) else source:
        case "random":
            return Loaded(build(arch).eval(), untrained(arch))
        case str(known):
            return _known(arch, known)
        case Path() as path:
            return _own(arch, read(path))
        case OwnFile() as own:
            return _own(arch, own)


def named(text: str) -> str | Path:
    """What a person typed: the name of known weights as it is, else the path of a file.

    Raises:
        WeightsError: where it is neither.
    """
    names = ("random", "demo", *CHECKPOINTS)
    if text in names:
        return text
    if not Path(text).is_file() and Path(text).suffix.lower() not in SUFFIXES:
        raise WeightsError(f"{text!r} is neither the name of known weights nor a file; known are {', '.join(names)}.")
    return Path(text)


def fetch(weights: TrainedWeights, on_progress: OnBytes | None = None) -> Path:
    """The file of a published checkpoint, from the cache or from its server.

    Raises:
        DownloadError: with one sentence, where it cannot be had.
    """
    if (remote := weights.remote) is None:
        raise ValueError(f"{weights.title} has no file to fetch.")
    file = weights.file
    return fetch_file(
        remote.url, file.parent, name=file.name, size=remote.size, digest=remote.digest, on_progress=on_progress
    )


def _known(arch: Arch, source: str) -> Loaded:
    if source == "demo":
        from ..checkpoints.demo import FILE, demo

        weights, file = demo(), FILE
    else:
        weights = CHECKPOINTS[source]
    _check_variant(arch, weights)
    if weights.remote is not None:
        file = fetch(weights)
    return _carried(arch, weights, _first_fitting(read_tensors(file), [weights.arch])[1])


def _own(arch: Arch, own: OwnFile) -> Loaded:
    """A person's own weights may be of ``arch`` as it is, of what their card says, or of the published network."""
    original, weights = ARCHITECTURES[arch.key], about_own(arch, own)
    fine_tuned = replace(original, classes=arch.classes)  # also where its heads do not fit at the new input size
    homes = [arch, replace(fine_tuned, input_size=arch.input_size), fine_tuned, original]
    if own.card:
        homes.insert(1, weights.arch)
    try:
        home, fitted = _first_fitting(own.tensors, dict.fromkeys(home for home in homes if runs(home)))
    except WeightsError as problem:
        home, fitted = _own_home(arch, own, problem)
    return _carried(arch, replace(weights, arch=home), fitted)


def about_own(arch: Arch, own: OwnFile) -> TrainedWeights:
    """What is known about a person's own weights for a network of ``arch``.

    Raises:
        WeightsError: where their card cannot be used, or is of another variant.
    """
    if own.card:
        try:
            weights = card.parse_card(own.card, own.name)
        except ValueError as problem:
            raise WeightsError(str(problem)) from None
        _check_variant(arch, weights)
    else:  # as the published checkpoint of the variant is used, if there is one
        steps = next((known.preprocessing for known in published(arch.key)), untrained(arch).preprocessing)
        weights = TrainedWeights("own", own.name, arch, steps)
    return weights if own.preprocessing is None else replace(weights, preprocessing=own.preprocessing)


def _own_home(arch: Arch, own: OwnFile, problem: WeightsError) -> tuple[Arch, FittedState]:
    """The network that a file belongs to, where ``arch`` is an edit of it; else the error says which it is."""
    try:
        result = recognition(own.tensors, arch.key)
    except WeightsError as unknown:
        raise WeightsError(f"{own.name} does not fit. {unknown}", unknown.mismatches or problem.mismatches) from None
    home = result.arch
    if home.key != arch.key:
        sentence = f"{own.name} is a {home.key} ({home.about.title}), not a {arch.key}; open that variant (auto)."
    elif problem.classes is not None:
        sentence = f"{own.name} does not fit. {problem}"
    elif _is_edit_of(arch, home):
        return home, result.fitted
    else:
        sentence = (
            f"{own.name} is a {home.about.title} with other filter counts, copies or kernels; open that network (auto)."
        )
    raise WeightsError(sentence, problem.mismatches, classes=problem.classes, arch=home)


def _is_edit_of(arch: Arch, home: Arch) -> bool:
    """Whether ``arch`` has most of what makes ``home`` another network than the published variant."""
    published_widths, ours, theirs = widths(ARCHITECTURES[home.key]), widths(arch), widths(home)
    own = [path for path, width in theirs.items() if published_widths.get(path) != width]
    if not own:
        return repeats(arch) == repeats(home)
    return sum(ours.get(path) == theirs[path] for path in own) * 2 > len(own)


def _check_variant(arch: Arch, weights: TrainedWeights) -> None:
    if weights.arch.key != arch.key:
        name, home = weights.title if weights.id == "own" else weights.id, weights.arch.about.title
        raise WeightsError(
            f"The weights {name} belong to {home}, not to {arch.about.title}; choose that variant.", arch=weights.arch
        )


# --- into a network --------------------------------------------------------------------------------------------------


def _carried(arch: Arch, weights: TrainedWeights, fitted: FittedState) -> Loaded:
    """``arch`` with what was read for ``weights.arch``. Heads without weights keep their random initialisation."""
    trained = {head.name for head in weights.arch.aux} - fitted.headless
    headless = [head.name for head in arch.aux if head.name not in trained]
    untrained_stage = classifier_stage(weights.arch) if classifier_stage(weights.arch) in fitted.headless else ""
    if untrained_stage:
        fitted = replace(fitted, state=fitted.state | _new_classifier(weights.arch, untrained_stage))
    goal = _with_heads(arch, trained)
    home = _with_heads(weights.arch, {head.name for head in goal.aux})
    unused = {head.name for head in weights.arch.aux} - {head.name for head in home.aux}
    state = {key: value for key, value in fitted.state.items() if key.partition(".")[0] not in unused}
    changes: tuple[LayerChange, ...] = ()
    if _shapes(state) != _shapes(meta_state(goal)):
        from ..resize import resize

        resized = resize(state, home, goal)
        state, changes = resized.state, resized.changes
    net = build_unset(arch, headless)
    net.load_state_dict(state, strict=not headless)
    report = fitted.report
    if headless:
        report += (f"The weights have no {listed(headless)}, so this part of the network starts random.",)
    if untrained_stage:
        report += (
            "The file has no classifier, so this part starts random: the classes mean nothing until it is trained.",
        )
    drawn = (*headless, untrained_stage) if untrained_stage else tuple(headless)
    return Loaded(net.eval(), weights, report, changes, drawn)


def _new_classifier(arch: Arch, stage: str) -> dict[str, Tensor]:
    """The weights of a new network's classifier, by their names in the network."""
    part = build_unset(arch, [stage]).get_submodule(stage)
    return {f"{stage}.{key}": value for key, value in part.state_dict().items()}


def _with_heads(arch: Arch, names: set[str]) -> Arch:
    return replace(arch, aux=tuple(head for head in arch.aux if head.name in names))


def _shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {key: value.shape for key, value in state.items()}


def _first_fitting(tensors: Mapping[str, Tensor], homes: Iterable[Arch]) -> tuple[Arch, FittedState]:
    """The first of ``homes`` that the tensors fit, if possible with all heads.

    Raises:
        WeightsError: where they fit none: about the one that they are closest to.
    """
    problems: list[WeightsError] = []
    partial: list[tuple[Arch, FittedState]] = []
    for home in homes:
        try:
            partial.append((home, fit_state(home, tensors)))
        except WeightsError as problem:
            problems.append(problem)
        else:
            if not partial[-1][1].misfits:
                return partial[-1]
    if partial:
        return partial[0]
    raise min(problems, key=lambda problem: len(problem.mismatches))
