"""How often somebody may try: counted in the database, exactly, whoever counts and whenever one begins to."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from accounts.limits import attempts
from accounts.limits.attempts import TooOftenError, Whose, allow, attempt
from accounts.limits.whose import account_of, address_of
from accounts.models import Attempts

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANA = Whose(ip="192.0.2.1", key="ana")


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"code": "3/10s/key", "mail": "1/m/key,3/h/key", "both": "2/m/ip,9/m/key"}


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.both_databases
def test_never_are_more_let_through_than_the_rate_says_in_any_stretch_of_its_time() -> None:
    through = [second for second in range(60) if allow("code", ANA, now=at(second))]
    assert through == [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52]


@pytest.mark.both_databases
def test_whoever_is_refused_is_told_when_they_are_not() -> None:
    for second in (0, 4, 5):
        attempt("code", ANA, now=at(second))
    with pytest.raises(TooOftenError) as caught:
        attempt("code", ANA, now=at(6))
    assert caught.value.seconds == 4
    assert not allow("code", ANA, now=at(9.9))
    assert allow("code", ANA, now=at(10))


def test_what_was_refused_counts_nowhere() -> None:
    """Asking each second gets no fewer mails than asking each minute."""
    through = [second for second in range(0, 3700, 20) if allow("mail", ANA, now=at(second))]
    assert through == [0, 60, 120, 3600, 3660]


@pytest.mark.both_databases
def test_what_was_rightful_is_taken_back_and_nothing_else_is() -> None:
    first = attempt("code", ANA, now=at(0))
    second = attempt("code", ANA, now=at(0))
    attempt("code", ANA, now=at(0))
    second.rollback()
    second.rollback()
    assert allow("code", ANA, now=at(1))
    assert not allow("code", ANA, now=at(1))
    first.rollback()
    assert allow("code", ANA, now=at(2))


def test_addresses_and_accounts_are_counted_each_by_themselves() -> None:
    assert [allow("both", Whose(ip="192.0.2.1", key=name)) for name in "abc"] == [True, True, False]
    assert allow("both", Whose(ip="192.0.2.2", key="c"))
    assert allow("code", Whose(ip="192.0.2.1"))  # which has no rate of an address


def test_an_action_without_a_rate_is_not_counted(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    assert all(allow("code", ANA) for _n in range(9))
    assert not Attempts.objects.exists()


def test_the_table_names_nobody() -> None:
    attempt("both", ANA)
    assert "ana" not in str(list(Attempts.objects.values()))
    assert "192.0" not in str(list(Attempts.objects.values()))


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_slip_through_together() -> None:
    let_through: list[bool] = []
    begin = threading.Barrier(12)

    def one() -> None:
        begin.wait()
        let_through.append(allow("code", ANA, now=at(0)))
        connection.close()

    threads = [threading.Thread(target=one) for _n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_through) == [False] * 9 + [True] * 3


def test_an_attempt_costs_one_statement_a_rate_and_a_refusal_one_more(count_queries: Any) -> None:
    assert count_queries(lambda: allow("code", ANA)) == 3  # with the two of its transaction
    allow("code", ANA)
    allow("code", ANA)
    assert count_queries(lambda: allow("code", ANA)) <= 7


def test_all_of_allauth_s_limits_are_counted_here(rf: RequestFactory) -> None:
    """Where this fails after an update of allauth, its limits hold in one process alone: see `in_allauth`."""
    request = rf.post("/", REMOTE_ADDR="192.0.2.7")
    ways: dict[str, Any] = {"app": "allauth.account", "config": {"x": "1/m/ip,5/m/key"}, "key": "Ana"}
    assert ratelimit.consume(request, action="x", **ways)
    assert Attempts.objects.count() == 2
    assert not ratelimit.consume(request, action="x", **ways)
    ratelimit.clear(request, action="x", **ways)
    assert Attempts.objects.count() == 1  # the address's
    assert ratelimit.consume_or_429(request, action="x", **ways).status_code == 429
    assert (
        ratelimit.cache.get("anything") is None
    )  # still what it is written with: nothing else of it is used


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_household_of_ipv6_is_one_address(rf: RequestFactory, one: str, other: str, same: bool) -> None:
    first, second = (address_of(rf.get("/", REMOTE_ADDR=address)) for address in (one, other))
    assert (first == second) is same


@pytest.mark.parametrize(
    "spelling", ["\uff21na@Example.com ", "ANA@EXAMPLE.COM", "ana@\u212bxample.com".replace("\u212b", "e")]
)
def test_spellings_of_one_account_are_one(spelling: str) -> None:
    assert account_of(spelling) == account_of("ana@example.com")


def test_rows_say_until_when_they_count() -> None:
    attempt("code", ANA, now=timezone.now())
    [row] = Attempts.objects.all()
    assert timedelta(seconds=9) < row.expires_at - timezone.now() <= timedelta(seconds=10)
    assert len(row.moments) == attempts.ENTRY
