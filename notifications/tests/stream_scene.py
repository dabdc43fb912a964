"""A real server with people who listen to it, for tests of the stream."""

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from knox.models import AuthToken

from accounts.kinds import SIGNED_UP
from accounts.models import User
from notifications.service import NotificationService
from testing.deployment import deployment
from testing.site import Site, database_url
from testing.streams import PATIENCE_SECONDS, StreamClient

PER_PERSON, IN_ALL = 10, 220


def stream_site(**environment: str) -> Site:
    return deployment(
        **{
            "DATABASE_URL": database_url(),
            "EMAIL_URL": "filemail:///tmp/belltower-stream-mail",
            "STREAMS_PER_PERSON": str(PER_PERSON),
            "STREAMS_MAX": str(IN_ALL),
            "STREAMS_CHECK_SECONDS": "2",
            **environment,
        }
    )


def session_of(user: User) -> str:
    """Without the notification that somebody signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class Listener:
    """A person with a session and a token."""

    def __init__(self, site: Site, user: User) -> None:
        self.site, self.user = site, user
        self.session = session_of(user)
        self.token_row, self.token = AuthToken.objects.create(user=user)
        with transaction.atomic(), NotificationService.silenced():
            NotificationService.emit(SIGNED_UP, user)  # or housekeeping would welcome them at any moment

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}"}

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def listen(self, last_id: str = "", *, port: int = 0, **options: Any) -> StreamClient:
        headers = self.bearer | ({"Last-Event-ID": last_id} if last_id else {})
        return StreamClient(port or self.site.port, headers, **options)

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """Of the API, at the same server; answers the JSON."""
        talk = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=PATIENCE_SECONDS)
        body = None if data is None else json.dumps(data)
        talk.request(method, path, body, self.bearer | {"Content-Type": "application/json"})
        answer = talk.getresponse()
        text = answer.read()
        talk.close()
        assert answer.status < 300, text
        return json.loads(text or "null")

    def like(self, post_id: int) -> None:
        self.ask("POST", f"/api/posts/{post_id}/like")

    def like_all(self, post_ids: Sequence[int]) -> None:
        for post_id in post_ids:
            self.like(post_id)

    def ticket(self) -> str:
        return str(self.ask("POST", "/api/notifications/stream/ticket")["ticket"])


def metric(site: Site, name: str) -> float:
    talk = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
    talk.request("GET", "/metrics")
    text = talk.getresponse().read().decode()
    talk.close()
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found[1]) if found else 0.0


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


@contextmanager
def all_of(streams: list[StreamClient]) -> Iterator[list[StreamClient]]:
    try:
        yield streams
    finally:
        for stream in streams:
            stream.close()
