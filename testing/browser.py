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

# On the PATH, or a pattern of where `playwright install chromium` puts it.
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
# The same engine without a desktop's windows and notices, at a third of the processor time.
SHELLS = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium_headless_shell-*/chrome-headless-shell-*/chrome-headless-shell",
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


def find_browser(*, whole: bool = False) -> str | None:
    """The path of a Chromium: the one that E2E_BROWSER names, else the first found.

    A headless shell before a whole Chromium, Chrome or Edge, unless only a whole one will do.
    """
    if named := os.environ.get("E2E_BROWSER"):
        return shutil.which(named)
    places = BROWSERS if whole else (*SHELLS, *BROWSERS)
    return next((path for path in map(_path_of, places) if path), None)


def _path_of(place: str) -> str | None:
    if "*" not in place:
        return shutil.which(place)
    cache = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or str(cache)
    return max(glob.glob(f"{folder}/{place}"), default=None)  # the newest


@contextmanager
def open_browser(*, whole: bool = False) -> Iterator["Browser"]:
    """A headless browser, closed at the end. Only for tests marked `browser`: those run when there is one.

    `whole`: one that shows notices, which a headless shell does not.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = find_browser(whole=whole)
        browser = playwright.chromium.launch(executable_path=path, args=list(LAUNCH_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
