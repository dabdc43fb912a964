"""Light, dark, auto: by a cookie, with and without JavaScript."""

import pytest
from django.test import Client

from web.theme import COOKIE_NAME


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_a_choice_is_remembered_and_leads_back(client: Client, theme: str) -> None:
    response = client.post("/theme/", {"theme": theme, "next": "/groups/?page=2"})
    assert response.status_code == 302
    assert response["Location"] == "/groups/?page=2"
    cookie = response.cookies[COOKIE_NAME]
    assert cookie.value == theme
    assert cookie["samesite"] == "Lax"


@pytest.mark.django_db
def test_the_next_page_comes_in_the_chosen_colours(client: Client) -> None:
    client.post("/theme/", {"theme": "dark"})
    assert b'data-bs-theme="dark"' in client.get("/accounts/login/").content


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", [None, "purple", '"><script>'])
def test_without_a_valid_choice_the_system_decides(client: Client, cookie: str | None) -> None:
    if cookie:
        client.cookies[COOKIE_NAME] = cookie
    page = client.get("/accounts/login/").content
    assert b'data-bs-theme="auto"' in page
    assert b'"><script>' not in page


def test_a_script_needs_no_page_back(client: Client) -> None:
    response = client.post("/theme/", {"theme": "light"}, headers={"accept": "application/json"})
    assert response.status_code == 204
    assert response.cookies[COOKIE_NAME].value == "light"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_stays_on_this_site(client: Client, elsewhere: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


def test_an_unknown_theme_changes_nothing(client: Client) -> None:
    response = client.post("/theme/", {"theme": "purple"})
    assert response.status_code == 400
    assert COOKIE_NAME not in response.cookies


def test_looking_changes_nothing(client: Client) -> None:
    assert client.get("/theme/").status_code == 405
