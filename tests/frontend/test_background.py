"""The page's background task: progress, result, cancel and problem, as a person sees them over reruns and reloads."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.common.jobs import Job, Lane, Progress
from app.backend.common.limits import LEFT_SECONDS
from app.frontend.kit import background, task_records
from app.frontend.kit.background import BackgroundTask
from app.frontend.kit.task_records import KEPT_SECONDS, TaskRecords
from app.frontend.training import sweep

Work = Callable[[Progress], str]


@pytest.fixture(autouse=True)
def everybody(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Who is here, instead of the sessions of a server: every page has a ``person``."""
    import streamlit as st

    here = {"ann", "bob"}
    records = TaskRecords(lambda who: who in here)
    monkeypatch.setattr(background, "RECORDS", records)
    monkeypatch.setattr(background, "person", lambda: st.session_state.person)
    yield here
    here.clear()
    records.look(float("inf"))


def page(task: "BackgroundTask[str]", work: "Work", question: object) -> None:
    import streamlit as st

    if task.running:
        task.watch()
    elif st.button("Start"):
        task.start(work, question)
        st.rerun()
    task.show_problem(question)
    st.markdown(f"result: {task.result(question)}")


def opened(
    work: Work, question: object = None, *, name: str = "work", lane: Lane = "short", person: str = "ann"
) -> AppTest:
    task: BackgroundTask[str] = BackgroundTask(name, "Counting", lane=lane)
    app = AppTest.from_function(page, default_timeout=30, kwargs={"task": task, "work": work, "question": question})
    app.session_state.person = person
    return app.run()


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def after_its_end(app: AppTest, name: str = "work") -> AppTest:
    if job := background.RECORDS.of(app.session_state.person, name).job:  # else the page has seen its end already
        job.wait(30)
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


def asking(task: "BackgroundTask[str]", work: "Work", question: object) -> None:
    import streamlit as st

    if "known" not in st.session_state or st.session_state.known[0] != question:
        found = task.answer(work, question)
        if found is not None:
            st.session_state.known = (question, found)
    st.markdown(f"answer: {st.session_state.get('known')}")


def drawn(work: Work, question: object) -> AppTest:
    task: BackgroundTask[str] = BackgroundTask("asked", "Counting")
    app = AppTest.from_function(asking, default_timeout=30, kwargs={"task": task, "work": work, "question": question})
    app.session_state.person = "ann"
    return app.run()


def test_a_page_that_asks_by_being_drawn_gets_a_quick_answer_at_once_and_keeps_it() -> None:
    gate = Gate()
    gate.opened.set()
    app = drawn(gate, "a")
    assert not app.get("progress")
    assert app.markdown[0].value == "answer: ('a', 'ten')"
    record = background.RECORDS.of("ann", "asked")
    assert record.result is None, "nothing outlives the session"
    assert drawn(gate, "a").markdown[0].value == "answer: ('a', 'ten')"  # another session asks for itself


def test_a_page_that_asks_something_else_meanwhile_cancels_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MOMENT_SECONDS", 0.01)
    first, second = Gate("first"), Gate("second")
    app = drawn(first, "a")
    first.reported.wait(30)
    assert bar(app.run()) == "Counting: one of four"
    job = background.RECORDS.of("ann", "asked").job
    assert job is not None
    app.kwargs.update(question="b", work=second)
    app.run()  # the first has not noticed yet
    assert job.progress.cancelled
    assert app.markdown[0].value == "answer: None"
    first.opened.set()
    job.wait(30)
    second.opened.set()
    app.run()
    assert after_its_end(app, "asked").markdown[0].value == "answer: ('b', 'second')"


def test_a_page_does_not_ask_again_by_itself_what_failed_or_was_cancelled() -> None:
    app = drawn(failing, "a")
    assert [warning.value for warning in app.warning] == [r"It is too large\."]
    gate = Gate()
    app.kwargs["work"] = gate
    app.run()
    assert labels(app) == ["Try again"]
    assert not gate.reported.is_set()
    press(app, "Try again")
    gate.reported.wait(30)
    press(app, "Cancel")
    gate.opened.set()
    after_its_end(app, "asked")
    assert [caption.value for caption in app.caption] == ["Cancelled."]
    assert labels(app) == ["Try again"]
    press(app, "Try again")
    assert after_its_end(app, "asked").markdown[0].value == "answer: ('a', 'ten')"


def following(task: "BackgroundTask[str]", work: "Work", question: object) -> None:
    import streamlit as st

    st.markdown(f"known: {task.followed(work, question)}")


def test_what_a_page_follows_is_shown_also_where_work_ends_before_the_page_looks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate()
    gate.opened.set()
    put = background.JOBS.put

    def put_and_wait(job: Job[str]) -> None:
        put(job)
        job.wait(30)

    monkeypatch.setattr(background.JOBS, "put", put_and_wait)
    task: BackgroundTask[str] = BackgroundTask("followed")
    app = AppTest.from_function(following, default_timeout=30, kwargs={"task": task, "work": gate, "question": "a"})
    app.session_state.person = "ann"
    assert app.run().markdown[0].value == "known: ten"


def test_a_page_that_follows_something_else_while_it_waits_for_its_turn_asks_that() -> None:
    blocking, gate = Gate(), Gate()
    press(opened(blocking, person="bob"), "Start")
    blocking.reported.wait(30)
    task: BackgroundTask[str] = BackgroundTask("followed")
    app = AppTest.from_function(following, default_timeout=30, kwargs={"task": task, "work": gate, "question": "a"})
    app.session_state.person = "ann"
    app.run()
    app.kwargs["question"] = "b"
    app.run()  # what waits ends at once when it is cancelled
    assert background.RECORDS.of("ann", "followed").asked == "b"
    blocking.opened.set()
    gate.opened.set()
    assert after_its_end(app, "followed").markdown[0].value == "known: ten"


def making(task: "BackgroundTask[bytes]", work: "Callable[[Progress], bytes]") -> None:
    from app.frontend.takeaway.made_file import made_file

    made_file(task, "net.txt", "Make", work, None)


def test_work_that_ends_in_the_middle_of_a_run_leaves_no_page_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    task: BackgroundTask[bytes] = BackgroundTask("file")
    kwargs = {"task": task, "work": lambda progress: gate(progress).encode()}
    app = AppTest.from_function(making, default_timeout=30, kwargs=kwargs)
    app.session_state.person = "ann"
    app.run()
    press(app, "Make")
    assert labels(app) == ["Cancel"]
    found = BackgroundTask.result

    def ends_after(self: "BackgroundTask[bytes]", question: object = None) -> bytes | None:
        before = found(self, question)
        gate.opened.set()
        if job := background.RECORDS.of("ann", "file").job:
            job.wait(30)
        return before

    monkeypatch.setattr(BackgroundTask, "result", ends_after)
    app.run()
    gate.opened.set()
    assert labels(app) != ["Make"]


def cut_off() -> None:
    import streamlit as st

    from app.frontend.state import State
    from app.frontend.training import sweep
    from inception_models import ARCHITECTURES

    if st.session_state.pop("cut off", False):  # as by a message of a component
        st.rerun()
    sweep.show(State.showing(ARCHITECTURES["googlenet"]))


def test_a_click_is_not_lost_where_its_run_is_cut_off_before_the_button(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    monkeypatch.setattr(sweep, "sweep", lambda arch, path, progress: gate(progress))
    app = AppTest.from_function(cut_off, default_timeout=30)
    app.session_state.person = "ann"
    app.run()
    app.session_state["cut off"] = True
    press(app, "Measure")
    gate.opened.set()
    assert "Cancel" in labels(app)


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


def test_it_is_found_again_after_a_reload_with_progress_cancel_and_result() -> None:
    gate = Gate()
    app = opened(gate)
    press(app, "Start")
    gate.reported.wait(30)
    reloaded = opened(gate)
    assert bar(reloaded) == "Counting: one of four"
    gate.opened.set()
    assert after_its_end(reloaded).markdown[0].value == "result: ten"
    assert opened(gate).markdown[0].value == "result: ten"
    gate.opened.clear()
    press(reloaded, "Start")
    again = opened(gate)
    press(again, "Cancel")
    gate.opened.set()
    assert [caption.value for caption in after_its_end(again).caption] == ["Cancelled."]


def test_people_neither_see_nor_cancel_each_others_work() -> None:
    anns, bobs = Gate("ann's"), Gate("bob's")
    ann, bob = opened(anns), opened(bobs, person="bob")
    press(ann, "Start")
    anns.reported.wait(30)
    assert labels(bob.run()) == ["Start"]
    press(bob, "Start")
    assert bar(bob).startswith("Waiting: 1 job before yours")
    press(bob, "Cancel")
    assert [caption.value for caption in bob.caption] == ["Cancelled."]
    assert labels(ann.run()) == ["Cancel"]
    anns.opened.set()
    assert after_its_end(ann).markdown[0].value == "result: ann's"
    assert bob.run().markdown[0].value == "result: None"


def test_work_of_somebody_who_has_gone_is_cancelled_and_its_result_dropped_later(everybody: set[str]) -> None:
    gate = Gate()
    app = opened(gate)
    gate.opened.set()
    press(app, "Start")
    after_its_end(app)
    gate.opened.clear()
    press(app, "Start")
    now = time.monotonic()
    everybody.remove("ann")
    background.RECORDS.look(now + LEFT_SECONDS - 1)  # of a reload or a short break
    everybody.add("ann")
    background.RECORDS.look(now + LEFT_SECONDS)
    everybody.remove("ann")
    background.RECORDS.look(now + 2 * LEFT_SECONDS - 1)
    record = background.RECORDS.of("ann", "work")
    assert record.job is not None
    assert not record.job.progress.cancelled
    background.RECORDS.look(now + 2 * LEFT_SECONDS + 1)
    assert record.job.progress.cancelled
    gate.opened.set()
    after_its_end(app)
    assert "your page was closed" in app.warning[0].value
    assert app.markdown[0].value == "result: ten"
    background.RECORDS.look(now + LEFT_SECONDS + KEPT_SECONDS + 1)
    assert app.run().markdown[0].value == "result: None"


def test_a_bounded_number_of_results_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_records, "MOST_RECORDS", 2)
    gate = Gate()
    gate.opened.set()
    apps = [opened(gate, name=name) for name in ("first", "second", "third")]
    for app, name in zip(apps, ("first", "second", "third"), strict=True):
        press(app, "Start")
        after_its_end(app, name)
    assert [app.run().markdown[0].value for app in apps] == ["result: None", "result: ten", "result: ten"]


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
