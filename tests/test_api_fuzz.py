"""Schemathesis makes requests from the schema: no answer is a 5xx, and each is one that the schema promises.

FUZZ_EXAMPLES says how many requests each operation gets of right ones, and as many of wrong ones.
"""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from knox.models import AuthToken
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import User
from announcements.actions import write as announce
from community import actions
from community.models import Group, Post
from moderation.actions import flag
from moderation.subjects import subject_of
from myproject.wsgi import application
from newsletters.actions import write as write_edition
from notifications.tests.scenes import a_like

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@cache
def operations() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    schema: Any = schemathesis.openapi.from_dict(generator().get_schema(request=None, public=True))
    schema.app = application
    return {found.label: found for found in (result.ok() for result in schema.get_all_operations())}


@pytest.fixture(autouse=True)
def kept_connection(db: None) -> Iterator[None]:
    """A request of the whole application ends the connection that the test stands on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_schema_promises(
    mode: GenerationMode, alice: User, bob: User, group: Group, post: Post
) -> None:
    """In ids and names, half of the requests name what is there."""
    alice.is_staff = True
    alice.save()
    draft = announce(alice, title="No water", content="On Friday.", audience="everybody")
    there = {
        "announcement_id": draft.pk,
        "case_id": flag(alice, subject_of(bob), "spam").case_id,
        "edition_id": write_edition(alice, title="Spring", content="It is here.").pk,
        "post_id": post.pk,
        "comment_id": actions.comment(alice, post, "Hello").pk,
        "notification_id": a_like(alice, bob, post).pk,
        "slug": group.slug,
        "username": "bob",
    }
    _token, secret = AuthToken.objects.create(user=alice)
    headers = {"Authorization": f"Bearer {secret}"}
    for label, operation in operations().items():
        answers = fuzz(operation.as_strategy(generation_mode=mode), there, headers)
        assert answers, label
        assert max(answers) < 500, label


def fuzz(cases: Any, there: dict[str, Any], headers: dict[str, str]) -> set[int]:
    """The statuses that were answered. Raises where one, or its content, is not in the schema."""
    answers = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, is_there=st.booleans())
    def ask(case: Any, is_there: bool) -> None:
        if is_there:
            case.path_parameters |= {name: there[name] for name in case.path_parameters if name in there}
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        answers.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    return answers
