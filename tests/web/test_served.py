"""The server as the open web sees it, with small limits."""

import http.client
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.backend.common.limits import PREFIX
from app.web.sessions import EVERY_SECONDS
from tests.app_server import free_port, served
from tests.web.visitor import visiting

MB = 2**20
LIMITS = {"PICTURE_MB": 1, "WEIGHTS_MB": 3, "SESSION_UPLOADS_MB": 4, "SERVER_UPLOADS_MB": 5, "GONE_SECONDS": 5}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "server.log"


@pytest.fixture(scope="module")
def port(log: Path) -> Iterator[int]:
    port = free_port()
    variables = (f"{PREFIX}{name}={value}" for name, value in LIMITS.items())
    command = ("env", *variables, sys.executable, "-m", "app", "serve", "--port", str(port))
    with served(command, f"http://127.0.0.1:{port}", log):
        yield port


def answer(port: int, path: str, host: str) -> tuple[int, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers


@pytest.mark.parametrize(
    "path, host, status",
    [
        ("/", "localhost:80", 200),
        ("/", "127.0.0.1", 200),
        ("/", "[::1]:8501", 200),
        ("/", "rebound.example", 421),
        ("/", "localhost.rebound.example", 421),
        ("/_stcore/host-config", "rebound.example", 421),
        ("/_stcore/health", "10.1.2.3", 200),
    ],
)
def test_pages_are_given_under_the_servers_own_names(port: int, path: str, host: str, status: int) -> None:
    assert answer(port, path, host)[0] == status


def test_the_page_is_imported_without_asking_for_a_visitor(port: int, log: Path) -> None:
    assert answer(port, "/first-look/light.json", "localhost")[0] == 200  # once it is
    assert "ScriptRunContext" not in log.read_text()


@pytest.mark.parametrize("path", ["/", "/static/none", "/_stcore/health", "/media/none.png"])
def test_every_answer_has_the_security_headers(port: int, path: str) -> None:
    headers = answer(port, path, "localhost")[1]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == "'self'"
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]


def test_the_page_has_its_name_and_style_before_streamlit_draws_it(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/costs", headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    page = connection.getresponse().read().decode()
    assert "<title>Inception Explorer</title>" in page
    assert '<meta name="description" content="Pick a network' in page
    assert page.index("</head>") < page.index(".st-key-network-bar") < page.index("</body>")  # after Streamlit's styles
    connection.request("GET", "/explore?variant=xception", headers={"Accept": "text/html"})
    answered = connection.getresponse()
    assert (answered.status, answered.headers["Location"]) == (307, "./?variant=xception")
    connection.close()


def test_the_page_names_the_components_script_which_browsers_keep(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/costs", headers={"Accept": "text/html"})
    named = re.search(r'src="\./(components\.\w+\.js)"', connection.getresponse().read().decode())
    assert named
    connection.request("GET", f"/{named[1]}")
    given = connection.getresponse()
    assert (given.status, given.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert "immutable" in given.headers["Cache-Control"]
    assert named[1] in given.read().decode()  # by which loader.js finds what it has
    connection.close()


def test_uploads_are_held_to_their_limits(port: int) -> None:
    with visiting(port) as person, visiting(port) as other:
        assert person.upload("a.JPG", MB + 9999)[0] == 413
        assert person.upload("card.json", MB + 9999)[0] == 413
        assert "At most 3 MB" in person.upload("a.pt", 9, promised=2**40)[1]  # refused before it comes
        assert person.upload("a.jpg", MB, file_id="picture")[0] == 204
        assert person.upload("a.pt", 2 * MB, file_id="first")[0] == 204
        assert person.upload("b.pt", 3 * MB, file_id="second")[0] == 204  # the first is dropped for it
        assert person.upload("c.jpg", MB, file_id="another")[0] == 204  # and then the second
        assert person.upload("d.jpg", MB, file_id="third")[0] == 204
        assert person.upload("e.jpg", MB, file_id="fourth")[0] == 204
        status, text = person.upload("f.jpg", MB // 2, file_id="fifth")
        assert (status, text) == (413, "At most 4 MB are kept for one person; remove a file first.")
        assert other.upload("a.jpg", MB, file_id="first")[0] == 204
        status, text = other.upload("a.jpg", MB // 2, file_id="picture")
        assert (status, text) == (413, "The server keeps as many files as it can; try again in a minute.")
    deadline = time.monotonic() + LIMITS["GONE_SECONDS"] + 2 * EVERY_SECONDS
    with visiting(port) as third:
        while (status := third.upload("a.pt", 3 * MB)[0]) != 204 and time.monotonic() < deadline:
            time.sleep(0.5)  # until what the others had is forgotten, without anyone else coming or going
        assert status == 204
        assert third.upload("nothing", 9, promised=0)[0] == 411


def test_an_upload_of_no_session_is_refused(port: int) -> None:
    with visiting(port) as person:
        stranger = type(person)(port, "1" * 36)
        assert stranger.upload("a.jpg", 10)[0] == 400
        assert stranger.upload("a.pt", 10, promised=3 * MB)[0] == 400  # before it comes


def test_a_chat_finds_the_pages_name_and_picture(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/costs?variant=googlenet", headers={"Host": f"localhost:{port}", "Accept": "text/html"})
    page = connection.getresponse().read().decode()
    connection.close()
    picture = f"http://localhost:{port}/preview.png"
    assert f'<meta property="og:image" content="{picture}">' in page
    status, headers = answer(port, "/preview.png", "localhost")
    assert (status, headers["Content-Type"]) == (200, "image/png")
