"""Every kind of answer says the same to browsers: pages, the administration, the API, files and refusals."""

import pytest
from django.test import Client

from accounts.models import User

from .headers import faults


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/", "/notifications/", "/accounts/email/", "/admin/", "/admin/accounts/user/", "/api/users/me",
     "/api/docs/", "/api/nothing", "/no/such/page/", "/static/css/tokens.css", "/healthz"],
)  # fmt: skip
def test_every_kind_of_answer_has_all_that_keeps_a_browser_safe(alice: User, path: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    assert faults(client.get(path), path) == []
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert faults(client.get(path), path) == []
