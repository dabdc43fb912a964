"""Finding a Chromium for the tests marked `browser`, and starting it. Nothing is downloaded unasked."""

import glob
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The shell first: it is the same engine without a desktop's windows, at a third of the processor time.
ON_PATH = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
LAUNCH_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REMEDY = (
    "no Chromium was found. Install Chromium, Google Chrome or Microsoft Edge "
    "(Debian and Ubuntu: apt install chromium), or run .venv/bin/python -m playwright install chromium, "
    "or name one in E2E_BROWSER"
)


def find_browser() -> str | None:
    """The path of a Chromium, Chrome or Edge: the one that E2E_BROWSER names, else the first found."""
    if named := os.environ.get("E2E_BROWSER"):
        return shutil.which(named)
    on_path = (shutil.which(name) for name in ON_PATH)
    elsewhere = (shutil.which(path) for path in (*MAC_APPLICATIONS, *_downloaded_by_playwright()))
    return next((path for path in (*on_path, *elsewhere) if path), None)


def _downloaded_by_playwright() -> list[str]:
    """Where `playwright install chromium` puts it, the newest first; of each, the headless shell first."""
    cache = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or str(cache)
    programs = (
        "chromium_headless_shell-*/chrome-headless-shell-*/chrome-headless-shell",
        "chromium-*/chrome-linux*/chrome",
        "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    )
    return [path for program in programs for path in sorted(glob.glob(f"{folder}/{program}"), reverse=True)]


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """A headless browser, closed at the end. Only for tests marked `browser`: those run when there is one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(LAUNCH_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
