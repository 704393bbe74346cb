"""Links and saved edits that were cut, damaged or made up: a network and one sentence; and every remedy works.

``FUZZ_EXAMPLES=3000`` draws as many, at random; by default few are, the same every time.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.backend.common.links import from_query, to_query
from inception_models import ARCHITECTURES, Arch
from inception_models.arch.refusal import Refusal
from inception_models.arch.rules import checked
from inception_models.edits.link import apply_edits, readable_edits
from inception_models.edits.link_reading import READERS
from tests.fuzzing import drawing
from tests.models.random_edits import EDITS, assert_one_sentence, edited

few = drawing(60)
keys = st.sampled_from(list(ARCHITECTURES))
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**400), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, str]:
    """A link to an edited network of which a piece was cut out, repeated or replaced."""
    arch, _ = draw(edited(ARCHITECTURES[draw(keys)], most=3))
    query = to_query(arch)
    for name in query:
        text = query[name]
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        piece = draw(st.sampled_from((text[start:end], "", text[start:end] * 2, "\udcff", '"', "}", "9" * 30, "-")))
        if draw(st.booleans()):
            query[name] = text[:start] + piece + draw(st.sampled_from((text[end:], "")))
    return query


@few
@given(damaged())
def test_a_damaged_link_opens_a_network_and_what_it_offers_opens_too(query: dict[str, str]) -> None:
    arch, refusal = from_query(query)
    assert checked(arch) is arch
    if refusal is not None:
        assert arch == ARCHITECTURES[arch.key]
        assert str(refusal).endswith((".", "?"))
        assert "\n" not in str(refusal)
        for remedy in refusal.remedies:
            opened = remedy.edit(arch)
            assert checked(opened) is opened
            assert opened != arch


@few
@given(keys, st.dictionaries(st.sampled_from(("v", *READERS)), anything))
def test_made_up_edits_are_refused_in_one_sentence_and_the_readable_ones_work(key: str, edits: object) -> None:
    original = ARCHITECTURES[key]
    assert checked(readable_edits(original, edits))
    said = "."
    try:
        apply_edits(original, edits)
    except ValueError as refusal:
        said = str(refusal)
    assert_one_sentence(said)


@few
@given(keys, st.sampled_from(list(EDITS)), st.data())
def test_every_remedy_of_a_refused_edit_works(key: str, name: str, data: st.DataObject) -> None:
    original = ARCHITECTURES[key]
    arch: Arch = data.draw(edited(original, most=2))[0]
    remedies = ()
    try:
        data.draw(st.composite(lambda draw: EDITS[name](draw, arch, original))())
    except Refusal as refusal:
        remedies = refusal.remedies
    except ValueError:
        pass
    for remedy in remedies:
        remedied = remedy.edit(arch)
        assert checked(remedied) is remedied
