"""A served demo community for each module, and browsers to look at it with."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testing.browser import open_browser
from testing.migrated import copy_to, made_once, run_folder
from testing.site import Site

from .windows import Mailbox, Windows

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo community, whose first mails are sent. Parallel workers make one together."""
    folder = run_folder(tmp_path_factory)

    def make(database: Path) -> None:
        copy_to(database, tmp_path_factory)
        site = Site(DATABASE_URL=f"sqlite:///{database}", EMAIL_URL=f"filemail://{folder}/first", DEMO="1")
        site.manage("prepare")
        site.manage("dispatch_notifications", "--drain")
        add_a_summary(database)
        sessions = json.loads(site.manage("shell", "--no-imports", "-c", SIGN_EVERYBODY_IN))
        (folder / "sessions.json").write_text(json.dumps(sessions))

    return made_once(folder / "demo.sqlite3", make)


# For windows in which somebody is signed in already: a password takes longer to check than a page to see.
SIGN_EVERYBODY_IN = """
import json, time
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User

def session(user):
    store = SessionStore()
    # They have just shown that it is them, and it lasts as long as the tests do.
    store["account_authentication_methods_user"] = str(user.pk)
    store["account_authentication_methods"] = [
        {"method": "password", "at": time.time() + 86400, "reauthenticated": True}
    ]
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store.save()
    return store.session_key

asked = SessionStore()
asked["code_sent_to"] = {"to": "ana@example.com", "next": ""}
asked.save()
everybody = {user.username: session(user) for user in User.objects.all()}
print(json.dumps({"whoever asked for a code": asked.session_key} | everybody))
"""


A_SUMMARY = """
    INSERT INTO notifications_delivery (
        recipient_id, channel, group_key, cadence, window_start, state, reason,
        created_at, due_at, worker, attempts, handovers, last_error
    )
    SELECT id, 'email', 'daily', 'daily', datetime('now', '-1 day'), 'sent', '',
        datetime('now'), datetime('now'), '', 0, 1, ''
    FROM accounts_user WHERE username = 'ana';
    INSERT INTO notifications_delivery (
        event_id, notification_id, recipient_id, summary_id, channel, group_key, state, reason,
        created_at, due_at, worker, attempts, handovers, last_error
    )
    SELECT n.event_id, n.id, n.recipient_id, s.id, 'email', n.group_key, 'skipped', 'summary',
        datetime('now'), datetime('now'), '', 0, 0, ''
    FROM notifications_notification n
    JOIN notifications_delivery s ON s.recipient_id = n.recipient_id AND s.cadence = 'daily'
    WHERE n.kind IN ('COMMENT', 'LIKE', 'MENTION', 'REPLY') ORDER BY n.id DESC LIMIT 9
    ON CONFLICT (event_id, recipient_id, channel) DO UPDATE
        SET state = 'skipped', reason = 'summary', summary_id = excluded.summary_id;
"""


def add_a_summary(database: Path) -> None:
    """Ana's, of yesterday: a demo community has only just begun, and no mail of it was due."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(A_SUMMARY)


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Mailbox:
    return Mailbox(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def site(demo: Path, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database = shutil.copy(demo, tmp_path_factory.mktemp("site") / "db.sqlite3")
    with Site(DATABASE_URL=f"sqlite:///{database}", EMAIL_URL=f"filemail://{mailbox.folder}") as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def sessions(demo: Path) -> dict[str, str]:
    """Username → the key of a session in every copy of the demo community."""
    return json.loads((demo.parent / "sessions.json").read_text())  # type: ignore[no-any-return]


@pytest.fixture
def windows(browser: "Browser", site: Site, sessions: dict[str, str]) -> Iterator[Windows]:
    """Closed at the end of the test, which fails where one of them had a complaint."""
    windows = Windows.of(browser, site, sessions)
    yield windows
    windows.close()
    assert windows.complaints == []
