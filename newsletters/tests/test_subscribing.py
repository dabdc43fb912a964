"""Who gets it: members who chose it, and others who confirmed their address. One click ends it."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import Browse
from newsletters import subscribing
from newsletters.links import end_url
from newsletters.models import Subscriber
from notifications.models import Delivery, Event
from notifications.outbox import pipeline

from .conftest import Draft, prove, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ask(address: str) -> Any:
    return Client().post("/newsletter/", {"email": address})


def link_in_mail(kind: str) -> str:
    [link] = set(re.findall(rf"http\S+/newsletter/{kind}/\S+/", str(mail.outbox[-1].body)))
    return str(urlsplit(link).path)


def test_by_the_form_and_the_link_in_the_mail_whose_page_asks_first() -> None:
    ask("Dora@Example.com")
    assert not Subscriber.objects.current().exists()
    pipeline.drain()
    assert mail.outbox[0].to == ["dora@example.com"]
    path = link_in_mail("confirm")
    for _scanner in range(2):
        assert Client().get(path).status_code == 200
    assert not Subscriber.objects.current().exists(), "a GET changes nothing"
    assert "You get it from now on" in Client(enforce_csrf_checks=True).post(path).content.decode()
    assert Subscriber.objects.current().get().address == "dora@example.com"


def test_the_answer_says_nothing_of_who_is_known(dora: Subscriber, bob: User, count_queries: Any) -> None:
    answers, queries = set(), set()
    for address in ("dora@example.com", bob.email, "nobody@example.com"):
        queries.add(count_queries(lambda address=address: answers.add(ask(address)["Location"])))
    assert answers == {"/newsletter/asked/"}
    assert len(queries) == 1
    pipeline.drain()
    assert sorted(message.to[0] for message in mail.outbox) == [bob.email, "nobody@example.com"]


def test_nobody_is_asked_again_within_hours() -> None:
    now = timezone.now().replace(hour=1)
    for minutes in (0, 5, 10):
        subscribing.ask("dora@example.com", now=now + timedelta(minutes=minutes))
    pipeline.drain()
    assert len(mail.outbox) == 1
    subscribing.ask("dora@example.com", now=now + timedelta(hours=7))
    pipeline.drain()
    assert len(mail.outbox) == 2


def test_one_address_asks_for_ten_an_hour_at_the_most(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"newsletter": "10/h/ip"}
    answers = [ask(f"reader{number}@example.com").status_code for number in range(12)]
    assert answers == [303] * 10 + [429] * 2
    assert Subscriber.objects.count() == 10


@pytest.mark.parametrize(
    "address", ["", "x", "a@b", "a@example.com\r\nBcc: all@example.com", "x" * 300 + "@y.de"]
)
def test_what_is_no_address_is_said_at_the_field(address: str) -> None:
    assert ask(address).status_code == 422
    assert not Subscriber.objects.exists()


def test_a_link_is_good_for_seven_days_and_the_address_is_forgotten_after_it() -> None:
    ask("dora@example.com")
    pipeline.drain()
    path = link_in_mail("confirm")
    later = timezone.now() + timedelta(days=9)
    with time_machine.travel(later, tick=False):
        assert Client().post(path).status_code == 410
        assert subscribing.forget_unconfirmed() == 1
    assert not Subscriber.objects.exists()
    assert Client().post(path).status_code == 410, "nothing is there to be confirmed"


def test_one_click_in_a_mail_program_ends_every_way_to_that_mailbox(bob: User, draft: Draft) -> None:
    other = subscribed("bob@example.com")
    path = urlsplit(end_url(other.pk, draft())).path
    assert "Nothing has changed yet" in Client().get(path).content.decode()
    assert Subscriber.objects.current().count() == 2
    for _again in range(2):
        page = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
        assert "It is done." in page.content.decode()
    assert not Subscriber.objects.current().exists()
    assert not page.cookies
    Client().post(path, {"again": "1"})
    assert Subscriber.objects.current().get() == other


def test_a_link_that_this_site_did_not_make_is_not_there(dora: Subscriber, draft: Draft) -> None:
    path = urlsplit(end_url(dora.pk, draft())).path
    assert Client().post(path[:-2] + "x/").status_code == 404
    assert Client().post("/newsletter/confirm/1:x:y/").status_code == 410
    assert Subscriber.objects.current().exists()


def test_a_member_chooses_on_the_page_of_choices(browse: Browse, chloe: User) -> None:
    window = browse(prove(chloe))
    assert "You do not get the newsletter." in window.get("/notifications/preferences/").content.decode()
    for _double_click in range(2):
        answer = window.post("/newsletter/choose/", {"wanted": "1", "next": "/notifications/preferences/"})
    assert answer["Location"] == "/notifications/preferences/"
    assert "You get the newsletter, at chloe@example.com." in window.get(answer["Location"]).content.decode()
    window.post("/newsletter/choose/")
    assert not Subscriber.objects.current().exists()


def test_whoever_subscribed_before_they_had_an_account_sees_it_and_ends_it(chloe: User) -> None:
    subscribed("chloe@example.com")
    assert not subscribing.is_subscribed(chloe), "nobody has shown that the address is theirs"
    assert subscribing.is_subscribed(prove(chloe))
    subscribing.choose(chloe, wanted=False)
    assert not Subscriber.objects.current().exists()


def test_one_who_ended_it_may_come_back_by_the_form(dora: Subscriber) -> None:
    subscribing.end(dora.pk, 0)
    ask("dora@example.com")
    pipeline.drain()
    Client().post(link_in_mail("confirm"))
    assert Subscriber.objects.current().get() == dora
    assert Event.objects.get().told == Delivery.objects.count() == 1
