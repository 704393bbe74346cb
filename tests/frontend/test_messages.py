"""What Python sends to each component is what the component's messages.d.ts says, field by field."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from app.backend.picture.mosaic import Cell
from app.frontend.components.maps_view import Picked
from tests.app_server import ROOT

FOLDER = ROOT / "app" / "frontend" / "components"
COMPONENTS = sorted(file.parent.name for file in FOLDER.glob("*/__init__.py") if "_component = " in file.read_text())
TSC = (str(Path(sys.executable).with_name("node")), str(ROOT / "node_modules" / "typescript" / "bin" / "tsc"))
LONGEST = 60  # of a text: what a type says of megabytes in base64 it says of their beginning

Payload = Mapping[str, object]


def explore() -> None:
    from app.frontend.pages import explore as it

    it.page()


def picture() -> None:
    from app.frontend.pages import picture as it

    it.page()


def costs() -> None:
    from app.frontend.pages import costs as it

    it.page()


@pytest.fixture(scope="module")
def sent() -> dict[str, list[Payload]]:
    """What the real pages send to each component: untouched, edited, refused, with something picked."""
    payloads: dict[str, list[Payload]] = {name: [] for name in COMPONENTS}
    with pytest.MonkeyPatch.context() as patch:
        for name in COMPONENTS:
            patch.setattr(module(name), "_component", lambda data, to=payloads[name], **_: to.append(data))
        page = opened(explore, "googlenet")
        path, wrong = "inception3a.branch1x1.conv", "inception3a.branch3x3.conv"
        page.session_state["state"].type_numbers({path: "96", wrong: "many"})
        page.run()
        page.session_state["state"].undo()
        page.run()
        opened(explore, "inception_resnet_v2")  # with repeated blocks
        page = opened(picture, "googlenet_bn")
        page.session_state["state"].picked = Picked("inception3a.branch3x3", Cell(3, 2, 1))
        page.run()
        for tab in ("Layers", "Sensitivity"):
            opened(costs, "googlenet", tab=tab)
    return payloads


def module(name: str) -> ModuleType:
    return import_module(f"app.frontend.components.{name}")


def opened(script: object, variant: str, **more: str) -> AppTest:
    page = AppTest.from_function(script, default_timeout=60)
    for name, value in {"variant": variant, **more}.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def test_the_messages_have_the_types_that_the_components_read(sent: dict[str, list[Payload]], tmp_path: Path) -> None:
    lines: list[str] = []
    for name, payloads in sent.items():
        assert len(payloads) >= 2, f"no page showed {name}"
        lines += checked(name, payloads)
    (tmp_path / "sent.ts").write_text("\n".join(lines))
    options = ("--noEmit", "--strict", "--target", "ES2022", "--module", "ESNext", "--moduleResolution", "bundler")
    command = (*TSC, *options, "--allowImportingTsExtensions", "--types", "", "sent.ts")
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def checked(name: str, payloads: list[Payload]) -> list[str]:
    """Declarations that the type checker must accept, then ones that it must refuse: one field less or more."""
    messages = FOLDER / name / "messages.d.ts"
    assert messages.exists(), f"{name} says nothing of its messages"
    data = re.findall(r"^export interface (\w+Data) ", messages.read_text(), re.MULTILINE)
    assert len(data) == 1, f"{messages} must have one interface called ..Data"
    lines = [f'import type {{ {data[0]} }} from "{messages.as_posix()}"']
    lines += [f"export const {name}{i}: {data[0]} = {literal(payload)}" for i, payload in enumerate(payloads)]
    first = payloads[0]
    wrong = [{key: first[key] for key in first if key != left_out} for left_out in first]
    for i, payload in enumerate([*wrong, {**first, "more": 1}]):
        lines += ["// @ts-expect-error", f"export const {name}Wrong{i}: {data[0]} = {literal(payload)}"]
    return lines


def literal(payload: Payload) -> str:
    return json.dumps(shortened(json.loads(json.dumps(payload))))


def shortened(value: object) -> object:
    match value:
        case str():
            return value[:LONGEST]
        case list():
            return [shortened(item) for item in value]
        case dict():
            return {key: shortened(item) for key, item in value.items()}
        case _:
            return value
