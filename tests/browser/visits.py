"""The way to a page of the app, and what is done and seen on every one."""

from urllib.parse import parse_qsl, urlencode, urlparse

from playwright.sync_api import Page, expect

from app.backend.common.links import from_query, to_query
from app.frontend.kit.variant_list import variant_label
from inception_models import ARCHITECTURES, Arch

SLOW_MS = 30_000  # a first build, measurement or short run on a busy machine


def open_page(page: Page, app_url: str, arch: Arch, name: str, first_tab: str) -> None:
    """Open the page called ``name`` by the link of ``arch`` there, and wait until it has settled."""
    page.goto(f"{app_url}/{name.lower()}?{urlencode(to_query(arch))}")
    expect(page.get_by_role("tab", name=first_tab)).to_be_visible(timeout=SLOW_MS)
    settled(page)


def shows_network(page: Page, title: str = "", *, size_px: int | None = None, classes: int | None = None) -> None:
    """The bar below the menu names this network, and its controls have these values."""
    expect(page.locator(".network-head h1")).to_contain_text(title, timeout=SLOW_MS)
    for label, value in (("Input size", size_px), ("Classes", classes)):
        if value is not None:
            expect(page.get_by_label(label, exact=True)).to_have_value(str(value), timeout=SLOW_MS)


def forget(page: Page) -> None:
    """What the browser keeps of the app, also where the page would keep it when it is left: next comes a stranger."""
    page.evaluate("{ Storage.prototype.setItem = () => {}; localStorage.clear(); sessionStorage.clear() }")
    page.context.clear_cookies()


def linked(page: Page) -> Arch:
    """The network of the link in the address bar."""
    return network_of(page.url)


def link_leads_to(page: Page, arch: Arch) -> None:
    """The link in the address bar, which follows what the page shows a moment later."""
    page.wait_for_url(lambda url: network_of(url) == arch, wait_until="commit")


def network_of(url: str) -> Arch:
    arch, refusal = from_query(dict(parse_qsl(urlparse(url).query)))
    assert refusal is None
    return arch


def fits(page: Page, css: str = "[data-testid=stMain]") -> None:
    """Nothing in there is wider than the window, once the charts have followed its size."""
    assert page.viewport_size
    expect(page.locator(css)).to_have_js_property("scrollWidth", page.viewport_size["width"])


def settled(page: Page) -> None:
    expect(page.locator(".metric").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=SLOW_MS)


def choose_variant(page: Page, key: str, search: str = "") -> None:
    """Choose a variant in the bar below the menu, found by ``search`` or by its title."""
    field = page.get_by_role("combobox", name="Variant")
    field.scroll_into_view_if_needed()
    page.evaluate("new Promise(requestAnimationFrame)")  # the list closes when the page scrolls
    field.click()
    field.fill(search or ARCHITECTURES[key].about.title)
    page.get_by_role("option", name=variant_label(key), exact=True).click()


def show_whole_network(page: Page) -> None:
    """On Explore, instead of the selected block alone."""
    page.get_by_role("radio", name="Whole network").click(timeout=SLOW_MS)
    expect(page.get_by_label("Search the diagram")).to_be_visible(timeout=SLOW_MS)
