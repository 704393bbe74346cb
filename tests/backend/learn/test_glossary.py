"""The glossary has one sentence for each term, and the terms that the page's help texts use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.backend.learn import reading
from app.backend.learn.glossary import split_at_terms
from app.backend.learn.reading import glossary

FRONTEND = Path(__file__).parents[3] / "app" / "frontend"
WANTED = [
    "LRN",
    "aux head",
    "projection",
    "filter concatenation",
    "MAC",
    "FLOP",
    "receptive field",
    "jump",
    "residual scale",
    "separable",
    "depth multiplier",
    "BatchNorm",
    "label smoothing",
    "bottleneck",
    "stem",
    "grid reduction",
    "peak memory",
    "parameters",
]
NOT_TERMS = frozenset(
    [
        "CPU",
        "GPU",
        "MB",
        "GB",
        "PNG",
        "SVG",
        "PDF",
        "CSV",
        "JSON",
        "RGB",
        "DOT",
        "URL",
        "ONNX",
        "API",
        "HTML",
        "TF",
        "FILE",
    ]
)
# Acronyms that are names of formats, machines and files, not of the field.


def words() -> set[str]:
    return {word.lower() for term in glossary() for word in (term.name, *term.also)}


def help_texts() -> Iterator[str]:
    """The text of every ``help=`` on the page."""
    for file in FRONTEND.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "help":
                yield " ".join(
                    c.value for c in ast.walk(node.value) if isinstance(c, ast.Constant) and str(c.value) == c.value
                )


def test_each_term_has_one_sentence_and_no_word_two_terms() -> None:
    known = [word.lower() for term in glossary() for word in (term.name, *term.also)]
    assert len(known) == len(set(known))
    for term in glossary():
        assert re.fullmatch(r"[^.!]+(?:\d\.\d[^.!]*)*\.", term.meaning), term.name


def test_a_glossary_of_another_language_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = glossary()
    monkeypatch.setattr(reading, "LESSONS_FOLDER", tmp_path)
    (tmp_path / "xa").mkdir()
    text = '[[terms]]\nid = "jump"\nterm = "Schrittweite"\nalso = ["Schrittweiten"]\nmeaning = "Wie weit."\n'
    (tmp_path / "xa" / "glossary.toml").write_text(text, encoding="utf-8")
    assert [(term.id, term.name) for term in glossary("xa")] == [("jump", "Schrittweite")]
    assert [piece for piece, term in split_at_terms("Zwei Schrittweiten", glossary("xa")) if term] == ["Schrittweiten"]
    assert glossary("xb") == english  # which has no glossary of its own


def test_the_terms_of_the_field_are_in_it() -> None:
    assert [term for term in WANTED if term.lower() not in words()] == []


def test_acronyms_in_the_help_texts_are_in_it() -> None:
    texts = list(help_texts())
    assert len(texts) > 40
    acronyms = {word.rstrip("s") for text in texts for word in re.findall(r"\b[A-Z]{2,}s?\b", text)} - NOT_TERMS
    assert {word for word in acronyms if word.lower() not in words()} == set()


def test_captions_that_use_a_term_explain_it() -> None:
    """They go through ``caption`` of ``app/frontend/kit/terms.py``, not Streamlit's, which cannot."""
    unexplained = [
        f"{file.name}, line {node.lineno}: {term.name}"
        for file in FRONTEND.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.caption"
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        for _, term in split_at_terms(part.value, glossary())
        if term
    ]
    assert unexplained == []


def test_a_term_is_found_once_the_longest_first_and_never_inside_a_word() -> None:
    pieces = list(
        split_at_terms("MACs of a max pool, of pools, a filter concatenation and a mac-like stemming", glossary())
    )
    assert (
        "".join(text for text, _ in pieces)
        == "MACs of a max pool, of pools, a filter concatenation and a mac-like stemming"
    )
    assert [text for text, term in pieces if term] == ["MACs", "max pool", "filter concatenation"]
