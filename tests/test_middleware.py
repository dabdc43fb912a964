"""What every page of the site has in common."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from myproject.middleware import ClientAddressMiddleware


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


@pytest.mark.parametrize(
    ("proxies", "peer", "header", "address"),
    [
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),  # the first was forged
        (["10.0.0.0/8"], "10.0.0.1", "10.0.0.9, 10.0.0.8", "10.0.0.8"),  # somebody at home in that network
        (["10.0.0.0/8"], "10.0.0.1", None, "10.0.0.1"),
        (["10.0.0.0/8"], "", "198.51.100.1", "198.51.100.1"),  # by a socket
        (["10.0.0.0/8"], "203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ([], "10.0.0.1", "198.51.100.1", "10.0.0.1"),
    ],
)
def test_a_forwarding_header_is_believed_of_proxies_of_ours_alone(
    settings: Any, rf: RequestFactory, proxies: list[str], peer: str, header: str | None, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {"X-Forwarded-For": header} if header else {}
    ClientAddressMiddleware(view)(rf.get("/", REMOTE_ADDR=peer, headers=headers))
    assert seen == [address]
