"""Lessons and glossary from their files. Whatever is wrong in one is said in a sentence that names the file and place.

A language is a folder of ``app/lessons``; in it each lesson is a file whose name begins with a digit, which gives the
order, and the glossary is another. Nothing else needs to know of a new language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from inception_models import ARCHITECTURES, Arch
from inception_models.arch.rules import shown
from inception_models.edits.link import apply_edits
from inception_models.edits.structure import without_op

from .checks import RELATIONS, SUBJECTS, LessonCheck, Wanted
from .glossary import Term
from .lessons import LEVELS, NUMBER_PLACE, PAGES, Lesson, LessonStep
from .quantities import STYLES, LessonNetworks, computed

LESSONS_FOLDER = Path(__file__).parents[2] / "lessons"
ENGLISH = "en"
MAX_STEPS = (4, 7)

_TEXTS = ("title", "text", "page", "selected", "task", "done", "question", "answer")


@lru_cache(maxsize=64)
def language_of(locale: object) -> str:
    """The folder for a browser's locale, such as ``de-AT``; English where there is none."""
    code = str(locale).partition("-")[0]
    return code if code.isalpha() and (LESSONS_FOLDER / code).is_dir() else ENGLISH


@cache
def lessons(language: str = ENGLISH) -> Mapping[str, Lesson]:
    """Every lesson by its id, in order; those that a language does not have are English.

    Raises:
        ValueError: where a file is not a lesson.
    """
    files = sorted((LESSONS_FOLDER / language).glob("[0-9]*.toml"))
    own = {file.stem: read_lesson(file.read_text(encoding="utf-8"), file.stem) for file in files}
    return own if language == ENGLISH else {**lessons(), **own}


@cache
def glossary(language: str = ENGLISH) -> tuple[Term, ...]:
    """The terms of a language, in alphabetical order; English ones where it has no glossary.

    Raises:
        ValueError: where the file is not a glossary.
    """
    file = LESSONS_FOLDER / language / "glossary.toml"
    if not file.exists() and language != ENGLISH:
        return glossary()
    data = _toml(file.read_text(encoding="utf-8"), "glossary")
    _known(data, {"terms"}, "glossary")
    terms = []
    for number, entry in enumerate(_tables(data.get("terms"), "glossary, terms"), 1):
        where = f"glossary, term {number}"
        _known(entry, {"id", "term", "also", "meaning"}, where)
        also = entry.get("also", [])
        if not isinstance(also, list) or not all(isinstance(word, str) for word in also):
            raise ValueError(f"{where}: also must be a list of words, not {shown(also)}.")
        name = _text(entry, "term", where)
        id = _text(entry, "id", where) if "id" in entry else name
        terms.append(Term(id, name, _text(entry, "meaning", where), tuple(also)))
    return tuple(sorted(terms, key=lambda term: term.name.lower()))


def read_lesson(text: str, id: str) -> Lesson:
    """The lesson that ``text`` holds as TOML.

    Raises:
        ValueError: with one sentence, where it holds none.
    """
    data = _toml(text, id)
    _known(data, {"title", "about", "way_in", "steps"}, id)
    tables = _tables(data.get("steps"), f"{id}, steps")
    least, most = MAX_STEPS
    if not least <= len(tables) <= most:
        raise ValueError(f"{id} has {len(tables)} steps; a lesson has {least} to {most}.")
    steps = tuple(_step(table, f"{id}, step {number}") for number, table in enumerate(tables, 1))
    way_in = _text(data, "way_in", id) if "way_in" in data else ""
    return Lesson(id, _text(data, "title", id), _text(data, "about", id), steps, way_in)


def _step(data: dict[str, object], where: str) -> LessonStep:
    _known(data, {*_TEXTS, "state", "check", "source", "level", "networks", "numbers"}, where)
    texts = {name: _text(data, name, where) for name in _TEXTS}
    _one_of(texts["page"], PAGES, f"{where}, page")
    arch = _network(data.get("state"), f"{where}, state")
    parts = {"input", *(part.name for part in (*arch.stages, *arch.aux))}
    _one_of(texts["selected"].partition(".")[0], sorted(parts), f"{where}, selected")
    if "level" in data:
        _one_of(data["level"], LEVELS, f"{where}, level")
    named = {name: _network(spec, f"{where}, networks, {name}") for name, spec in _table(data, "networks").items()}
    numbers = {name: _text(_table(data, "numbers"), name, where) for name in _table(data, "numbers")}
    step = LessonStep(
        texts["title"],
        texts["text"],
        texts["page"],
        arch,
        texts["selected"],
        texts["task"],
        _check(data.get("check"), f"{where}, check"),
        texts["done"],
        texts["question"],
        texts["answer"],
        _text(data, "source", where) if "source" in data else "",
        str(data.get("level", "")),
        named,
        numbers,
    )
    _check_numbers(step, where)
    return step


def _check_numbers(step: LessonStep, where: str) -> None:
    """Every number in a sentence is defined, and every one that is defined is used."""
    sentences = (step.text, step.task, step.done, step.question, step.answer)
    numbers = step.numbers or {}
    places = [match for sentence in sentences for match in NUMBER_PLACE.finditer(sentence)]
    for match in places:
        _one_of(match[1], tuple(numbers), f"{where}, {match[0]}")
        _one_of(match[2] or "", STYLES, f"{where}, {match[0]}")
    used = {match[1] for match in places} | {word for text in numbers.values() for word in text.split()}
    if unused := [name for name in numbers if name not in used]:
        raise ValueError(f"{where}: the number {unused[0]!r} is in no sentence.")
    try:
        computed(numbers, LessonNetworks(step.arch, step.arch, step.networks or {}))
    except ValueError as problem:
        raise ValueError(f"{where}, numbers: {problem}") from None


def _network(spec: object, where: str) -> Arch:
    """A variant with the edits of a link, and without the layers in ``remove``."""
    if not isinstance(spec, dict):
        raise ValueError(f"{where}: a table with a variant belongs here, not {shown(spec)}.")
    _known(spec, {"variant", "edits", "remove"}, where)
    key = _text(spec, "variant", where)
    _one_of(key, tuple(ARCHITECTURES), f"{where}, variant")
    try:
        arch = apply_edits(ARCHITECTURES[key], {"v": 1, **_table(spec, "edits")})
        for path in _list(spec.get("remove", []), f"{where}, remove"):
            arch = without_op(arch, path)
    except ValueError as problem:
        raise ValueError(f"{where}: {problem}") from None
    return arch


def _check(data: object, where: str) -> LessonCheck:
    if not isinstance(data, dict):
        raise ValueError(f"{where}: a table with a subject and a relation belongs here, not {shown(data)}.")
    _known(data, {*SUBJECTS, *RELATIONS}, where)
    subjects, relations = [key for key in data if key in SUBJECTS], [key for key in data if key in RELATIONS]
    if len(subjects) != 1 or len(relations) != 1:
        raise ValueError(f"{where}: one of {', '.join(SUBJECTS)} and one of {', '.join(RELATIONS)} belong here.")
    wanted = data[relations[0]]
    if isinstance(wanted, bool) or not isinstance(wanted, Wanted):
        raise ValueError(f"{where}, {relations[0]}: a number or a word belongs here, not {shown(wanted)}.")
    return LessonCheck(subjects[0], _text(data, subjects[0], where), relations[0], wanted)


# --- values ----------------------------------------------------------------------------------------------------------


def _toml(text: str, where: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ValueError(f"{where} is not valid TOML: {problem}.") from None


def _known(data: Mapping[str, object], known: set[str], where: str) -> None:
    for key in data:
        _one_of(key, sorted(known), where)


def _one_of(value: object, known: tuple[str, ...] | list[str], where: str) -> None:
    if value not in known:
        raise ValueError(f"{where}: {shown(value)} is not known; known are {', '.join(map(repr, known))}.")


def _text(data: Mapping[str, object], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{where}: {name} must be a text, not {shown(value)}.")
    return value.strip()


def _table(data: Mapping[str, object], name: str) -> dict[str, object]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise ValueError(f"{name}: a table belongs here, not {shown(value)}.")
    return value


def _tables(value: object, where: str) -> list[dict[str, object]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError(f"{where}: a list of tables belongs here, not {shown(value)}.")
    return value


def _list(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{where}: a list of paths belongs here, not {shown(value)}.")
    return value
