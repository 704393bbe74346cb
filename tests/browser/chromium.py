"""The Chromium that the browser tests drive. Run as a program, it sees to it that there is one.

`make setup` and the fixtures both call `launch`, so they cannot disagree about what is there.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

SHELL = "chromium-headless-shell"  # Chromium without windows: the same pages for half of the processor's time
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# The tests visit only their own server, so the sandbox, which root and containers cannot have, protects nothing here.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
APT_INSTALL = ("apt-get", "install", "-qy", "--no-install-recommends")
MISSING = (
    "No Chromium or Chrome starts here: run `python -m tests.browser.chromium`, which looks for one, "
    "or name one with CHROMIUM=/path/to/chromium."
)


def candidates() -> list[str | None]:
    """Paths to try, best first; None is the shell that Playwright brings. CHROMIUM, if set, is the only one."""
    if chosen := os.environ.get("CHROMIUM"):
        return [chosen]
    others = [path for name in NAMES if (path := shutil.which(name))]
    return [*filter(None, [shutil.which(SHELL)]), None, *others, *filter(os.path.exists, MACOS)]


def launch(playwright: Playwright) -> tuple[str, Browser] | None:
    """The first candidate that starts, and what it is. A file that is there may still be Ubuntu's stub for a snap."""
    for path in candidates():
        try:
            return path or SHELL, playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error:
            continue
    return None


def working() -> str | None:
    """What starts."""
    with sync_playwright() as playwright:
        if launched := launch(playwright):
            launched[1].close()
            return launched[0]
    return None


def install(at_hand: str | None) -> None:
    """The shell, from Debian where that can be asked, else Playwright's, unless another browser is ``at_hand``."""
    packages = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if packages:
        run("apt-get", "update", "-q")
        if run(*APT_INSTALL, SHELL):
            return
    if at_hand:
        return
    playwright = (sys.executable, "-m", "playwright")
    if run(*playwright, "install", "--only-shell", "chromium"):
        if packages:
            run(*playwright, "install-deps", "chromium")
    elif packages:
        run(*APT_INSTALL, "chromium")


def run(*command: str) -> bool:
    """Whether it went well."""
    return subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}).returncode == 0


def main() -> int:
    browser = working()
    if "CHROMIUM" not in os.environ and (browser is None or SHELL not in browser):
        print("Looking for a Chromium without windows, once.", flush=True)
        install(browser)
        browser = working()
    print(f"Browser for the tests: {browser}" if browser else MISSING, file=sys.stdout if browser else sys.stderr)
    return 0 if browser else 1


if __name__ == "__main__":
    sys.exit(main())
