"""What others do meanwhile, at the API: news for whoever is in front of the browser."""

import json
from typing import Self
from urllib.request import Request, urlopen

from community.demo.load import PASSWORD
from testing.site import Site

from .windows import until


class Neighbour:
    """Somebody with a token, and no browser."""

    def __init__(self, site: Site, username: str) -> None:
        self._url = site.url
        self._token = ""
        answer = self.call("POST", "auth/signin", email=f"{username}@example.com", password=PASSWORD)
        self._token = str(answer["token"])

    def call(self, method: str, path: str, **body: object) -> dict[str, object]:
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = json.dumps(body).encode() if body or method == "POST" else None
        request = Request(f"{self._url}/api/{path}", data, headers, method=method)
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"{}")  # type: ignore[no-any-return]

    def in_peace(self) -> Self:
        """Nothing is unread, and signing in is no news any more."""
        until(lambda: self.call("GET", "notifications?type=LOGIN")["total"])
        self.call("PUT", "notifications/preferences", notification_type="account", in_app_enabled=False)
        self.call("POST", "notifications/mark-all-read")
        return self

    def post(self, title: str) -> int:
        return int(str(self.call("POST", "posts", title=title, content="For whoever comes first.")["id"]))

    def like(self, post: int) -> None:
        self.call("POST", f"posts/{post}/like")

    def bookmark(self, post: int) -> None:
        self.call("POST", f"posts/{post}/bookmark")

    def comment(self, post: int, words: str) -> None:
        self.call("POST", f"posts/{post}/comments", content=words)
