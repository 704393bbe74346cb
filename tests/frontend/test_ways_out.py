"""Whatever is refused on a page is said there with a button, and the button does what it says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.common.pins import MOST_PINS
from app.frontend.state import State
from inception_models import ARCHITECTURES
from inception_models.edits.widths import scaled
from tests.app_server import ROOT

Step = Callable[[AppTest], object]
GOOGLENET = ARCHITECTURES["googlenet"]


def page(name: str) -> None:
    from importlib import import_module

    import_module(f"app.frontend.pages.{name}").page()


def bar() -> None:
    from app.frontend.kit.notice import refusal
    from app.frontend.session import current

    refusal(current(), "pin")


def opened(name: str, query: str = "variant=googlenet") -> AppTest:
    app = AppTest.from_function(bar) if name == "bar" else AppTest.from_function(page, kwargs={"name": name})
    app.default_timeout = 60
    for part in query.split("&"):
        key, _, value = part.partition("=")
        app.query_params[key] = value
    return app.run()


def state_of(app: AppTest) -> State:
    state = app.session_state["state"]
    assert isinstance(state, State)
    return state


def dropped(label: str, file: str, content: bytes = b"no") -> Step:
    return lambda app: next(field for field in app.file_uploader if field.label == label).set_value(
        (file, content, "application/octet-stream")
    )


def pinned_too_many(app: AppTest) -> None:
    for number in range(MOST_PINS + 1):
        state_of(app).pin(scaled(GOOGLENET, 0.5 + number / 20), f"No. {number}")


# The page and its link, what is done there, words of the refusal, the button, and what is true after it was clicked.
ROWS: tuple[tuple[str, str, Step | None, str, str, Callable[[AppTest], bool]], ...] = (
    (
        "explore",
        "variant=googlenet_naive&weights=sesame",
        None,
        "does not have",
        "Leave it as it is",
        lambda app: not app.warning,
    ),
    (
        "explore",
        "variant=googlenet&selected=inception3aa",
        None,
        "selects 'inception3aa'",
        "Select inception3a",
        lambda app: state_of(app).selected == "inception3a" and not app.warning,
    ),
    (
        "explore",
        "variant=googlenet_bn&weights=demon",
        None,
        "does not have",
        "Use demo",
        lambda app: state_of(app).weights == {"googlenet_bn": "demo"} and not app.warning,
    ),
    (
        "explore",
        "variant=googlenet",
        lambda app: state_of(app).type_numbers({"inception3a.branch1x1.conv": "many"}),
        "",
        "inception3a.branch1x1.conv: Keep 64",
        lambda app: not state_of(app).refused and state_of(app).arch == GOOGLENET,
    ),
    (
        "bar",
        "variant=googlenet",
        pinned_too_many,
        f"{MOST_PINS} networks are pinned",
        "Take off No. 1",
        lambda app: [pin.name for pin in state_of(app).pins] == ["No. 0", "No. 2", "No. 3", "No. 4", "No. 5"],
    ),
    (
        "picture",
        "variant=googlenet",
        dropped("Your picture", "notes.png"),
        "notes.png",
        "Go on without it",
        lambda app: not app.warning,
    ),
    (
        "picture",
        "variant=googlenet",
        dropped("Open a file of weights", "notes.pth"),
        "notes.pth",
        "Use the demo network instead",
        lambda app: not app.warning and state_of(app).weights == {"googlenet_bn": "demo"},
    ),
    (
        "picture",
        "variant=googlenet",
        dropped("Open a file of weights", "notes.pth"),
        "notes.pth",
        "Go on without the file",
        lambda app: not app.warning,
    ),
    (
        "search",
        "variant=googlenet",
        dropped("A file of an earlier search (.jsonl)", "notes.jsonl"),
        "not the file of a search",
        "Take the file away",
        lambda app: not app.warning,
    ),
    (
        "own_network",
        "variant=googlenet",
        dropped("Or an .onnx file, which is read and never run", "notes.pth"),
        "notes.pth",
        "Open weights on Picture",
        lambda app: state_of(app).wanted_page == "Picture",
    ),
    (
        "train",
        "variant=googlenet",
        None,
        "1,000 outputs",
        "Only change outputs to 10",
        lambda app: state_of(app).arch.classes == 10 and "outputs" not in str(app.warning),
    ),
)


@pytest.mark.parametrize("name, query, step, words, label, then", ROWS, ids=[f"{row[0]}: {row[4]}" for row in ROWS])
def test_a_refusal_has_a_button_that_helps(
    name: str, query: str, step: Step | None, words: str, label: str, then: Callable[[AppTest], bool]
) -> None:
    app = opened(name, query)
    if step is not None:
        step(app)
        app.run()
    said = " ".join(warning.value for warning in app.warning).replace("\\", "").replace("\u2060", "")
    assert words in said
    offers = {button.label.replace("\\", "").replace("\u2060", ""): button for button in app.button}
    assert label in offers, f"{said!r} offers {list(offers)}"
    offers[label].click().run()
    assert not app.exception
    assert then(app), [warning.value for warning in app.warning]


def test_every_page_refuses_by_the_one_function_that_takes_a_way_out() -> None:
    for file in (ROOT / "app" / "frontend").rglob("*.py"):
        if file.name != "notice.py":
            assert not re.search(r"\.warning\(", file.read_text(encoding="utf-8")), file
