"""When something goes wrong the page is still ours, and says what happened and what to do."""

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.views import defaults


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_an_error_page_needs_no_context_no_request_and_no_database(name: str) -> None:
    html = get_template(name).render()
    assert "Nothing was changed" in html or "is safe" in html
    assert 'data-bs-theme="auto"' in html
    assert "css/tokens.css" in html
    assert "<script" not in html
    assert "style=" not in html


def test_django_serves_our_500(rf: RequestFactory) -> None:
    response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert b"Something broke on our side" in response.content


@pytest.mark.django_db
def test_a_missing_page_offers_a_stranger_the_door_and_remembers_where_to(client: Client) -> None:
    response = client.get("/no/such/page/?x=1")
    assert response.status_code == 404
    assert b"/accounts/login/?next=%2Fno%2Fsuch%2Fpage%2F%3Fx%3D1" in response.content


@pytest.mark.django_db
def test_a_closed_door_offers_signing_in(client: Client, rf: RequestFactory) -> None:
    request = client.get("/no/such/page/").wsgi_request
    response = defaults.permission_denied(request, PermissionDenied())
    assert response.status_code == 403
    assert b"/accounts/login/?next=" in response.content


def test_a_form_without_its_mark_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert b"open too long" in response.content
