"""The authorisation matrix, wider: roles that are like another, and each method of each address for all.

It takes minutes: CHAOS=full. By default one row in sixty and hardly an address is asked. With the table
that is a cell for each role, address, method and kind of thing.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from notifications.steering.blocking import block

from .authorisation_scene import ROLES, Scene
from .shares import share
from .test_authorisation_matrix import METHODS, Row, ask, is_refused, rows

PARTS = 60
CELLS = 10_000  # at least, in full


class Role(NamedTuple):
    """Somebody of the table to whom something happened that changes nothing of what they may do."""

    like: str
    of: str  # whose session and token
    happened: Callable[[Scene], object]


def _proven(name: str) -> Callable[[Scene], object]:
    return lambda scene: EmailAddress.objects.filter(user=scene.people[name]).update(verified=True)


def _gone(scene: Scene) -> object:
    """Their row alone, so that session and token name nobody; undone before anything misses it."""
    gone = User.objects.filter(pk=scene.people["stranger"].pk)
    return gone._raw_delete(gone.db)


MORE_ROLES = {
    "verified stranger": Role("stranger", "stranger", _proven("stranger")),
    "verified member": Role("member", "member", _proven("member")),
    "deleted": Role("revoked", "stranger", _gone),
    "blocked stranger": Role(
        "stranger", "stranger", lambda scene: block(scene.author, scene.people["stranger"])
    ),
    "blocked member": Role("member", "member", lambda scene: block(scene.author, scene.people["member"])),
}
ROWS = rows()
UNLISTED = ("OPTIONS", "HEAD", "TRACE", "NONSENSE")


def names() -> list[str]:
    return sorted({row.name for row in ROWS})


def others(name: str) -> list[tuple[str, str]]:
    """The methods that are not in the table for this address, with each kind of thing it can name."""
    listed = {row.method for row in ROWS if row.name == name}
    kinds = sorted({row.kind for row in ROWS if row.name == name})
    return [(method, kind) for method in (*METHODS, *UNLISTED) if method not in listed for kind in kinds]


@pytest.mark.django_db  # pytest-django makes databases only where a test that it sees asks for one
def test_there_are_ten_thousand_cells() -> None:
    table = len(ROWS) * len(ROLES)
    alike = len(ROWS) * len(MORE_ROLES)
    rest = sum(len(others(name)) for name in names()) * len(ROLES)
    assert len(ROLES) + len(MORE_ROLES) >= 12
    assert table + alike >= CELLS * 0.6
    assert table + alike + rest >= CELLS


@pytest.mark.parametrize("row", share(ROWS, "roles", of=PARTS), ids=lambda row: "-".join(row[:3]))
def test_who_is_like_another_gets_what_the_other_gets(scene: Scene, row: Row) -> None:
    for name, role in MORE_ROLES.items():
        with transaction.atomic():
            role.happened(scene)
            cell = ask(scene, role.of, row.method, row.name, row.kind)
            transaction.set_rollback(True)
        assert cell.answer == row.expected[role.like], name
        assert not (is_refused(cell) and cell.writes), name


@pytest.mark.parametrize("name", share(names(), "methods", of=4 * PARTS))
def test_no_other_method_does_anything_for_anybody(scene: Scene, name: str) -> None:
    for method, kind in others(name):
        for role in ROLES:
            cell = ask(scene, role, method, name, kind)
            assert cell.response.status_code < 500, (method, role)
            assert cell.writes == [], (method, role)
