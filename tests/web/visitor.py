"""A person's browser, as far as the server can tell: a page's connection, and uploads."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

BOUNDARY = "----boundary"


@dataclass(frozen=True)
class Visitor:
    """A session of the server on ``port``."""

    port: int
    session: str

    def upload(self, name: str, size: int, promised: int | None = None, file_id: str = "1") -> tuple[int, str]:
        """The status and text of the answer to a file of ``size`` bytes.

        ``promised``: another length than it has; 0 for none, as a file in chunks has.
        """
        start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        body = start + bytes(size) + f"\r\n--{BOUNDARY}--\r\n".encode()
        token = _token(self.port)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            **({"Content-Length": str(promised or len(body))} if promised != 0 else {}),
            "X-Xsrftoken": token,
            "Cookie": f"_streamlit_xsrf={token}",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                "PUT",
                f"/_stcore/upload_file/{self.session}/{file_id}",
                body if promised != 0 else iter([body]),
                headers,
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@contextmanager
def visiting(port: int, query: str = "") -> Iterator[Visitor]:
    """Open the page with a link's ``query``; leaves when the block ends."""
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        max_queue=None,  # nobody reads the page: a queue that is full keeps the end from arriving, for ten seconds
    ) as page:
        start = BackMsg()
        start.rerun_script.query_string = query
        page.send(start.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(page.recv(timeout=60))
            if message.WhichOneof("type") == "new_session":
                break
        yield Visitor(port, message.new_session.initialize.session_id)


def _token(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/_stcore/health")
    cookies = connection.getresponse().headers.get_all("Set-Cookie") or []
    connection.close()
    return next(
        cookie.partition("=")[2].partition(";")[0] for cookie in cookies if cookie.startswith("_streamlit_xsrf")
    )
