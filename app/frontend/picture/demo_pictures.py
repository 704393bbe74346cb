"""The demo network's pictures: the test pictures that ship, whose class is known, and how many are recognised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import streamlit as st
from PIL import Image

from inception_models import Arch
from inception_models.checkpoints.demo import demo, test_pictures

from ...backend.common.jobs import Progress
from ...backend.training.accuracy import correct_on_demo
from ..kit.background import BackgroundTask
from ..kit.pictures import Picture, thumbnail_label
from ..state import State

Correct = tuple[int, int]
"""How many pictures were recognised, and of how many."""

ACCURACY: BackgroundTask[Correct] = BackgroundTask("accuracy", "Measuring the accuracy", "Stop at the next pictures")


@dataclass(frozen=True)
class LabelledPicture:
    """A test picture, and what it shows."""

    picture: Picture
    label: str


def choose_test_picture() -> LabelledPicture | None:
    """Render the choice; None if the person wants a picture of another kind."""
    kinds = {"test": "Test set", "own": "Another"}
    kind = st.segmented_control(
        "Picture", list(kinds), default="test", format_func=kinds.__getitem__, key="picture_kind", required=True
    )
    if kind != "test":
        return None
    _, labels = test_pictures()
    names = demo().class_names
    places = [np.flatnonzero(labels == wanted) for wanted in range(len(names))]
    numbers = [int(st.session_state.get(f"test_picture:{wanted}", 1)) for wanted in range(len(names))]
    wanted = st.pills(
        "Shows",
        range(len(names)),
        default=0,
        format_func=lambda i: _test_label(int(places[i][numbers[i] - 1])),
        key="test_class",
        required=True,
    )
    among = places[wanted or 0]
    number = st.number_input(f"Which of the {len(among)}", 1, len(among), key=f"test_picture:{wanted or 0}")
    place = int(among[int(number) - 1])
    return LabelledPicture(demo_picture(place), names[labels[place]])


@cache
def _test_label(place: int) -> str:
    """The choice of a class: the chosen picture of it."""
    return thumbnail_label(demo_picture(place).image, demo().class_names[test_pictures()[1][place]])


def demo_picture(place: int) -> Picture:
    """The test picture at ``place``, from 0."""
    image = Image.fromarray(test_pictures()[0][place]).convert("RGB")
    return Picture(image, f"fashion:{place}", f"Test picture {place + 1}", "Fashion-MNIST, test set. MIT")


def show_accuracy(state: State) -> None:
    """Render how many of the test pictures the network gets right, measured again after every edit."""
    home = demo().arch
    known: dict[object, Correct] = st.session_state.setdefault("accuracies", {})
    for arch in dict.fromkeys((home, state.arch)):
        if arch not in known:
            measured = ACCURACY.answer(partial(_measured, arch), arch)
            if measured is None:
                return
            known[arch] = measured
    correct, count = known[state.arch]
    before = known[home][0]
    st.metric(
        "Test accuracy",
        f"{correct / count:.1%}",
        f"{100 * (correct - before) / count:+.1f} points" if state.arch != home else None,
        help=f"{correct} of the {count} test pictures in this app are classified correctly; unedited, {before} were.",
    )


def _measured(arch: Arch, progress: Progress) -> Correct:
    return correct_on_demo(arch, partial(progress.report, doing=""))
