"""Whoever answers a mail has commented; whatever else comes to that address is refused, with a reason."""

import io
import sys
import threading
from datetime import timedelta
from email.message import EmailMessage, Message
from email.utils import parseaddr

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Comment, Group, Post
from conftest import Browse, MakeUser
from notifications.incoming import addresses, answers
from notifications.incoming.letter import SIZE_MAX, Letter
from notifications.incoming.receiving import receive
from notifications.incoming.verdict import MALFORMED, NOBODY, REFUSED, TAKEN, TRY_AGAIN
from notifications.models import Delivery, IncomingMail, Level, Notification
from notifications.steering.levels import set_place_level

pytestmark = pytest.mark.django_db(transaction=True)
Outcome = IncomingMail.Outcome
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def answered(settings: Settings) -> None:
    settings.REPLY_ADDRESS = "Reply@Lists.example"


@pytest.fixture
def asked(post: Post, bob: User) -> Message:
    """The mail to alice about what bob asked under her post."""
    actions.comment(bob, post, "Are there any left?")
    return outgoing()


def outgoing() -> Message:
    """The newest mail that the site sent."""
    message: Message = mail.outbox[-1].message()
    return message


def address_of(message: Message) -> str:
    return parseaddr(message["Reply-To"])[1]


def answer(message: Message, text: str = "Plenty.", *, number: int = 1, **headers: str) -> bytes:
    """As a mail program answers."""
    written = EmailMessage()
    usual = {
        "From": message["To"], "To": message["Reply-To"], "Subject": "Re: it",
        "Message-ID": f"<{number}@mail.example>", "In-Reply-To": message["Message-ID"],
    }  # fmt: skip
    for name, value in (usual | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        written[name] = value
    written.set_content(f"{text}\n\nOn Wed, Nov 25, 2026 at 10:12 AM Bob wrote:\n> Are there any left?\n")
    return written.as_bytes()


def outcomes() -> list[str]:
    return list(IncomingMail.objects.order_by("pk").values_list("outcome", flat=True))


@pytest.mark.both_databases
def test_an_answer_becomes_a_comment_and_whom_it_answers_hears_of_it(
    asked: Message, post: Post, alice: User, bob: User
) -> None:
    assert receive(answer(asked, "Plenty, come by!")).code == TAKEN
    question, answered = Comment.objects.order_by("pk")
    assert (answered.author, answered.parent, answered.content) == (alice, question, "Plenty, come by!")
    [told] = Notification.objects.filter(recipient=bob)
    assert (told.kind, told.object_id) == ("REPLY", answered.pk)
    told_by_mail = outgoing()
    assert told_by_mail["To"] == "bob@example.com"

    assert receive(answer(told_by_mail, "On my way.", number=2)).code == TAKEN
    assert Comment.objects.latest("pk").parent == answered
    assert Comment.objects.latest("pk").author == bob


@pytest.mark.both_databases
def test_a_mail_that_its_server_delivers_twice_is_one_comment(asked: Message) -> None:
    for _copy in range(3):
        assert receive(answer(asked)).code == TAKEN
    assert Comment.objects.count() == 2
    assert outcomes() == ["taken"]


def test_whoever_answers_has_read_it(asked: Message, alice: User) -> None:
    receive(answer(asked))
    assert Notification.objects.get(recipient=alice).read_at


@pytest.mark.both_databases
def test_copies_that_come_at_once_are_one_comment(asked: Message) -> None:
    """Real threads, each with its connection."""
    start, raw, codes = threading.Barrier(4), answer(asked), []

    def deliver() -> None:
        try:
            start.wait(30)
            codes.append(receive(raw).code)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [TAKEN] * 4
    assert Comment.objects.count() == 2
    assert outcomes() == ["taken"]


def test_the_mail_says_that_it_may_be_answered_only_where_it_may(
    asked: Message, post: Post, private_post: Post, bob: User, settings: Settings
) -> None:
    asking = next(m for m in mail.outbox if m.message()["Message-ID"] == asked["Message-ID"])
    assert "Or answer this mail" in asking.body
    assert address_of(asked).endswith("@Lists.example")
    actions.react(bob, post)
    liked = outgoing()
    assert "liked" in liked["Subject"]
    assert liked["Reply-To"] is None
    actions.comment(bob, private_post, "Its words stay on the site.")
    assert outgoing()["Reply-To"] is None
    settings.REPLY_ADDRESS = ""
    actions.comment(bob, post, "And now?")
    assert outgoing()["Reply-To"] is None
    assert "Or answer this mail" not in mail.outbox[-1].body


def test_a_mention_and_a_post_in_a_group_are_answered_where_they_stand(
    alice: User, bob: User, chloe: User
) -> None:
    group = actions.create_group(alice, "Gardeners")
    actions.join_group(bob, group)
    set_place_level(bob, group.pk, Level.WATCHING)
    post = actions.create_post(alice, "What does @chloe say?", title="Trees", group=group)
    mail_to = {message.to[0]: message.message() for message in mail.outbox[-2:]}
    for number, person in enumerate((bob, chloe), 1):
        assert receive(answer(mail_to[person.email], f"Yes, {number}.", number=number)).code == TAKEN
    written = Comment.objects.filter(post=post, parent=None).order_by("pk")
    assert [comment.author for comment in written] == [bob, chloe]


def test_the_address_survives_other_letters_and_fits(asked: Message, alice: User) -> None:
    address = address_of(asked)
    assert len(address.partition("@")[0]) < 40
    assert receive(answer(asked), addresses=[address.upper()]).code == TAKEN
    biggest = Delivery(pk=2**63 - 1, recipient_id=2**63 - 1)
    longest = "n" * addresses.NAME_MAX
    assert len(f"{longest}+{addresses.token(biggest)}") <= addresses.LOCAL_PART_MAX


def test_the_key_may_be_changed(asked: Message, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert receive(answer(asked)).code == TAKEN


def test_a_changed_address_is_nobody_s(asked: Message) -> None:
    address = address_of(asked).lower()
    local, _at, host = address.partition("@")
    pk, recipient, seal = local.removeprefix("reply+").split("-")
    for number, token in enumerate(
        [f"1{pk}-{recipient}-{seal}", f"{pk}-{recipient}1-{seal}", f"{pk}-{recipient}-{seal[:-1]}!", "", "--",
         "é-ü-ß", f"{pk}-{recipient}-", f"-{seal}", "x" * 5000]
    ):  # fmt: skip
        raw = answer(asked, number=number)
        assert receive(raw, addresses=[f"reply+{token}@{host}"]).code == NOBODY, token
    assert set(outcomes()) == {"unknown"}
    assert receive(answer(asked), addresses=[f"reply@{host}"]).code == NOBODY
    assert receive(answer(asked), addresses=["somebody@elsewhere.example"]).code == NOBODY
    assert Comment.objects.count() == 1


def test_the_address_of_one_is_worth_nothing_to_another(asked: Message, chloe: User) -> None:
    refused(answer(asked, From="chloe@example.com"), Outcome.STRANGER)
    receive(answer(asked, number=2, From="alice@example.com, chloe@example.com"))
    assert outcomes() == ["stranger", "stranger"]
    assert Comment.objects.count() == 1


def test_what_a_machine_wrote_is_dropped_without_a_word(asked: Message) -> None:
    before = len(mail.outbox)
    assert receive(answer(asked, Auto_Submitted="auto-replied")).code == TAKEN
    assert receive(answer(asked, number=2), sender="").code == TAKEN
    assert outcomes() == ["automatic"] * 2
    assert (Comment.objects.count(), len(mail.outbox)) == (1, before)


def test_what_the_mail_server_does_not_vouch_for_is_refused(asked: Message, settings: Settings) -> None:
    settings.REPLY_AUTHSERV_ID = "mx.lists.example"
    fails, passes = (f"mx.lists.example; dmarc={said}" for said in ("fail", "pass"))
    assert receive(answer(asked, Authentication_Results=fails)).code == REFUSED
    assert receive(answer(asked, number=2, Authentication_Results=passes)).code == TAKEN
    assert outcomes() == ["forged", "taken"]


def refused(raw: bytes, outcome: Outcome) -> str:
    """The person is told, politely, once; answers of what they read."""
    before = len(mail.outbox)
    assert receive(raw).code == TAKEN
    assert receive(raw).code == TAKEN
    row = IncomingMail.objects.latest("pk")
    assert (row.outcome, bool(row.told_at)) == (outcome, True)
    [letter] = mail.outbox[before:]
    headers = letter.message()
    assert headers["To"] == "alice@example.com"
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["In-Reply-To"] == row.message_id
    assert headers["Reply-To"] is None
    said = "you may not write there" if outcome == Outcome.DENIED else str(Outcome(outcome).label)
    assert said in letter.body.replace("\n", " ")
    return str(letter.body)


@pytest.mark.both_databases
def test_what_is_gone_cannot_be_answered(asked: Message, post: Post, alice: User) -> None:
    actions.delete_post(alice, post)
    refused(answer(asked), Outcome.GONE)


def test_a_comment_that_was_deleted_cannot_be_answered(asked: Message, bob: User) -> None:
    actions.delete_comment(bob, Comment.objects.get())
    refused(answer(asked), Outcome.GONE)


def test_whoever_left_the_group_may_not_answer_any_more(
    alice: User, bob: User, make_user: MakeUser, group: Group
) -> None:
    actions.edit_group(alice, group, words_in_mail=True)
    post = actions.create_post(bob, "Who can help, @alice?", title="The heating", group=group)
    asked = outgoing()
    assert asked["Reply-To"]
    group.memberships.filter(user=alice).delete()
    refused(answer(asked), Outcome.DENIED)
    assert not post.comments.exists()


def test_an_answer_without_words_and_one_with_too_many(asked: Message) -> None:
    assert "words of its own" in refused(answer(asked, ""), Outcome.EMPTY)
    IncomingMail.objects.update(received_at=timezone.now() - YEAR)
    assert "too long" in refused(answer(asked, "x" * 5001, number=2), Outcome.INVALID)


def test_an_answer_after_a_month_is_too_late(asked: Message) -> None:
    Delivery.objects.update(ended_at=timezone.now() - addresses.GOOD_FOR - timedelta(hours=1))
    refused(answer(asked), Outcome.EXPIRED)


def test_more_than_fits_is_not_read(asked: Message) -> None:
    refused(answer(asked) + b"x" * SIZE_MAX, Outcome.TOO_LARGE)


def test_of_many_in_an_hour_the_rest_is_refused(
    asked: Message, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "PER_HOUR", 2)
    for number in range(2):
        assert receive(answer(asked, f"Yes, {number}.", number=number)).code == TAKEN
    refused(answer(asked, "And", number=3), Outcome.TOO_MANY)
    IncomingMail.objects.update(received_at=timezone.now() - YEAR)
    receive(answer(asked, "And", number=4))
    assert outcomes()[-1] == "taken"


@pytest.mark.both_databases
def test_at_most_one_mail_an_hour_says_that_something_was_refused(asked: Message) -> None:
    before = len(mail.outbox)
    for number in range(3):
        receive(answer(asked, "", number=number))
    assert len(mail.outbox) == before + 1
    assert outcomes() == ["empty"] * 3


def test_who_is_refused_reads_why_in_their_language(asked: Message, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="de")
    receive(answer(asked, ""))
    assert mail.outbox[-1].subject == "Deine Antwort wurde nicht angenommen"


def test_a_deactivated_account_answers_nothing(asked: Message, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    before = len(mail.outbox)
    assert receive(answer(asked)).code == REFUSED
    assert (outcomes(), len(mail.outbox)) == (["inactive"], before)


@pytest.mark.both_databases
def test_what_fails_here_is_tried_again_and_leaves_nothing(
    asked: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise IntegrityError

    with monkeypatch.context() as patch:
        patch.setattr(answers, "mark_read", fail)
        assert receive(answer(asked)).code == TRY_AGAIN
    assert (outcomes(), Comment.objects.count()) == ([], 1)
    assert receive(answer(asked)).code == TAKEN
    assert (outcomes(), Comment.objects.count()) == (["taken"], 2)


def test_a_refusal_that_cannot_be_mailed_is_still_recorded(
    asked: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    assert receive(answer(asked, "")).code == TAKEN
    assert outcomes() == ["empty"]


def test_nobody_s_headers_break_it(asked: Message) -> None:
    address = address_of(asked).encode()
    for head in (
        b"From: \xff\xfe <",
        b"From: =?utf-8?q?=00?= <a@b",
        b"Message-ID: " + b"\x00" * 9,
        b"\x00",
        b":" * 99,
    ):
        raw = (
            head + b"\nTo: " + address + b"\nContent-Type: text/plain; charset=\xff; format=\xfe\n\nHi\xff\n"
        )
        assert receive(raw, addresses=[address.decode()]).code != TRY_AGAIN
    nested = b"Content-Type: message/rfc822\n\n" * 2_000
    for raw in (b"", b"To: " + address + b"\n" + nested):
        assert receive(raw).code == receive(raw, addresses=[address.decode()]).code == MALFORMED
    assert Comment.objects.count() == 1


def test_the_command_ends_as_mail_servers_expect(
    asked: Message, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def piped(raw: bytes, *args: str) -> object:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        with pytest.raises(SystemExit) as ended:
            call_command("receive_mail", *args)
        return ended.value.code

    assert piped(answer(asked), "--sender=alice@example.com", "--", address_of(asked)) == 0
    assert piped(answer(asked), "nobody@lists.example") == 67
    User.objects.update(is_active=False)
    assert piped(answer(asked, number=2)) == 77
    assert piped(b"") == 65
    assert "Nothing here answers" in capsys.readouterr().out
    assert Comment.objects.count() == 2


def test_the_log_is_there_to_be_read(asked: Message, make_user: MakeUser, browse: Browse) -> None:
    receive(answer(asked, "", From="eve@evil.example"))
    staff = browse(make_user("staff", is_staff=True, is_superuser=True))
    page = staff.get("/admin/notifications/incomingmail/").content.decode()
    assert "eve@evil.example" in page
    assert "it came from another address" in page


def test_who_it_was_for_is_found_where_the_server_does_not_say() -> None:
    raw = b"Delivered-To: B@x.example\nTo: A <a@x.example>, c@x.example\nCc: a@x.example\n\n"
    assert Letter(raw).for_whom() == ["b@x.example", "a@x.example", "c@x.example"]
