"""Compare with pins that are not of the family: of a library, of files that are here or not, or of nothing."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn
from torchvision.models import shufflenet_v2_x0_5

from app.backend.common.brought import brought_file
from app.backend.common.pins import Pin, pins_text
from app.backend.common.quantity import short
from app.backend.decide.comparing import brought_runs
from app.backend.foreign.inspection import inspected_here
from app.backend.foreign.kept_files import keep_file
from app.frontend.kit import brought
from app.frontend.kit.background import RECORDS
from tests.backend.decide.answered_here import answered_here

THEIRS = "(torchvision:shufflenet_v2_x0_5,shape:[3,64,64],name:theirs)"
GONE = f"(file:gone.onnx,digest:{'a' * 32})"


def page() -> None:
    import streamlit as st

    from app.frontend.kit import page_links
    from app.frontend.pages import compare, own_network, picture

    linked = {"Your own network": own_network.page, "Picture": picture.page}
    page_links.register([st.Page(show, title=title, url_path=title.split()[-1]) for title, show in linked.items()])
    compare.page()


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process would answer comes from this one: each would take seconds to import torch."""
    monkeypatch.setattr(brought, "inspected_apart", lambda source, shape, _: inspected_here(source, shape))
    monkeypatch.setattr(brought_runs, "answer_apart", answered_here)


@pytest.fixture
def file_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The pin of a file that the visitor has added."""
    monkeypatch.setenv("INCEPTION_EXPLORER_CACHE", str(tmp_path))
    file = tmp_path / "net.onnx"
    torch.onnx.export(nn.Sequential(nn.Conv2d(3, 7, 3)), (torch.zeros(1, 3, 32, 32),), file, dynamo=False)
    network = brought_file("net.onnx", file.read_bytes(), None)
    keep_file("x" * 32, network.digest, file.read_bytes())
    return pins_text([Pin("net.onnx", network)]).removeprefix("p:[").removesuffix("]")


def shown(tab: str, pins: str) -> AppTest:
    """The page with the ``pins`` of a link, once they are analysed."""
    app = AppTest.from_function(page, default_timeout=120)
    app.session_state["compare_open"] = tab
    app.session_state["visitor"] = "x" * 32
    app.query_params["pins"] = f"p:[{pins}]"
    app.run()
    if job := RECORDS.of("x" * 32, "pinned_networks").job:
        job.wait(120)
    app.run()
    assert not app.exception
    return app


def words_of(app: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in (*app.caption, *app.warning)]


def test_a_network_of_a_library_and_one_of_a_file_are_compared_and_what_is_missing_is_said(file_pin: str) -> None:
    app = shown("Overview", f"(timm:no_such_network),{THEIRS},{file_pin},{GONE}")
    totals = next(html.proto.body for html in app.get("html") if "compare-totals" in html.proto.body)
    params = sum(parameter.numel() for parameter in shufflenet_v2_x0_5().parameters())
    assert all(f">{words}<" in totals for words in ("theirs", "net.onnx", short(params), short(7 * 28), "3 × 64 × 64"))
    assert "no_such_network" not in totals
    first, second = [warning.value.replace("\\", "") for warning in app.warning]
    assert first == "no_such_network is left out. timm has no model 'no_such_network'."
    assert second.startswith("gone.onnx is left out. Its file gone.onnx is not on this server")
    assert any(
        words.startswith("A link does not contain this file: net.onnx. Send it along") for words in words_of(app)
    )


def test_they_are_timed_and_see_the_picture(file_pin: str) -> None:
    app = shown("Time", f"{THEIRS},{file_pin}")
    assert any("Estimated: times in proportion to the" in html.proto.body for html in app.get("html"))
    with patch("app.frontend.measured.LIMIT_SECONDS", 1):
        next(button for button in app.button if button.label == "Measure").click().run()
        if job := RECORDS.of("x" * 32, "compared_times").job:
            job.wait(120)
        app.run()
    times = RECORDS.of("x" * 32, "compared_times").result
    assert [type(time).__name__ for time in times] == ["WholeTime", "WholeTime", "Latency"]  # type: ignore[attr-defined]
    app = shown("Picture", f"{THEIRS},{file_pin}")
    if job := RECORDS.of("x" * 32, "compared_pictures").job:
        job.wait(120)
    app.run()
    assert not app.warning
    pages = " ".join(html.proto.body for html in app.get("html"))
    assert "Weights: random, PyTorch" in pages
    assert "Weights: in the file, ONNX Runtime" in pages
