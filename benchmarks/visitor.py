"""A person's browser without the browser: one session of the real app over its WebSocket, in Streamlit's protobuf."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlparse

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE_SECONDS = 60
TOTAL = re.compile(r'aria-label="Parameters: ([\d,]+) parameters')
TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"
FAILED = ForwardMsg.FINISHED_WITH_COMPILE_ERROR


class VisitError(RuntimeError):
    """The app did not answer as it should."""


@dataclass
class Shown:
    """A component on the page: where it tells its events, and which version of its data it has."""

    id: str
    fragment: str
    series: str
    version: int


@dataclass(frozen=True)
class Answer:
    """What came after one event until the script had finished."""

    seconds: float
    size_bytes: int
    messages: int


@dataclass
class Visitor:
    """Opens ``page`` of the app at ``url`` with the network called ``variant``."""

    url: str
    variant: str
    page: str = ""
    params: int = 0  # of the network, as the page says
    picture: bytes = b""  # a PNG: what the network is shown of the last one that was uploaded
    components: dict[str, Shown] = field(default_factory=dict)
    uploader: str = ""
    _known: dict[str, ForwardMsg] = field(default_factory=dict)  # messages of this run, by their hashes
    _known_before: dict[str, ForwardMsg] = field(default_factory=dict)  # a browser forgets older ones too
    _widgets: dict[str, WidgetState] = field(default_factory=dict)
    _events: int = 0
    _session: str = ""
    _page_hash: str = ""

    async def __aenter__(self) -> Self:
        self._cookie = await asyncio.to_thread(_xsrf, self.url)
        address = f"ws://{urlparse(self.url).netloc}/_stcore/stream"
        headers = {"Cookie": f"_streamlit_xsrf={self._cookie}"}
        protocols = [Subprotocol("streamlit"), Subprotocol(self._cookie)]  # so Streamlit's own page sends the token
        self._socket: ClientConnection = await connect(
            address,
            subprotocols=protocols,
            additional_headers=headers,
            max_size=None,
            max_queue=None,  # a full queue, left unread after an error, would keep the end from arriving
            compression=None,
        )
        self.opened = await self._run("", [])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def edit(self, path: str, width: int) -> Answer:
        """Type a width into the table."""
        return await self._tell("table1", {"typed": {path: str(width)}})

    async def show_picture(self, name: str, data: bytes) -> Answer:
        """Upload a picture to the page Picture and wait for all that it shows."""
        self.picture = b""
        start = time.perf_counter()
        request = BackMsg()
        request.file_urls_request.request_id = name
        request.file_urls_request.file_names.append(name)
        request.file_urls_request.session_id = self._session
        await self._socket.send(request.SerializeToString())
        while (message := await self._receive())[0].WhichOneof("type") != "file_urls_response":
            pass
        urls = message[0].file_urls_response.file_urls[0]
        await asyncio.to_thread(self._put, urls, name, data)
        state = WidgetState(id=self.uploader)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), urls.file_id
        info.file_urls.CopyFrom(urls)
        self._widgets[state.id] = state
        answer = await self._run("", [])
        return Answer(time.perf_counter() - start, answer.size_bytes, answer.messages)

    def _put(self, urls: FileURLs, name: str, data: bytes) -> None:
        edge = "picture-of-a-visitor"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        request = urllib.request.Request(
            self.url + urls.upload_url,
            head.encode() + data + f"\r\n--{edge}--\r\n".encode(),
            {
                "Content-Type": f"multipart/form-data; boundary={edge}",
                "Cookie": f"_streamlit_xsrf={self._cookie}",
                "X-Xsrftoken": self._cookie,
            },
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=PATIENCE_SECONDS).close()

    async def _tell(self, key: str, event: Mapping[str, object]) -> Answer:
        component = self.components[key]
        self._events += 1
        seen = {name: [shown.series, shown.version] for name, shown in self.components.items()}
        message = {"client": "visitor", "events": [{**event, "number": self._events}], "seen": seen}
        trigger = WidgetState(id=TRIGGER.format(component.id))
        trigger.json_trigger_value = json.dumps([{"event": "events", "value": message}])
        return await self._run(component.fragment, [trigger])

    async def _run(self, fragment: str, triggers: list[WidgetState]) -> Answer:
        """Ask for a run and take all that it sends."""
        request = BackMsg()
        rerun = request.rerun_script
        rerun.query_string = urlencode({"variant": self.variant})
        rerun.page_name = self.page
        rerun.page_script_hash = self._page_hash
        rerun.fragment_id = fragment
        rerun.context_info.url = f"{self.url}/{self.page}"
        rerun.cached_message_hashes.extend(self._known)
        rerun.widget_states.widgets.extend([*self._widgets.values(), *triggers])
        self._known_before, self._known = self._known, {}
        start = time.perf_counter()
        await self._socket.send(request.SerializeToString())
        size, count = 0, 0
        while True:
            message, length = await self._receive()
            size, count = size + length, count + 1
            match message.WhichOneof("type"):
                case "new_session":
                    self._session = message.new_session.initialize.session_id
                case "navigation":
                    self._page_hash = message.navigation.page_script_hash
                case "script_finished" if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                case "script_finished":
                    return Answer(time.perf_counter() - start, size, count)
                case "delta":
                    self._show(message.delta)
                case _:
                    pass

    async def _receive(self) -> tuple[ForwardMsg, int]:
        """The next message, and its size on the wire."""
        data = await asyncio.wait_for(self._socket.recv(decode=False), PATIENCE_SECONDS)
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "ref_hash":
            message = (self._known_before | self._known)[message.ref_hash]
        if message.metadata.cacheable:
            self._known[message.hash] = message
        return message, len(data)

    def _show(self, delta: Delta) -> None:
        element = delta.new_element
        match element.WhichOneof("type"):
            case "bidi_component":
                data = json.loads(element.bidi_component.bytes)
                self._take(data, Shown(element.bidi_component.id, delta.fragment_id, data["series"], data["version"]))
            case "html" if found := TOTAL.search(element.html.body):
                self.params = int(found[1].replace(",", ""))
            case "file_uploader":
                self.uploader = element.file_uploader.id
            case "exception":
                raise VisitError(element.exception.message)
            case "alert" if element.alert.format in (Alert.ERROR, Alert.WARNING):
                raise VisitError(element.alert.body)
            case _:
                pass

    def _take(self, message: Mapping[str, object], shown: Shown) -> None:
        """What received.js does, without the data."""
        key = str(message["key"])
        before = self.components.get(key)
        since = message.get("since")
        if isinstance(since, int) and not (before and before.series == shown.series and since <= before.version):
            raise VisitError(f"{key} was sent changes of version {since}, which it does not have.")
        self.components[key] = shown
        match message:
            case {"key": "maps_view", "whole": {"picture": str() as picture}}:
                self.picture = base64.b64decode(picture)
            case _:
                pass


def _xsrf(url: str) -> str:
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=PATIENCE_SECONDS) as answer:
        cookies = SimpleCookie(answer.headers.get("Set-Cookie", ""))
    return cookies["_streamlit_xsrf"].value if "_streamlit_xsrf" in cookies else ""
