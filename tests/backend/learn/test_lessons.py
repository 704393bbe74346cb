"""Every lesson from its first to its last step: states open, checks notice, numbers are those of the network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.backend.common.links import from_query, to_query
from app.backend.learn import reading
from app.backend.learn.checks import SUBJECTS, LessonCheck, LessonScreen
from app.backend.learn.lessons import NUMBER_PLACE, LessonStep
from app.backend.learn.quantities import QUANTITIES
from app.backend.learn.reading import LESSONS_FOLDER, lessons, read_lesson
from inception_models import ARCHITECTURES, Arch, with_widths
from inception_models.edits.structure import without_op

BACKBONE = (
    "Why 1×1?",
    "Large filters taken apart",
    "Making the grid smaller",
    "Two more classifiers",
    "BatchNorm",
    "Label smoothing",
    "Residual scale",
    "Three networks called v2",
)
GOOGLENET = ARCHITECTURES["googlenet"]
FIRST = (LESSONS_FOLDER / "en" / "1_why_1x1.toml").read_text(encoding="utf-8")


def every_step() -> list[object]:
    return [
        pytest.param(step, id=f"{lesson.id}-{number}")
        for lesson in lessons().values()
        for number, step in enumerate(lesson.steps, 1)
    ]


def test_the_eight_lessons_of_the_backbone_come_first() -> None:
    assert tuple(lesson.title for lesson in lessons().values())[:8] == BACKBONE
    assert [lesson.way_in for lesson in lessons().values() if lesson.way_in] == ["Why 1×1?", "Shrink it"]


@pytest.mark.parametrize("step", every_step())
def test_a_step_from_opening_to_done(step: LessonStep) -> None:
    arch, refusal = from_query(to_query(step.arch))
    assert (arch, refusal) == (step.arch, None)  # the state is one that a link can open
    opened = LessonScreen(step.arch, step.selected, step.page)
    assert not step.check.holds(opened)
    after = step.check.met(opened)
    assert step.check.holds(after)
    for sentence in (step.text, step.task, step.done, step.question, step.answer):
        written = step.sentence(sentence, after.arch)
        assert "–" not in written, "a number has no value"
        assert not re.search(r"[{}!]", written)


@pytest.mark.parametrize("step", every_step())
def test_a_variant_is_named_as_in_the_list(step: LessonStep) -> None:
    if (step.check.subject, step.check.target) == ("shown", "variant"):
        assert f"“{ARCHITECTURES[str(step.check.wanted)].about.title.partition(' (')[0]}" in step.task


def test_a_translation_is_a_folder_and_what_it_lacks_is_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LESSONS_FOLDER", tmp_path)
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "1_why_1x1.toml").write_text(FIRST.replace('"Why 1×1?"', '"Warum 1×1?"'), encoding="utf-8")
    language_of = reading.language_of.__wrapped__  # what it remembers is of the real folder
    assert (language_of("de-AT"), language_of("fr"), language_of(None)) == ("de", "en", "en")
    german = lessons("de")
    assert [german["1_why_1x1"].title, german["2_factorising"].title] == ["Warum 1×1?", "Large filters taken apart"]


@pytest.mark.parametrize("step", every_step())
def test_a_number_is_computed_or_has_a_source(step: LessonStep) -> None:
    """Kernels, the paths of parts, small counts in words and the task's own target aside."""
    for sentence in (step.text, step.done, step.question, step.answer):
        typed = re.sub(r"\d+×\d+|\w*[A-Za-z_]\w*|\bv\d\b", "", NUMBER_PLACE.sub("", sentence))
        if re.search(r"\d\.\d|\d{2,}|\d ?%", typed):
            assert step.source or "1 G" in sentence, sentence


def test_the_numbers_are_those_that_were_counted_elsewhere() -> None:
    """The backbone's figures, which were measured on other implementations."""
    steps = {(lesson.id[0], number): step for lesson in lessons().values() for number, step in enumerate(lesson.steps)}

    def done(lesson: str, number: int) -> str:
        step = steps[lesson, number]
        return step.sentence(step.done, step.check.met(LessonScreen(step.arch, step.selected, step.page)).arch)

    assert "12.4 M MACs and costs 120 M MACs now, 9.7 times" in done("1", 1)
    assert "13.9 times as many" in done("1", 4)  # 97,526,008 / 6,998,552
    assert "18 weights now, 28.0% fewer" in done("2", 0)
    assert "A square 7×7 has 49, so 71.4% are saved" in done("2", 1)
    assert "would have 102,400 weights, as many as the 5×5" in done("2", 2)  # 32 × 128 × 25
    assert "33.3% fewer" in done("2", 3)
    assert "target 0.9001" in done("6", 0)


def test_a_lesson_goes_on_when_the_part_that_it_speaks_of_is_gone() -> None:
    step = lessons()["1_why_1x1"].steps[2]
    gone = without_op(GOOGLENET, "inception3a.branch5x5.reduce")
    assert not step.check.holds(LessonScreen(gone, "inception3a", "Explore"))
    assert step.sentence(step.done, gone).startswith("With – filters")


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        ('title = "Why 1×1?"', 'titel = "Why"', "'titel' is not known"),
        ("[[steps]]", "[[steps", "is not valid TOML"),
        ('page = "Explore"', 'page = "Home"', "step 1, page: 'Home' is not known; known are 'Explore'"),
        ('variant = "googlenet"', 'variant = "lenet"', "step 1, state, variant: 'lenet' is not known"),
        ('selected = "inception3a"', 'selected = "inception9"', "step 1, selected: 'inception9' is not known"),
        ('task = "Select', 'tusk = "Select', "step 1: 'tusk' is not known"),
        ("{read} channels on", "{reed} channels on", "step 1, {reed}: 'reed' is not known"),
        ("{cost}.", "{cost:loud}.", "step 1, {cost:loud}: 'loud' is not known"),
        (" Together they cost {cost}", "", "step 1: the number 'cost' is in no sentence"),
        ('"macs inception3a.branch5x5" }', '"cost inception3a.branch5x5" }', "step 1, numbers: cost begins with 'cost"),
        ('shown = "part", is', 'shown = "part", was', "step 1, check: 'was' is not known"),
        ('shown = "part", is', 'shown = "part", width = "a", is', "step 1, check: one of width"),
        ('is = "removed"', "is = true", "step 2, check, is: a number or a word belongs here"),
        ('"without / with"', '"without / more"', "step 2, numbers: times = 'without / more' uses 'more'"),
        ('remove = ["inception3a.branch5x5.reduce"]', 'remove = ["inception3a"]', "step 2, networks, direct: "),
        ('"macs inception3a.branch5x5 in direct"', '"macs in bent"', "'bent' is not a network"),
    ],
)
def test_a_file_with_a_mistake_gets_one_sentence_that_names_the_place(old: str, new: str, sentence: str) -> None:
    assert old in FIRST
    with pytest.raises(ValueError, match=re.escape(sentence)) as refused:
        read_lesson(FIRST.replace(old, new, 1), "1_why_1x1")
    assert str(refused.value).startswith("1_why_1x1")


def test_too_few_steps_are_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("1_why_1x1 has 3 steps; a lesson has 4 to 7.")):
        read_lesson("[[steps]]".join(FIRST.split("[[steps]]")[:4]), "1_why_1x1")


@pytest.mark.parametrize(
    "subject, target, relation, wanted, before, after",
    [
        ("width", "inception3a.branch5x5.reduce", "is", 64, GOOGLENET, {"inception3a.branch5x5.reduce": 64}),
        ("width", "inception3a.branch5x5.reduce", "at_most", 8, GOOGLENET, {"inception3a.branch5x5.reduce": 7}),
        ("total", "params", "at_most", 6_000_000, GOOGLENET, {"inception5b.branch3x3.conv": 1}),
    ],
)
def test_a_check_on_a_number(
    subject: str, target: str, relation: str, wanted: int, before: Arch, after: dict[str, int]
) -> None:
    check = LessonCheck(subject, target, relation, wanted)
    assert not check.holds(LessonScreen(before, "inception3a", "Explore"))
    assert check.holds(LessonScreen(with_widths(before, after), "inception3a", "Explore"))


def test_no_kind_of_check_and_no_quantity_is_without_use() -> None:
    steps = [step for lesson in lessons().values() for step in lesson.steps]
    assert {step.check.subject for step in steps} == set(SUBJECTS)
    words = {text.split()[0] for step in steps for text in (step.numbers or {}).values()}
    assert set(QUANTITIES) <= words
