"""A browser that is shown answers that were made before, as if the site had given them."""

import mimetypes
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from django.contrib.staticfiles.finders import find

from testing.browser import open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window

HERE = "testserver"
LONG = 300_000  # milliseconds: a busy machine is slow
T = TypeVar("T")


class Seen(NamedTuple):
    """What somebody got at an address."""

    role: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes


class Shown(ThreadingHTTPServer):
    """Every site of the world, as a proxy: ours has one page and its static files, and all others nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.page: Seen | None = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser hangs up where it has seen enough."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shown

    def do_GET(self) -> None:
        address, page = urlsplit(self.path), self.server.page
        file = find(address.path.removeprefix("/static/")) if address.path.startswith("/static/") else None
        if address.netloc != HERE:
            self._answer(404, {}, b"")
        elif isinstance(file, str):
            kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
            kept = {"Content-Type": kind, "Cache-Control": "max-age=86400, immutable"}
            self._answer(200, kept, Path(file).read_bytes())
        elif page and self.headers.get("Sec-Purpose") is None and page.path == self._asked(address.query):
            self._answer(page.status, page.headers, page.body)
        else:
            self._answer(204, {}, b"")

    do_POST = do_GET  # noqa: N815 # as the library calls it

    def _asked(self, query: str) -> str:
        path = urlsplit(self.path).path
        return f"{path}?{query}" if query else path

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name not in {"Content-Length", "Connection"}:
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # as the library calls it
        """Nothing: a browser asks a lot."""


class Looker:
    """Looks at one page after the other, in a thread of its own: others are made meanwhile."""

    def __init__(self, thread: ThreadPoolExecutor, window: "Window", shown: Shown, found: str) -> None:
        self._thread, self._window, self._shown, self._found = thread, window, shown, found

    def look(self, seen: Seen) -> "Future[list[str]]":
        return self._thread.submit(self._look, seen)

    def _look(self, seen: Seen) -> list[str]:
        self._shown.page = seen
        self._window.goto(f"http://{HERE}{seen.path}", wait_until="load", timeout=LONG)
        found: list[str] = self._window.evaluate(self._found)
        return found


@contextmanager
def a_looker(*, watch: str, found: str) -> Iterator[Looker]:
    """`watch` runs in each page before all else, `found` when it is there, and says what was found."""
    with ExitStack() as stack:
        shown = Shown()
        stack.callback(shown.server_close)
        stack.callback(shown.shutdown)
        threading.Thread(target=shown.serve_forever, daemon=True).start()
        thread = stack.enter_context(ThreadPoolExecutor(1))

        def there(call: Callable[..., T], *args: Any, **options: Any) -> T:
            """A browser is spoken to by one thread only."""
            return thread.submit(call, *args, **options).result()

        opened = ExitStack()
        stack.callback(there, opened.close)
        browser = there(opened.enter_context, open_browser())
        proxy = {"server": f"http://127.0.0.1:{shown.server_port}"}
        window = there(there(browser.new_context, proxy=proxy).new_page)
        there(window.add_init_script, watch)
        yield Looker(thread, window, shown, found)
