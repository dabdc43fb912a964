"""Limits are one for all processes of a site, and a restart forgets none of them."""

import multiprocessing
import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from conftest import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
PATIENCE_SECONDS = 30
fork = multiprocessing.get_context("fork")  # each has its memory and its connection, and no start to wait for


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {
        "login_failed": "10/m/ip,5/5m/key",
        "reset_password": "1/m/key",
        "login": None,
    }


def by_api(password: str, login: str = "alice@example.com", address: str = "192.0.2.1") -> int:
    body = {"email": login, "password": password}
    return int(APIClient().post("/api/auth/signin", body, format="json", REMOTE_ADDR=address).status_code)


def by_page(password: str, address: str = "192.0.2.1") -> int:
    form = {"login": "alice@example.com", "password": password}
    return int(Client().post("/accounts/login/", form, REMOTE_ADDR=address).status_code)


def in_processes(*works: Callable[[], list[int]]) -> list[int]:
    """What all of them answered; each in a process of its own, all at once."""
    connections.close_all()  # a connection is of one process alone
    answers: Any = fork.SimpleQueue()

    def run(work: Callable[[], list[int]]) -> None:
        try:
            answers.put((os.getpid(), work()))
        finally:
            connections.close_all()
            os._exit(0)  # nothing of the tests' own ends here

    processes = [fork.Process(target=run, args=(work,)) for work in works]
    for process in processes:
        process.start()
    said: Iterable[tuple[int, list[int]]] = [answers.get() for _process in processes]
    for process in processes:
        process.join(PATIENCE_SECONDS)
    assert len({pid for pid, _codes in said} | {os.getpid()}) == len(works) + 1
    return sorted(code for _pid, codes in said for code in codes)


def test_two_processes_count_together_and_the_next_goes_on_counting(alice: User) -> None:
    def guesses(network: str) -> list[int]:
        return [by_api("wrong-wrong", address=f"192.0.{network}.{n}") for n in range(4)]

    assert in_processes(lambda: guesses("2"), lambda: guesses("3")) == [401] * 5 + [429] * 3
    # All that knew of it are gone: these are new.
    assert in_processes(lambda: [by_api(PASSWORD, address="198.51.100.1")]) == [429]
    assert in_processes(lambda: [by_page(PASSWORD, address="198.51.100.2")]) == [429]


def test_an_address_is_counted_whichever_process_it_meets(alice: User) -> None:
    def guesses(who: str) -> list[int]:
        return [by_api("wrong-wrong", login=f"{who}{n}@example.com") for n in range(7)]

    assert in_processes(lambda: guesses("a"), lambda: guesses("b")) == [401] * 10 + [429] * 4
    assert in_processes(lambda: [by_api("wrong-wrong", login="c@example.com")]) == [429]
