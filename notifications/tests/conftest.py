"""A clock that is moved by hand, and one server for each module of tests that listen to it.

The server outlives the tests, their people do not. Not longer than its module: its dispatcher serves whatever
it finds in the database of the tests.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import MakeUser
from testing.http_server import FarEnd, serving
from testing.site import Site

from .stream_scene import stream_site
from .summary_scene import NOON, At, often, send


@pytest.fixture(scope="module")
def _served(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with django_db_blocker.unblock():
        site = stream_site()
    with site:
        yield site


@pytest.fixture(scope="session")
def collected_files() -> None:
    """What a served page shows, where this clone was never prepared for serving."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        Site().manage("collectstatic", "--noinput")


@pytest.fixture
def served(_served: Site, transactional_db: None, settings: Settings) -> Any:
    """Serves the test database. What this process does is expanded there, not here."""
    settings.NOTIFICATION_EXECUTOR = "threads"
    return _served


@pytest.fixture
def far_end(settings: Settings) -> Iterator[FarEnd]:
    """A server of somebody else's, which this site may reach for once."""
    settings.OUTBOUND_MAY_REACH = ["127.0.0.0/8"]
    with serving() as far_end:
        yield far_end


@pytest.fixture
def at() -> Iterator[At]:
    """It is noon; then it is as late as is said, and what is due by then is sent."""
    clock = time_machine.travel(NOON, tick=False)
    traveller = clock.start()

    def at(moment: datetime) -> None:
        traveller.move_to(moment)
        send()

    yield at
    clock.stop()


@pytest.fixture
def ana(at: At, make_user: MakeUser) -> User:
    """In Berlin, with one mail a day. At noon it is two o'clock there."""
    ana = make_user("ana", time_zone="Europe/Berlin")
    often(ana, "daily")
    return ana


@pytest.fixture
def hers(ana: User) -> Post:
    return actions.create_post(ana, "…", title="Repair evening")
