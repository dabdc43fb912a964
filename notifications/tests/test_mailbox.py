"""Answers that come to a mailbox are collected: each once, none lost, whatever the server does."""

import imaplib
from collections.abc import Iterator

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Comment, Post
from notifications.incoming import answers, mailbox
from notifications.incoming.addresses import token
from notifications.models import Delivery, IncomingMail, JobRun
from notifications.upkeep import jobs, schedule
from notifications.upkeep.schedule import no_rest

from .imap_server import ImapServer

pytestmark = pytest.mark.django_db(transaction=True)
SERVED, REFUSED = mailbox.FOLDERS.values()


@pytest.fixture
def server(settings: Settings) -> Iterator[ImapServer]:
    settings.REPLY_ADDRESS = "reply@lists.example"
    with ImapServer() as server:
        settings.IMAP_URL = server.url
        yield server


@pytest.fixture
def address(post: Post, bob: User) -> str:
    """What alice answers to."""
    actions.comment(bob, post, "Are there any left?")
    return f"reply+{token(Delivery.objects.get())}@lists.example"


def answer(address: str, number: int = 1, *, by: str = "alice@example.com") -> bytes:
    head = f"From: {by}\nTo: {address}\nMessage-ID: <{number}@mail.example>\n\n"
    return f"{head}Plenty, number {number}.\n".encode()


def collect() -> dict[str, int]:
    run = JobRun(job=mailbox.JOB)
    assert mailbox.take_a_turn(run, no_rest) is False
    return dict(run.counts)


@pytest.mark.parametrize(
    "capabilities", ["IMAP4rev1 MOVE NAMESPACE", "IMAP4rev1 UIDPLUS", "IMAP4rev1"], ids=lambda c: c[10:]
)
def test_what_waits_is_served_once_and_filed(server: ImapServer, address: str, capabilities: str) -> None:
    server.capabilities = capabilities
    server.put(
        answer(address), answer(address, 2), answer(address, 3, by="eve@evil.example"), b"To: x@y\n\nspam\n"
    )
    assert collect() == {"served": 3, "refused": 1}
    assert (server.held(SERVED), server.held(REFUSED)) == (3, 1)
    assert collect() == {}
    assert Comment.objects.count() == 3
    assert len(server.folders["INBOX"]) == (4 if capabilities == "IMAP4rev1" else 0)


def test_folders_may_all_be_below_the_inbox(server: ImapServer, address: str) -> None:
    server.prefix = "INBOX."
    server.put(answer(address))
    collect()
    assert len(server.folders[f"INBOX.{SERVED}"]) == 1


@pytest.mark.parametrize("manner", ["drop_before", "drop_after"])
def test_a_link_that_breaks_loses_nothing_and_doubles_nothing(
    server: ImapServer, address: str, manner: str
) -> None:
    commands = ["LOGIN", "SELECT", "SEARCH", "FETCH", "MOVE"]
    for number, command in enumerate(commands):
        server.put(answer(address, number), answer(address, number + 100))
        setattr(server, manner, command)
        with pytest.raises((imaplib.IMAP4.error, OSError)):
            collect()
        setattr(server, manner, "")
        collect()
    written = 2 * len(commands)
    assert Comment.objects.count() == 1 + written
    assert (server.held("INBOX"), server.held(SERVED), server.held(REFUSED)) == (0, written, 0)


def test_a_server_that_falls_silent_is_not_waited_for(
    server: ImapServer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "ANSWER_SECONDS", 0.3)
    server.put(answer(address))
    server.hang_at = "FETCH"
    with pytest.raises((TimeoutError, imaplib.IMAP4.abort)):
        collect()
    assert server.held("INBOX") == 1


def test_one_that_fails_here_stays_and_stops_no_other(
    server: ImapServer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(answer(address), answer(address, 2))
    write = answers._write

    def fails_for_the_first(one: answers.Answer) -> None:
        if "number 1" in one.text:
            raise ZeroDivisionError
        write(one)

    with monkeypatch.context() as patch:
        patch.setattr(answers, "_write", fails_for_the_first)
        assert collect() == {"later": 1, "served": 1}
    assert (server.held("INBOX"), server.held(SERVED)) == (1, 1)
    assert collect() == {"served": 1}


def test_of_many_the_rest_waits_for_the_next_turn(
    server: ImapServer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(*(answer(address, number) for number in range(3)))
    monkeypatch.setattr(mailbox, "WORK_SECONDS", 0)
    assert mailbox.take_a_turn(JobRun(), no_rest) is True
    monkeypatch.undo()
    assert collect() == {"served": 3}


def test_one_that_others_marked_as_deleted_is_theirs(server: ImapServer, address: str) -> None:
    server.put(answer(address))
    server.deleted.update(server.folders["INBOX"])
    assert collect() == {}
    assert not IncomingMail.objects.exists()


def test_a_wrong_password_is_said_without_saying_it(server: ImapServer, settings: Settings) -> None:
    settings.IMAP_URL = server.url.replace("pass%22word", "wrong")
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED") as raised:
        collect()
    assert "wrong" not in str(raised.value)


def test_the_job_is_there_where_there_is_a_mailbox(
    server: ImapServer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_jobs", {})
    jobs.register()
    assert schedule.get(mailbox.JOB)
    server.put(answer(address))
    schedule.run_due("one")
    assert JobRun.objects.get(job=mailbox.JOB).counts == {"served": 1}


@pytest.mark.parametrize(
    "name",
    [
        "REPLY_ADDRESS=reply",
        "REPLY_ADDRESS=re+ply@x.example",
        "IMAP_URL=imaps://mail.example",
        "IMAP_URL=pop3://a:b@x",
    ],
)
def test_a_setting_that_cannot_work_is_said_at_start(settings: Settings, name: str) -> None:
    setting, _equals, value = name.partition("=")
    setattr(settings, setting, value)
    assert [error for error in run_checks() if error.msg.startswith(setting)]


def test_addresses_of_mailboxes_are_read_as_urls() -> None:
    account = mailbox.Account.of("imaps://a%40b.example:p%2Fw@mail.example/Answers%20to%20mails")
    assert account == ("imaps", "mail.example", 993, "a@b.example", "p/w", "Answers to mails")
