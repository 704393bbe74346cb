"""What is drawn before Streamlit is there is what the page then shows."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.common.links import link_text, to_query
from app.frontend.components import graph_view, network_strip
from app.frontend.explore.first_look import first_look
from app.web.first_look import FirstLook
from inception_models import ARCHITECTURES, with_widths
from tests.frontend.test_messages import explore

EDITED = to_query(with_widths(ARCHITECTURES["googlenet"], {"inception3a.branch1x1.conv": 96}))


@pytest.mark.parametrize(
    "query",
    [
        *({"variant": key} for key in ("googlenet", "inception_v3", "inception_resnet_v2", "xception")),
        {},
        EDITED,
        {**EDITED, "selected": "inception4a.branch3x3", "expanded": "inception4a"},
        {"variant": "inception_v4", "selected": "input"},
        {"view": "Whole network", "level": "stage", "colour-by": "macs", "sideways": "on", "heads": "off"},
        {"variant": "inception_resnet_v2", "view": "Whole network", "copies": "on", "folded": "block35,block17"},
        {"colour-by": "nothing", "apart": "maybe", "tab": "Maps"},
    ],
)
def test_the_strip_and_the_diagram_are_told_the_same_first(
    monkeypatch: pytest.MonkeyPatch, query: Mapping[str, str]
) -> None:
    told: dict[str, object] = {}
    for module in (graph_view, network_strip):
        monkeypatch.setattr(module, "_component", lambda key, data, **_: told.update({key: data}))
    page = AppTest.from_function(explore, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    look = json.loads(first_look(query, "light") or "")
    assert {part["key"]: part["data"] for part in look["parts"]} == json.loads(json.dumps(told))


@pytest.mark.parametrize(
    "query",
    [
        {"variant": "nothing"},
        {"edits": "w:(nothing:1)"},
        {"selected": "nothing"},
        {"goal": "macs<1G"},
        {"colour-by": "time"},
        {"maps-in-boxes": "on"},
    ],
)
def test_nothing_is_drawn_where_the_page_begins_with_something_else(query: Mapping[str, str]) -> None:
    assert first_look(query, "light") is None


def test_choices_that_the_browser_has_kept_are_those_of_a_link() -> None:
    kept = json.dumps({"View": "Whole network", "Colour by": "params", "apart": True, "edit": "Structure", "Level": 7})
    linked = first_look({"view": "Whole network", "colour-by": "params", "apart": "on"}, "dark")
    assert first_look({"choices": kept}, "dark") == linked != first_look({}, "dark")
    assert first_look({"choices": kept, "view": "Block"}, "dark") != linked  # a link prevails
    for nothing in ("[" * 9999, "[]", "", '{"View": {}}', '{"View": null}'):
        assert first_look({"choices": nothing}, "dark") == first_look({}, "dark")


def test_a_request_waits_until_the_page_is_imported() -> None:
    look = FirstLook()
    threading.Timer(0.05, look.comes_from, [first_look]).start()
    answer = look.answer(link_text(EDITED), "dark")
    assert (answer.status_code, answer.media_type) == (200, "application/json")
    assert json.loads(answer.body)["parts"] != json.loads(first_look(EDITED, "light") or "")["parts"]
    assert look.answer("variant=nothing", "dark").status_code == 204
