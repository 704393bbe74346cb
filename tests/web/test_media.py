"""Media files are found by the names that the page was told, and by no other."""

import asyncio
import hashlib

from starlette.types import Message, Receive, Scope, Send

from app.web.media import MAX_NAMES, SecretMedia

CONTENT = hashlib.sha256(b"a picture").hexdigest()[:32]
PAGE = b"\x0a\x40before/media/" + CONTENT.encode() + b".pngafter"


async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
    """Tells the page where its picture is; gives any file that is asked for by its content."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.send", "bytes": scope.get("page", PAGE)})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(scope["path"]).encode()})


def answers(app: SecretMedia, **scope: object) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    asyncio.run(app(scope, receive, send))
    return sent


def get(app: SecretMedia, path: str) -> list[Message]:
    return answers(app, type="http", method="GET", path=path, headers=[])


def test_a_file_has_another_name_in_every_process() -> None:
    one, other = SecretMedia(streamlit), SecretMedia(streamlit)
    pages = [answers(app, type="websocket", path="/_stcore/stream")[0]["bytes"] for app in (one, one, other)]
    assert pages[0] == pages[1] != pages[2]
    assert {len(page) for page in pages} == {len(PAGE)}
    name = pages[0].removeprefix(PAGE[:15]).removesuffix(b".pngafter").decode()
    assert name not in (CONTENT, "")

    found = get(one, f"/media/{name}.png")
    assert found[1]["body"].decode() == f"/media/{CONTENT}.png"
    assert (b"cache-control", b"private") in found[0]["headers"]
    assert get(one, f"/media/{CONTENT}.png")[0]["status"] == 404
    assert get(other, f"/media/{name}.png")[0]["status"] == 404


def test_other_files_are_left_alone() -> None:
    path = f"/static/media/{CONTENT}.woff2"
    assert get(SecretMedia(streamlit), path)[1]["body"].decode() == path


def test_names_are_forgotten_in_the_order_of_their_last_use() -> None:
    app = SecretMedia(streamlit)
    names = [f"/media/{number:032x}".encode() for number in range(MAX_NAMES)]
    told = answers(app, type="websocket", path="/", page=b" ".join(names))[0]["bytes"].decode().split()
    answers(app, type="websocket", path="/", page=names[0] + b" /media/" + b"f" * 32)
    assert get(app, told[0])[0]["status"] == 200
    assert get(app, told[1])[0]["status"] == 404
