"""An uploaded picture is opened once, however often the page is drawn."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app.backend.picture.images import open_image
from app.frontend.picture import picture_input


def page() -> None:
    import streamlit as st

    from app.frontend.picture.picture_input import choose_picture

    st.markdown(choose_picture(st.session_state.setdefault("files", {})).title)


@pytest.fixture
def opened_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of every file that is opened."""
    names: list[str] = []

    def counted(data: bytes, name: str = "") -> Image.Image:
        names.append(name)
        return open_image(data, name)

    monkeypatch.setattr(picture_input, "open_image", counted)
    return names


def png(colour: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def upload(app: AppTest, name: str, data: bytes) -> None:
    app.file_uploader[0].set_value((name, data, "image/png")).run()


def test_an_upload_is_opened_once_and_a_new_one_again(opened_names: list[str]) -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    upload(app, "red.png", png("red"))
    for _ in range(3):
        assert app.run().markdown[0].value == "red.png"
    assert opened_names.count("red.png") == 1
    upload(app, "blue.png", png("blue"))
    assert app.run().markdown[0].value == "blue.png"
    assert app.session_state["files"] == {"upload": "blue.png"}
    assert opened_names.count("blue.png") == 1


def test_a_refused_upload_is_opened_once_and_its_sentence_stays(opened_names: list[str]) -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    upload(app, "notes.png", b"not a picture")
    for _ in range(3):
        app.run()
        assert "notes" in app.warning[0].value
        assert app.markdown[0].value == "Chelsea the cat"
    assert opened_names.count("notes.png") == 1


def test_a_picture_that_was_taken_back_is_not_kept() -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    upload(app, "red.png", png("red"))
    assert app.session_state["opened:upload"] is not None
    app.file_uploader[0].clear().run()
    assert app.session_state["opened:upload"] is None
    assert app.session_state["files"] == {}
    assert not app.warning
    assert app.markdown[0].value == "Chelsea the cat"


def test_a_picture_that_the_server_has_no_more_is_named() -> None:
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["files"] = {"upload": "my_cat.png"}
    app.run()
    assert "no longer has your picture my\\_cat\\.png" in app.warning[0].value
    app.pills[0].set_value("rocket").run()
    assert not app.warning
    assert app.markdown[0].value == "Falcon 9 on the launch pad"
