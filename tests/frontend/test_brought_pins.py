"""Compare with pins that are not of the family: of a library, of a file, and one that does not exist."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from torch import nn
from torchvision.models import shufflenet_v2_x0_5

from app.backend import analyze_module
from app.backend.common.brought import BroughtNetwork
from app.backend.common.quantity import short
from app.frontend.shell.background import RECORDS

THEIRS = "(torchvision:shufflenet_v2_x0_5,shape:[3,64,64],name:theirs)"


def page() -> None:
    from app.frontend.pages import compare

    compare.page()


def shown(tab: str, pins: str) -> AppTest:
    """The page with ``pins`` of the link, and one of a file."""
    app = AppTest.from_function(page, default_timeout=120)
    app.session_state["compare_open"] = tab
    app.query_params["pins"] = f"p:[{pins}]"
    app.run()
    if job := RECORDS.of(app.session_state.visitor, "pinned_networks").job:
        job.wait(120)
    file = BroughtNetwork("net.onnx", None, "d1")
    app.session_state["brought_networks"][file] = analyze_module(nn.Sequential(nn.Conv2d(3, 7, 3)), (3, 32, 32))
    app.session_state["state"].pin(file)
    app.run()
    assert not app.exception
    return app


def test_a_library_s_network_is_compared_and_what_is_missing_is_said() -> None:
    app = shown("Overview", f"(timm:no_such_network),{THEIRS}")
    totals = next(html.proto.body for html in app.get("html") if "compare-totals" in html.proto.body)
    params = sum(parameter.numel() for parameter in shufflenet_v2_x0_5().parameters())
    assert all(f">{words}<" in totals for words in ("theirs", "net.onnx", short(params), short(7 * 28), "3 × 64 × 64"))
    assert "no_such_network" not in totals
    [problem] = [warning.value.replace("\\", "") for warning in app.warning]
    assert problem == "no_such_network is left out. timm has no model 'no_such_network'."
    assert any("in no link" in caption.value for caption in app.caption)


def test_what_needs_a_network_of_the_family_says_whom_it_leaves_out() -> None:
    for tab, words in (("Time", "not timed here"), ("Picture", "not run here")):
        captions = [caption.value.replace("\\", "") for caption in shown(tab, THEIRS).caption]
        assert f"Not of the family, so {words}: theirs, net.onnx." in captions, tab
