"""The README's moving picture and the one beside links, of the running app: ``python -m tests.browser.tour``."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.app_server import ROOT, free_port, served
from tests.browser import chromium
from tests.browser.visits import settled

FILE = ROOT / "assets" / "tour.webp"
PREVIEW = ROOT / "assets" / "preview.png"
WINDOW_PX = (1200, 750)
PICTURE_PX = (960, 600)
PREVIEW_PX = (1200, 630)
MAX_BYTES = 1_500_000
Frame = tuple[bytes, int]  # a screenshot as PNG, and for how many milliseconds it is shown


def main() -> int:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "app", "serve", "--port", str(port))
    with (
        tempfile.TemporaryDirectory() as logs,
        served(command, url, Path(logs) / "log"),
        sync_playwright() as playwright,
    ):
        launched = chromium.launch(playwright)
        if launched is None:
            sys.exit(chromium.MISSING)
        page = launched[1].new_page(viewport={"width": WINDOW_PX[0], "height": WINDOW_PX[1]})
        page.goto(url)
        settled(page)
        page.get_by_role("button", name="No, thank you").click()
        frames = list(scenes(page))
        launched[1].close()
    shots = [Image.open(io.BytesIO(png)).convert("RGB") for png, _ in frames]
    shots[0].crop((0, 0, *PREVIEW_PX)).save(PREVIEW, optimize=True)
    pictures = [shot.resize(PICTURE_PX, Image.Resampling.LANCZOS) for shot in shots]
    shown_ms = [ms for _, ms in frames]
    pictures[0].save(FILE, save_all=True, append_images=pictures[1:], duration=shown_ms, loop=0, quality=72, method=6)
    print(f"{FILE.relative_to(ROOT)}: {len(frames)} frames, {sum(shown_ms) / 1000:g} s, {FILE.stat().st_size:,} bytes")
    return 0 if FILE.stat().st_size < MAX_BYTES else 1


def scenes(page: Page) -> Iterator[Frame]:
    """A filter count is changed, explained, and found again in the costs; then a picture goes through a network."""
    page.wait_for_timeout(1500)
    yield frame(page, 1800)
    field = page.get_by_role("textbox", name="filters of inception3a.branch5x5.reduce, exact")
    field.focus()
    for _ in range(10):  # as a thumb on the slider would
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(400)
        yield frame(page, 160)
    yield frame(page, 1200)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("radio", name="Explain").click()
    yield settled_frame(page, 2600)
    page.get_by_role("radio", name="Whole network").click()
    yield settled_frame(page, 1800)
    page.get_by_role("link", name="Costs").click()
    yield settled_frame(page, 1800)
    page.get_by_role("link", name="Picture").click()
    settled(page)
    page.get_by_role("button", name="Open a trained network").click()
    yield settled_frame(page, 2600)


def settled_frame(page: Page, shown_ms: int) -> Frame:
    settled(page)
    page.wait_for_timeout(2500)  # charts and maps are drawn after the script has ended
    return frame(page, shown_ms)


def frame(page: Page, shown_ms: int) -> Frame:
    return page.screenshot(), shown_ms


if __name__ == "__main__":
    sys.exit(main())
