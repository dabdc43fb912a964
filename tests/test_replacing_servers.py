"""CHAOS=full: real servers are replaced while people press, by others and by those of another version, and
nothing is lost, repeated or left behind. By default test_many_processes.py does it with dispatchers.

ROLL_FROM names the commit of the other version; without it, that before the last migration.
"""

import os
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from community.models import PostReaction
from notifications.models import Attempt, Delivery, Event, Worker
from notifications.tests.smtp_server import SmtpServer
from testing.deployment import deployment
from testing.processes import ROOT
from testing.site import Site, database_url

from .storms import FANS, SETTINGS, Storm, nothing_is_lost, scene, settle, storm

ROUNDS, LIKES = 50, 3000
REQUESTS = 100  # after which a server ends itself

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.engine,
    pytest.mark.timeout(1800),
]

if os.environ.get("CHAOS") == "full":

    @pytest.fixture
    def smtp() -> Iterator[SmtpServer]:
        with SmtpServer() as server:
            server.behaviour.seconds = 0.01
            yield server

    @pytest.fixture
    def environment(smtp: SmtpServer, transactional_db: None) -> dict[str, str]:
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}", "NOTIFICATION_LEASE_SECONDS": "60"}
        return SETTINGS | mail | {"DATABASE_URL": database_url()}

    def nothing_was_taken_back() -> None:
        """No lease ended, and nobody was taken for dead: each mail had one attempt."""
        assert Attempt.objects.count() == Delivery.objects.filter(state="sent").count()
        assert not Event.objects.filter(crashes__gt=0).exists()

    def test_servers_that_are_asked_to_leave(smtp: SmtpServer, environment: dict[str, str]) -> None:
        site = deployment(**environment)

        def replace() -> None:
            mine = site.pids()
            assert site.stop() < 25
            assert not Worker.objects.filter(pid__in=mine).exists()
            site.start()

        assert storm(site, smtp, [replace] * ROUNDS, likes=LIKES, calm=0.2) == 0
        nothing_was_taken_back()

    @contextmanager
    def pressing(*storms: Storm) -> Iterator[Callable[[], bool]]:
        """Gives a question: whether somebody still does."""
        threads = [threading.Thread(target=storm.run) for storm in storms]
        for thread in threads:
            thread.start()
        yield lambda: any(thread.is_alive() for thread in threads)
        for thread in threads:
            thread.join()
        assert sum(len(storm.acknowledged) for storm in storms) == LIKES == PostReaction.objects.count()

    def test_servers_that_end_themselves_after_so_many_requests(
        smtp: SmtpServer, environment: dict[str, str]
    ) -> None:
        site = Site(**environment, NOTIFICATION_EXECUTOR="threads", UVICORN_LIMIT_MAX_REQUESTS=str(REQUESTS))
        tokens, posts = scene(posts=LIKES // FANS)
        servers = 1
        site.start()
        try:
            with pressing(Storm(site, tokens, posts, allowed=LIKES)) as somebody_presses:
                while somebody_presses():
                    if site.has_ended:
                        servers += 1
                        site.start()
                    time.sleep(0.05)
            settle()
            assert site.has_ended or site.stop() < 25
        finally:
            site.end()
        assert servers > LIKES // REQUESTS // 2  # whoever is served by then is served to the end
        assert nothing_is_lost(smtp, fans=FANS) == 0
        nothing_was_taken_back()

    def test_old_and_new_code_side_by_side(
        smtp: SmtpServer, environment: dict[str, str], tmp_path: Path
    ) -> None:
        old, new = Site(**environment, NOTIFICATION_EXECUTOR="threads"), deployment(**environment)
        old.folder = other_version(tmp_path)
        tokens, posts = scene(posts=LIKES // FANS)
        half = FANS // 2
        old.start()
        new.start()
        try:
            with pressing(
                Storm(old, tokens[:half], posts, allowed=LIKES),
                Storm(new, tokens[half:], posts, allowed=LIKES),
            ):
                for site in (old, new, old, new):
                    time.sleep(3)
                    assert site.stop() < 25
                    site.start()
            settle()
            assert max(old.stop(), new.stop()) < 25
        finally:
            old.end()
            new.end()
        assert nothing_is_lost(smtp, fans=FANS) == 0
        nothing_was_taken_back()
        assert not Worker.objects.exists()

    def other_version(folder: Path) -> Path:
        commit = os.environ.get("ROLL_FROM") or before_the_last_migration()
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=BytesIO(packed)) as tar:
            tar.extractall(folder, filter="data")
        return folder

    def before_the_last_migration() -> str:
        added = ["git", "log", "-1", "--diff-filter=A", "--format=%H^", "--", "*/migrations/0*.py"]
        return subprocess.run(added, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
