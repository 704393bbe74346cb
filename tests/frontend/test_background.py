"""The page's background task: progress, result, cancel and problem, as a session sees them over its reruns."""

import threading
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.common.jobs import Progress
from app.frontend.shell import background
from app.frontend.shell.background import BackgroundTask

Work = Callable[[Progress], str]


def page(task: "BackgroundTask[str]", work: "Work", question: object) -> None:
    import streamlit as st

    if task.running:
        task.watch()
    elif st.button("Start"):
        task.start(work, question)
        st.rerun()
    task.show_problem(question)
    st.markdown(f"result: {task.result(question)}")


def opened(work: Work, question: object = None, *, name: str = "work", alone: bool = True) -> AppTest:
    task: BackgroundTask[str] = BackgroundTask(name, "Counting", alone=alone)
    app = AppTest.from_function(page, default_timeout=30, kwargs={"task": task, "work": work, "question": question})
    return app.run()


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def after_its_end(app: AppTest, name: str = "work") -> AppTest:
    if job := app.session_state[f"task:{name}"].job:  # else the page has seen its end already
        job.wait()
    return app.run()


class Gate:
    """Work that reports once, waits to be let through, reports again and returns ``result``."""

    def __init__(self, result: str = "ten") -> None:
        self.result = result
        self.reported, self.opened = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> str:
        progress.report(0.25, "one of four")
        self.reported.set()
        assert self.opened.wait(30)
        progress.report(1, "four of four")
        return self.result


def bar(app: AppTest) -> str:
    return str(app.get("progress")[0].proto.text)


def test_work_shows_its_progress_and_leaves_its_result() -> None:
    gate = Gate()
    app = opened(gate)
    press(app, "Start")
    gate.reported.wait(30)
    app.run()
    assert labels(app) == ["Cancel"]
    assert bar(app) == "Counting: one of four"
    gate.opened.set()
    after_its_end(app)
    assert labels(app) == ["Start"]
    assert app.markdown[0].value == "result: ten"


def test_cancelled_work_says_so_and_leaves_the_last_result() -> None:
    first, second = Gate("first"), Gate("second")
    gates = iter((first, second))
    app = opened(lambda progress: next(gates)(progress))
    first.opened.set()
    press(app, "Start")
    after_its_end(app)
    press(app, "Start")
    second.reported.wait(30)
    app.run()
    press(app, "Cancel")
    second.opened.set()
    after_its_end(app)
    assert [caption.value for caption in app.caption] == ["Cancelled."]
    assert app.markdown[0].value == "result: first"


def failing(progress: Progress) -> str:
    raise ValueError("It is too large.")


def test_a_problem_is_a_sentence_where_its_question_was_asked() -> None:
    app = opened(failing, "a")
    press(app, "Start")
    after_its_end(app)
    assert [warning.value for warning in app.warning] == [r"It is too large\."]
    app.kwargs["question"] = "b"
    app.run()
    assert not app.warning


def test_a_result_belongs_to_its_question() -> None:
    gate = Gate()
    gate.opened.set()
    app = opened(gate, ("cat", 3))
    press(app, "Start")
    after_its_end(app)
    assert app.markdown[0].value == "result: ten"
    app.kwargs["question"] = ("cat", 4)
    assert app.run().markdown[0].value == "result: None"


@pytest.mark.parametrize("alone", [True, False])
def test_one_work_at_a_time_unless_it_only_transfers(alone: bool) -> None:
    gate, other = Gate(), Gate()
    first = opened(gate)
    press(first, "Start")
    second = opened(other, name="other", alone=alone)
    press(second, "Start")
    assert labels(second) == (["Start"] if alone else ["Cancel"])
    assert len(second.warning) == alone
    for task in (gate, other):
        task.opened.set()
    after_its_end(first)
    if not alone:
        after_its_end(second, "other")


def test_the_time_left_is_estimated_from_the_speed_that_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(background.time, "monotonic", lambda: now)
    reports, gone_on = Gate(), threading.Event()

    def work(progress: Progress) -> str:
        progress.report(0.2, "resumed")
        reports.reported.set()
        assert reports.opened.wait(30)
        progress.report(0.6, "going on")
        gone_on.set()
        assert end.wait(30)
        return ""

    end = threading.Event()
    app = opened(work)
    press(app, "Start")
    reports.reported.wait(30)
    app.run()
    assert bar(app) == "Counting: resumed"  # nothing was seen to move yet
    reports.opened.set()
    gone_on.wait(30)
    now += 20
    app.run()
    assert bar(app) == "Counting: going on, about 20 seconds left"  # 0.4 took 20 s
    end.set()
    after_its_end(app)
