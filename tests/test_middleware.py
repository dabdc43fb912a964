"""What every page of the site has in common."""

import pytest
from django.test import Client

from accounts.models import User


@pytest.mark.django_db
def test_a_part_of_a_page_that_outlived_its_session_sends_the_whole_page_to_sign_in() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/posts/5/"}
    response = Client().get("/notifications/", headers=headers)

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fposts%2F5%2F"


@pytest.mark.django_db
def test_a_page_made_for_a_person_is_kept_by_no_cache(alice: User) -> None:
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")

    assert "no-store" in client.get("/")["Cache-Control"]
