"""The Chromium that the browser tests drive. Run as a program, it sees to it that there is one.

`make setup` and the fixtures both call `launch`, so they cannot disagree about what is there.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

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
MISSING = "No Chromium or Chrome starts here: install one, or name one with CHROMIUM=/path/to/chromium."


def candidates(playwright: Playwright) -> list[str]:
    """Paths to try, best first. CHROMIUM, where it is set, is the only one."""
    if chosen := os.environ.get("CHROMIUM"):
        return [chosen]
    on_path = [path for name in NAMES if (path := shutil.which(name))]
    return [path for path in (*on_path, *MACOS, playwright.chromium.executable_path) if os.path.exists(path)]


def launch(playwright: Playwright) -> tuple[str, Browser] | None:
    """The first candidate that starts, and its path. A file that is there may still be Ubuntu's stub for a snap."""
    for path in candidates(playwright):
        try:
            return path, playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error:
            continue
    return None


def working_path() -> str | None:
    with sync_playwright() as playwright:
        if launched := launch(playwright):
            launched[1].close()
            return launched[0]
    return None


def install() -> None:
    """Playwright's own build; where that cannot be had, and for the libraries it needs, root asks apt-get."""
    playwright = (sys.executable, "-m", "playwright")
    downloaded = subprocess.run((*playwright, "install", "chromium")).returncode == 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    if downloaded:
        subprocess.run((*playwright, "install-deps", "chromium"))
    else:
        subprocess.run(("apt-get", "update", "-q"))
        subprocess.run(
            ("apt-get", "install", "-qy", "--no-install-recommends", "chromium"),
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )


def main() -> int:
    path = working_path()
    if path is None and "CHROMIUM" not in os.environ:
        print("No Chromium or Chrome starts here; installing one.", flush=True)
        install()
        path = working_path()
    print(f"Browser for the tests: {path}" if path else MISSING, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
