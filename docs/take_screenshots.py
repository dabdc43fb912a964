"""Takes the pictures of the documents anew: `.venv/bin/python -m docs.take_screenshots [NAME …]`.

Serves a fresh demo community, looks at it as Ana and writes docs/screenshots/*.webp: all, or those named,
since no two runs of one page have the same bytes.
"""

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from testing.browser import open_browser
from testing.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parent / "screenshots"
PASSWORD = "demo-password"  # nosec - of the demo community
DESK, PHONE = (1280, 860), (390, 844)
QUALITY = 79  # of WebP, at which the edges of letters stay clean
BYTES_MAX = 120_000


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    path: str
    scheme: str = "light"
    size: tuple[int, int] = DESK
    link: str = ""  # to follow from `path`: ids differ from one site to the next


SHOTS = (
    Shot("feed-light", "/"),
    Shot("inbox-dark", "/notifications/", "dark"),
    Shot("post-phone", "/u/ben/", size=PHONE, link="Tomorrow: a bell, a tandem and a first ride"),
    Shot("group-light", "/groups/gardeners/"),
    Shot("preferences-light", "/notifications/preferences/"),
    Shot("inbox-phone-dark", "/notifications/", "dark", PHONE),
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="belltower-") as folder:
        site = Site(
            DATABASE_URL=f"sqlite:///{folder}/db.sqlite3", EMAIL_URL=f"filemail://{folder}/mail", DEMO="1"
        )
        site.manage("prepare")
        with site, open_browser() as browser:
            cookies = browser.new_context(base_url=site.url)
            sign_in(cookies.new_page())
            for shot in [
                shot for shot in SHOTS if shot.name in (sys.argv[1:] or [one.name for one in SHOTS])
            ]:
                size = take(browser, site.url, shot, cookies.storage_state(path=None))
                print(f"{shot.name}: {size // 1000} kB")
                if size > BYTES_MAX:
                    sys.exit(f"{shot.name} is larger than {BYTES_MAX // 1000} kB.")


def sign_in(page: "Page") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email or username").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    # The notice of this very sign-in would be the first of the inbox.
    page.goto("/notifications/")
    page.locator("article.item", has_text="Login Successful").first.get_by_role("button", name="Done").click()
    page.locator(".undo-notes .note").wait_for()


def take(browser: "Browser", url: str, shot: Shot, state: object) -> int:
    """Write one picture; answers with its size in bytes."""
    width, height = shot.size
    context = browser.new_context(
        base_url=url,
        storage_state=state,  # type: ignore[arg-type]  # a TypedDict of Playwright's private module
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,  # type: ignore[arg-type]  # one of its literals
        device_scale_factor=2 if shot.size == PHONE else 1.5,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(shot.path)
    if shot.link:
        page.get_by_role("link", name=shot.link, exact=True).click()
        page.locator("#comments").wait_for()
    page.evaluate("document.fonts.ready.then(() => null)")
    file = FOLDER / f"{shot.name}.webp"
    Image.open(io.BytesIO(page.screenshot())).save(file, "WEBP", quality=QUALITY, method=6)
    context.close()
    return file.stat().st_size


if __name__ == "__main__":
    main()
