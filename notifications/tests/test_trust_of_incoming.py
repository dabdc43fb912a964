"""Which mail no person wrote, and whom the site's mail server vouches for."""

import pytest
from pytest_django import Settings

from notifications.incoming.letter import Letter
from notifications.incoming.trust import is_authentic, why_automatic


@pytest.fixture(autouse=True)
def trusting(settings: Settings) -> None:
    settings.REPLY_ADDRESS = "reply@lists.example"
    settings.REPLY_AUTHSERV_ID = "mx.lists.example"


def letter(*headers: str, sender: str | None = None) -> Letter:
    given = {header.partition(":")[0].lower() for header in headers}
    usual = ("From: Alice <alice@example.com>", "Subject: Re: it", "Message-ID: <5f3@mail.example>")
    rest = [header for header in usual if header.partition(":")[0].lower() not in given]
    return Letter("\n".join([*headers, *rest, "", "Hi"]).encode(), sender)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: auto-generated; x=y",
        "Precedence: bulk",
        "Precedence: junk",
        "Precedence: List",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: yes",
        "Return-Path: <>",
        "List-Id: Everybody <all.example>",
        "Content-Type: multipart/report; boundary=x",
        "From: MAILER-DAEMON@mail.example",
        "From: Belltower <belltower@localhost>",
        "From: reply+1-2-3@lists.example",
        "Message-ID: <email.5.7@localhost>",
        "Message-ID: <email.quiet.5.7@localhost>",
        "Subject: Automatische Antwort: Re: it",
        "Subject: Automatic reply: it",
        "Subject: Out of office: I am away",
        "Subject: Abwesenheitsnotiz",
    ],
)
def test_a_machine_is_known_by(header: str) -> None:
    assert why_automatic(letter(header))


def test_a_machine_is_known_by_an_envelope_without_a_sender() -> None:
    assert why_automatic(letter(sender="")) == why_automatic(letter(sender="<>")) != ""


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Return-Path: <alice@example.com>",
        "Message-ID: <c0ffee@localhost>",
        "Subject: Automatic watering in the greenhouse",
        "Content-Type: multipart/alternative; boundary=x",
    ],
)
def test_a_person_is_taken_for_one_with(header: str) -> None:
    assert why_automatic(letter(header, sender="alice@example.com")) == ""


@pytest.mark.parametrize(
    "results",
    [
        "mx.lists.example; dmarc=pass header.from=example.com",
        "mx.lists.example 1; spf=fail smtp.mailfrom=x; dmarc=pass (p=none) header.from=example.com",
        "mx.lists.example; dkim=pass (2048-bit key) header.d=example.com header.s=k",
        "mx.lists.example; spf=pass smtp.mailfrom=alice@mail.example.com",
        "mx.lists.example;\n dkim=fail header.d=example.com;\n dkim=pass header.i=@example.com; dmarc=none",
        "mx.other.example; dmarc=fail\nAuthentication-Results: mx.lists.example; dmarc=pass",
    ],
)
def test_the_mail_server_vouches_for(results: str) -> None:
    assert is_authentic(letter(f"Authentication-Results: {results}"))


@pytest.mark.parametrize(
    "results",
    [
        "mx.lists.example; dkim=pass header.d=example.com; dmarc=fail",
        "mx.lists.example; dmarc=fail\nAuthentication-Results: mx.lists.example; dmarc=pass",
        "mx.lists.example; spf=pass smtp.mailfrom=eve@evil.example",
        "mx.lists.example; spf=pass smtp.mailfrom=eve@evilexample.com",
        "mx.lists.example; (dmarc=pass) dkim=fail header.d=example.com",
        "mx.lists.example; none",
        "mx.evil.example; dmarc=pass header.from=example.com",
        "",
    ],
)
def test_the_mail_server_does_not_vouch_for(results: str) -> None:
    assert not is_authentic(letter(f"Authentication-Results: {results}"))


def test_where_no_server_is_named_the_address_alone_decides(settings: Settings) -> None:
    settings.REPLY_AUTHSERV_ID = ""
    assert is_authentic(letter())
