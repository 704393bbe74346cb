"""What a person sees and does at the diagram component, on the made-up network: in an app, and alone on a page."""

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from playwright.sync_api import Locator, Page, expect

from app.frontend.components import graph_view
from tests.app_server import free_port, served
from tests.browser.components.made_up_network import MadeUp
from tests.browser.components.static_page import StaticPage

APP = "tests/browser/components/graph_view_app.py"
REDUCE = "inception1.branch3x3.reduce"


@contextmanager
def demo(logs: Path) -> Iterator[str]:
    """The address of the running demo."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    # The developer's toolbar brings the one-letter shortcuts that a search must keep its letters from.
    command = (
        *(sys.executable, "-m", "streamlit", "run", APP),
        *("--server.port", str(port), "--client.toolbarMode", "developer"),
    )
    with served(command, address, logs / "server.log"):
        yield address


@dataclass(frozen=True)
class ScreenBox:
    """A rectangle on the screen, in px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def top(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y

    def holds(self, other: "ScreenBox") -> bool:
        across = self.x <= other.x and other.x + other.width <= self.x + self.width
        return across and self.y <= other.y and other.y + other.height <= self.y + self.height


class Diagram:
    """What a person sees and does. Motion is off, so nothing has to be waited for but Python."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.emulate_media(reduced_motion="reduce")

    def place(self, path: str) -> Locator:
        return self.page.locator(f'.view g[id="{path}"]')

    def box(self, path: str) -> ScreenBox:
        return ScreenBox(
            *self.place(path).evaluate(
                "e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] }"
            )
        )

    def expect_at(self, path: str, box: ScreenBox) -> None:
        """The canvas gets its size, and the drawing its place, in the frame after they are shown."""
        expect(self.place(path)).to_be_visible()
        near = """([e, box]) => {
          const now = e.getBoundingClientRect()
          return ["x", "y", "width", "height"].every((side) => Math.abs(now[side] - box[side]) < 0.01)
        }"""
        self.page.wait_for_function(near, arg=[self.place(path).element_handle(), asdict(box)], timeout=5000)

    def expect_height(self, css: str, low: float, high: float) -> None:
        """Full screen comes and goes in its own time."""
        height = """([e, low, high]) => {
          const { height } = e.getBoundingClientRect()
          return low <= height && height <= high
        }"""
        element = self.page.locator(f".view{css}").element_handle()
        self.page.wait_for_function(height, arg=[element, low, high], timeout=5000)

    def expect_in_sight(self, *paths: str) -> None:
        """All of them inside the canvas."""
        inside = """(places) => places.every((place) => {
          const [box, room] = [place, place.closest(".canvas")].map((e) => e.getBoundingClientRect())
          return room.left <= box.left && box.right <= room.right && room.top <= box.top && box.bottom <= room.bottom
        })"""
        places = [self.place(path).element_handle() for path in paths]
        self.page.wait_for_function(inside, arg=places, timeout=5000)

    def of(self, css: str) -> ScreenBox:
        rectangle = self.page.locator(f".view {css}").bounding_box()
        assert rectangle
        return ScreenBox(**rectangle)

    def click(self, path: str, at: tuple[float, float] | None = None) -> None:
        self.page.mouse.click(*(at or self.box(path).center))

    def drag(self, start: tuple[float, float], *path: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for point in path:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def button(self, name: str) -> Locator:
        return self.page.locator(".view .bar").get_by_title(name)

    def expect_chosen(self, *paths: str) -> None:
        marked = self.page.locator('.view g[aria-current="true"]')
        expect(marked).to_have_count(len(paths))
        for path in paths:
            expect(self.place(path)).to_have_attribute("aria-current", "true")

    def focused(self) -> str:
        name: str = self.page.locator(".view :focus").evaluate("e => e.id || e.className || e.tagName")
        return name

    def expect_said(self, *lines: str) -> None:
        """Exactly these events reached Python, and their rerun is on the page."""
        said = "\n".join(lines)
        expect(self.page.get_by_test_id("stCode")).to_have_text(re.compile(rf"^{said}\s*(width \d+\s*)?$"))


class DiagramInApp(Diagram):
    def __init__(self, page: Page, url: str, query: str = "modules=3") -> None:
        super().__init__(page)
        page.goto(f"{url}/?{query}")
        expect(self.place("input")).to_be_attached(timeout=30_000)


class DiagramAlone(Diagram):
    """``open_static``: StaticPage, but for its first arguments."""

    def __init__(self, page: Page, open_static: Callable[..., StaticPage], query: str = "modules=3") -> None:
        super().__init__(page)
        self.network = MadeUp.asked(dict(parse_qsl(query, keep_blank_values=True)))
        self.static = open_static(graph_view, self.network.show, self.network.log)

    def select_elsewhere(self, path: str) -> None:
        self.network.selected = path
        self.static.rerun()

    def widen(self) -> None:
        """Another number of filters in REDUCE: 104."""
        self.network.width += 8
        self.static.rerun()

    def show_heat(self) -> None:
        self.network.heat = True
        self.static.rerun()


def near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) < 1 and abs(a[1] - b[1]) < 1


def touch(diagram: Diagram, *steps: Sequence[tuple[float, float]]) -> None:
    """Put as many fingers down as a step has points, move them from step to step; a step without points lifts them."""
    session = diagram.page.context.new_cdp_session(diagram.page)
    down = 0
    start = time.time()
    for number, points in enumerate((*steps, ())):
        kind = "touchEnd" if not points else "touchMove" if down else "touchStart"
        fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        event = {
            "type": kind,
            "touchPoints": fingers,
            "timestamp": start + 0.02 * number,
        }  # a slow machine is not a slow hand
        session.send("Input.dispatchTouchEvent", event)
        down = len(points)
