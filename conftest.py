"""The people of the tests: alice acts, bob belongs, chloe is a stranger."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post
from testing.emptying import instead_of_flush
from testing.migrated import beginning_with_a_copy

PASSWORD = "correct-horse-battery"
OTHERS_BETWEEN = 6  # files between two that drive a browser
GARBAGE = 100_000  # objects made more than let go, until somebody looks for cycles among them

MakeUser = Callable[..., User]
Browse = Callable[[User], Client]


@pytest.fixture(scope="session")
def migrated_before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExitStack]:
    """Where several workers need a database each. Ends as soon as they have it."""
    with ExitStack() as until_made:
        if connection.vendor == "sqlite" and "PYTEST_XDIST_WORKER" in os.environ:
            until_made.enter_context(beginning_with_a_copy(tmp_path_factory))
        yield until_made


@pytest.fixture(scope="session")
def django_db_setup(migrated_before: ExitStack, django_db_setup: None) -> None:
    migrated_before.close()


@pytest.fixture
def make_user(db: None) -> MakeUser:
    def make(username: str, **fields: object) -> User:
        email = str(fields.pop("email", f"{username}@example.com"))
        password = str(fields.pop("password", PASSWORD))
        return User.objects.create_user(
            username, email, password, **{"name": username.capitalize(), **fields}
        )

    return make


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The language and zone that a request made active end with its test, as with the next request."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def alice(make_user: MakeUser) -> User:
    return make_user("alice")


@pytest.fixture
def bob(make_user: MakeUser) -> User:
    return make_user("bob")


@pytest.fixture
def chloe(make_user: MakeUser) -> User:
    return make_user("chloe")


@pytest.fixture
def group(alice: User, bob: User) -> Group:
    """Private; alice owns it, bob belongs to it, chloe is a stranger."""
    group = actions.create_group(alice, "Tenants of number nine", is_private=True)
    actions.accept_request(alice, actions.join_group(bob, group))
    return group


@pytest.fixture
def post(alice: User) -> Post:
    """Alice's, for everybody to see."""
    return actions.create_post(alice, "Take as many as you like.", title="Seedlings to give away")


@pytest.fixture
def private_post(alice: User, group: Group) -> Post:
    """Alice's, in the private group."""
    return actions.create_post(alice, "Between us.", title="The heating", group=group)


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def browse(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browse


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    """An API client of this person; of nobody for None."""

    def api(user: User | None = None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return api


@pytest.fixture
def count_queries(db: None) -> Callable[[Callable[[], object]], int]:
    """How many queries a call makes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


def pytest_configure() -> None:
    gc.disable()  # reading thousands of tests makes much that stays, and little garbage
    instead_of_flush()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The run on PostgreSQL need not read a file that has nothing for it."""
    if not config.option.markexpr.startswith("both_databases") or not collection_path.match("test_*.py"):
        return None
    return "both_databases" not in collection_path.read_text(encoding="utf-8") or None


def pytest_collection_finish() -> None:
    gc.freeze()  # thousands of tests and all modules stay: collections of garbage need not look at them
    gc.set_threshold(GARBAGE)  # and looking for some every 700 objects takes a twelfth of all time
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive a browser first and among the others: two browsers at once are in each other's way.

    The longest of them begins, or the last worker is alone with it.
    """
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.split("::")[0], []).append(item)
    by_length = sorted(
        files.values(), key=lambda some: ("every_page" in some[0].nodeid, len(some)), reverse=True
    )
    browsing = [some for some in by_length if some[0].get_closest_marker("browser")]
    others = [some for some in by_length if some not in browsing]
    items.clear()
    for number, some in enumerate(others):
        if number % OTHERS_BETWEEN == 0 and browsing:
            items += browsing.pop(0)
        items += some
    items += [item for some in browsing for item in some]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-goldens", action="store_true", help="write the mails of tests/golden_mails as they are now"
    )
