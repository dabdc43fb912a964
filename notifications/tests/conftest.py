"""One server for each module of tests that listen to it: it outlives the tests, their people do not.

Not longer than its module: its dispatcher serves whatever it finds in the database of the tests.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker, Settings

from testing.http_server import FarEnd, serving
from testing.site import Site

from .stream_scene import stream_site


@pytest.fixture(scope="module")
def _served(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with django_db_blocker.unblock():
        site = stream_site()
    with site:
        yield site


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
