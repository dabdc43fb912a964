"""How often somebody may try to come in: by address and by account, also with RATE_LIMITS=0."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient, APIRequestFactory

from accounts.api.limits import account_of, address_of
from accounts.models import User
from conftest import PASSWORD


@pytest.fixture(autouse=True)
def limits(settings: Any) -> Iterator[None]:
    """As on a real site, the general throttles being off."""
    rates = {"sign-in": "3/min", "sign-up": "2/min"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def client(db: None) -> APIClient:
    return APIClient()


def attempt(client: APIClient, email: str, password: str = "wrong-wrong", address: str = "192.0.2.1") -> Any:
    body = {"email": email, "password": password}
    return client.post("/api/auth/signin", body, format="json", REMOTE_ADDR=address)


def test_an_address_is_stopped_whatever_accounts_it_tries(client: APIClient) -> None:
    assert [attempt(client, f"{n}@example.com").status_code for n in range(4)] == [401, 401, 401, 429]
    assert attempt(client, "5@example.com", address="192.0.2.2").status_code == 401


def test_an_account_is_guarded_whatever_addresses_try(client: APIClient, alice: User) -> None:
    spellings = ["alice@example.com", "ALICE@example.com", " alice@example.com "]
    codes = [attempt(client, spellings[n % 3], address=f"192.0.2.{n}").status_code for n in range(4)]
    assert codes == [401, 401, 401, 429]
    stopped = attempt(client, "alice@example.com", PASSWORD, address="192.0.2.9")
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 60
    assert list(stopped.json()) == ["detail"]


def test_rightful_sign_ins_are_not_counted(client: APIClient, alice: User) -> None:
    codes = [attempt(client, "alice@example.com", PASSWORD).status_code for _n in range(6)]
    assert codes == [200] * 6


def test_a_malformed_attempt_is_not_counted(client: APIClient) -> None:
    codes = [client.post("/api/auth/signin", {}, format="json").status_code for _n in range(6)]
    assert codes == [400] * 6


def test_sign_ups_are_counted_by_address(client: APIClient) -> None:
    codes = [
        client.post(
            "/api/auth/signup",
            {"name": "N", "email": f"{n}@example.com", "password": PASSWORD},
            format="json",
        ).status_code
        for n in range(3)
    ]
    assert codes == [201, 201, 429]
    assert User.objects.count() == 2


def test_a_forged_forwarding_header_is_no_other_address(client: APIClient) -> None:
    codes = [
        client.post(
            "/api/auth/signin",
            {"email": f"{n}@example.com", "password": "wrong-wrong"},
            format="json",
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
        ).status_code
        for n in range(4)
    ]
    assert codes[-1] == 429


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_household_of_ipv6_is_one_address(one: str, other: str, same: bool) -> None:
    from rest_framework.request import Request

    first, second = (
        address_of(Request(APIRequestFactory().get("/", REMOTE_ADDR=address))) for address in (one, other)
    )
    assert (first == second) is same


def test_spellings_of_one_account_are_one() -> None:
    assert account_of("\uff21na@Example.com ") == account_of("ana@example.com")
