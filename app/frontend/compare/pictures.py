"""Picture: one sample picture through every network that can be run here, with one stage's maps side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from html import escape

import numpy as np
import streamlit as st
from PIL import Image

from inception_models import Arch
from inception_models.checkpoints.demo import demo, test_pictures
from inception_models.checkpoints.preprocessing import Preprocessing
from inception_models.checkpoints.presets import PRESETS
from inception_models.weights import Source

from ...backend.charts.choices import COLOURS
from ...backend.common.text import html_text
from ...backend.decide.comparing.brought_runs import BroughtViewer
from ...backend.decide.comparing.same_picture import Viewer, same_picture, sights_of
from ...backend.decide.comparing.sight import Sight
from ...backend.picture.images import SAMPLES, open_image
from ..kit.background import BackgroundTask
from ..kit.brought import add_file, runnable_source
from ..kit.controls import choice_stays_among
from ..kit.notice import WayOut, refused
from ..kit.page_links import page_link
from ..kit.presence import person
from ..kit.save_button import save_button
from ..kit.terms import caption
from ..kit.weights_in_use import chosen_weights, weights_are_here
from ..session import linkable
from ..state import State
from .context import CompareContext

SIGHTS: BackgroundTask[tuple[Sight, ...]] = BackgroundTask(
    "compared_pictures", "Running the networks", "Stop at the next stage"
)


@dataclass(frozen=True)
class Shown:
    """A picture that can be chosen."""

    title: str
    image: Image.Image


def show(context: CompareContext) -> None:
    """Render the tab."""
    trained = {place: usable_weights(context.state, arch) for place, arch in context.family.items()}
    weights = _random_too(context, trained) if None in trained.values() else trained
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picture = _choose_picture("demo" in trained.values())
        row = _choose_stage(context)
        steps = _choose_steps() if context.brought else None
    viewers = tuple(_viewers(context, weights, row, steps))
    if not viewers:
        return
    sights = _answer(viewers, picture)
    if sights is None:
        return
    colours = dict(zip(context.names, COLOURS, strict=False))
    for column, sight in zip(st.columns(len(sights)), sights, strict=True):
        with column:
            _sight(sight, colours[sight.name])
    if context.brought:
        caption(
            "A file runs in ONNX Runtime with the weights that it contains. A network of torchvision or timm has its"
            " trained weights where that library has fetched them to this machine before; else random ones, and no"
            " predictions."
        )
    save_button(
        "JSON",
        lambda: json.dumps(sights_of(sights, picture.title), indent=2),
        context.file_name(" predictions.json"),
        type="tertiary",
        help="The predictions of every network",
    )


def _viewers(
    context: CompareContext, weights: Mapping[int, Source | None], row: int, steps: Preprocessing | None
) -> Iterator[Viewer | BroughtViewer]:
    """Who looks at the picture, in the order of the networks; why somebody cannot is said here."""
    for place, (side, pin) in enumerate(zip(context.comparison.rows[row], context.networks, strict=True)):
        stage = side.name if side else ""
        if isinstance(pin.network, Arch):
            if (known := weights[place]) is not None:
                yield Viewer(pin.name, pin.network, known, stage)
            continue
        assert steps is not None, "it is chosen where somebody's network is compared"
        try:
            yield BroughtViewer(pin.name, runnable_source(pin.network, person()), pin.network.shape, stage, steps)
        except ValueError as problem:
            refused(f"{pin.name} is not run. {problem}", f"run-{place}", add_file(context.state))


def _choose_steps() -> Preprocessing:
    """How a picture is prepared for networks that do not say it."""
    options = list(PRESETS)
    choice_stays_among("compare_steps", options, options[0])
    name = st.selectbox(
        "Preparation",
        options,
        key="compare_steps",
        format_func=lambda name: PRESETS[name].title,
        width=260,
        help="Of pictures, for networks whose weights do not say it, such as most .onnx files",
    )
    return PRESETS[name].steps(224)  # whatever the size, the same share of the picture is kept


def usable_weights(state: State, arch: Arch) -> Source | None:
    """Weights for this network that are on this machine: those used on Picture last, the demo's, or published."""
    chosen = chosen_weights(state, arch)
    if chosen not in ("random", "demo"):
        return chosen
    fitting = (name for name in linkable(arch) if name != "demo" or arch.classes == demo().arch.classes)
    return next(filter(weights_are_here, fitting), None)


def _random_too(context: CompareContext, trained: Mapping[int, Source | None]) -> Mapping[int, Source | None]:
    """Say which networks have no weights; with a switch, theirs are random. Where none has any, they are at first."""
    names = [context.names[place] for place, weights in trained.items() if weights is None]
    with st.container(horizontal=True, vertical_alignment="center"):
        verb = "has" if len(names) == 1 else "have"
        caption(f"{', '.join(names)} {verb} no trained weights here.", width="content")
        page_link("Picture", "Get weights")
        nobody = len(names) == len(trained)
        random = st.toggle("Maps with random weights", nobody, key=f"compare_random_{nobody}", persist_state="session")
    return {place: "random" if weights is None and random else weights for place, weights in trained.items()}


def _choose_picture(fashion: bool) -> Shown:
    """Samples; where the demo's network is among them, pictures of what it was trained on come first."""
    options = ([f"fashion:{i}" for i in range(len(demo().class_names))] if fashion else []) + list(SAMPLES)
    choice_stays_among("compare_picture", options, options[0])
    name = st.selectbox("Picture", options, key="compare_picture", format_func=lambda n: _opened(n).title, width=260)
    return _opened(str(name))


@cache
def _opened(name: str) -> Shown:
    kind, _, wanted = name.partition(":")
    if kind == "fashion":
        pictures, labels = test_pictures()
        place = int(np.flatnonzero(labels == int(wanted))[0])
        return Shown(
            f"{demo().class_names[int(wanted)]} (Fashion-MNIST)", Image.fromarray(pictures[place]).convert("RGB")
        )
    sample = SAMPLES[name]
    return Shown(sample.title, open_image(sample.path.read_bytes(), sample.file))


def _choose_stage(context: CompareContext) -> int:
    """The row of stages whose maps are shown: at first the first block that all of them have."""
    rows = context.comparison.rows
    known = [i for i, row in enumerate(rows) if any(row) and not any(side is not None and side.aux for side in row)]
    common = (i for i in known if all(side is not None and side.kind in ("Inception", "Residual") for side in rows[i]))
    choice_stays_among("compare_stage", known, next(common, known[0]))
    picked = st.selectbox(
        "Maps of",
        known,
        key="compare_stage",
        format_func=lambda i: " | ".join(dict.fromkeys(side.name for side in rows[i] if side is not None)),
        width=260,
    )
    return int(picked)


def _answer(viewers: tuple[Viewer | BroughtViewer, ...], picture: Shown) -> tuple[Sight, ...] | None:
    """What they made of the picture, kept until the question is another; None, with its progress, until it is known."""
    question = tuple(map(_asked_of, viewers)), picture.title
    known = st.session_state.get("compared_sights")
    if known is None or known[0] != question:
        sights = SIGHTS.answer(partial(same_picture, viewers, picture.image), question)
        if sights is None:
            return None
        known = st.session_state.compared_sights = question, sights
    answer: tuple[Sight, ...] = known[1]
    return answer


def _asked_of(viewer: Viewer | BroughtViewer) -> object:
    """What tells one question from another, without a file's weights."""
    if isinstance(viewer, BroughtViewer):
        return viewer
    return viewer.name, viewer.arch, getattr(viewer.weights, "digest", viewer.weights), viewer.stage


def _sight(sight: Sight, colour: str) -> None:
    st.html(f'<p class="compare-mark" style="--mark:{colour}">{html_text(sight.name)}</p>')
    if sight.problem:
        again = WayOut("Try again", partial(st.session_state.pop, "compared_sights", None))
        refused(sight.problem, f"sight {sight.name}", again)
        return
    assert sight.preview is not None, "there was no problem"
    st.image(sight.preview, output_format="PNG", width=160, alt=f"What {sight.name} sees")
    rows = "".join(
        f'<li><span>{html_text(name)}</span><b style="--share:{share:.4f};--mark:{colour}">{share:.1%}</b></li>'
        for name, share in sight.likeliest
    )
    rows = rows or "<li>no prediction</li>"
    st.html(f'<ol class="compare-classes">{rows}</ol><p class="compare-note">Weights: {html_text(sight.weights)}</p>')
    if sight.maps:
        st.image(sight.maps, output_format="PNG", width="stretch", alt=f"Feature maps of {sight.maps_note}")
        st.html(f'<p class="compare-note">{escape(sight.maps_note)}</p>')
    else:
        st.html('<p class="compare-note">It has no such stage, or no maps there.</p>')
