"""Alice keeps a webhook of the private group to a program of hers; nothing leaves before the test drains."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from community.models import Group
from testing.http_server import FarEnd, serving
from webhooks import actions
from webhooks.models import WANTABLE, Webhook


@pytest.fixture
def program(settings: Settings) -> Iterator[FarEnd]:
    settings.OUTBOUND_MAY_REACH = ["127.0.0.0/8"]
    settings.NOTIFICATION_EXECUTOR = "threads"
    with serving() as far_end:
        yield far_end


@pytest.fixture
def webhook(alice: User, group: Group, program: FarEnd) -> Webhook:
    """The group lets its words go."""
    group.words_in_mail = True
    group.save()
    return actions.add(
        alice, group, url=f"{program.url}/hook?key=1", events=[event.value for event in WANTABLE]
    )
