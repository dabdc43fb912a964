"""A person can be taken out, and old rows can go, without the rest losing its proof."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

import audit
from accounts.models import User
from audit import archiving, guards, verifying
from audit.models import Anchor, Entry
from audit.sealing import seal

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def is_proven() -> bool:
    return verifying.verify().fault is None


def everything() -> str:
    return str(list(Entry.objects.values()))


def test_nothing_of_a_forgotten_person_is_left_but_their_number(alice: User, bob: User) -> None:
    client = Client(REMOTE_ADDR="203.0.113.77", headers={"user-agent": "Bobfox/1"})
    client.post("/accounts/login/", {"login": "bob", "password": "wrong-wrong-wrong"})
    audit.record(audit.SIGN_OUT, actor=bob, target=alice, note="bob says hello")
    audit.record(audit.SIGN_OUT, actor=alice, target=bob, note="to bob")
    audit.record(audit.SIGN_OUT, actor=alice, target=alice)
    seal()
    assert audit.forget(bob) == 3
    for marker in ("Bob", "bob", "203.0.113.77"):
        assert marker not in everything()
    assert set(Entry.objects.exclude(actor_name=None).values_list("actor_name", flat=True)) == {
        "Alice (@alice)", "",
    }  # fmt: skip
    assert Entry.objects.filter(actor_id=bob.pk).exists()
    assert is_proven()
    seal()
    assert is_proven()


def test_forgetting_twice_changes_nothing(bob: User) -> None:
    audit.record(audit.SIGN_OUT, actor=bob)
    audit.forget(bob)
    audit.record(audit.SIGN_OUT, actor=bob)
    audit.forget(bob)
    seal()
    assert "bob" not in everything().lower()
    assert is_proven()


@pytest.fixture
def old(alice: User) -> None:
    """Three rows of last year, and two of today."""
    audit.record(audit.SIGN_OUT, actor=alice, target=alice)
    for _row in range(2):
        audit.record(audit.SIGN_OUT, actor=alice, target=alice, note="ü")


def test_old_rows_go_to_a_file_that_proves_itself(
    old: None, alice: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log.jsonl"
    anchor = archiving.archive(file, before=timezone.now() + timedelta(seconds=1))
    assert anchor is not None
    assert (anchor.position, anchor.rows) == (3, 3)
    assert [entry.action for entry in Entry.objects.all()] == ["audit_archived"]
    audit.record(audit.SIGN_OUT, actor=alice)
    seal()
    assert is_proven()
    assert archiving.verify_file(file) == (3, None)
    call_command("archive_audit", str(file), verify=True)
    assert "3 rows" in capsys.readouterr().out
    lines = file.read_text().splitlines()
    for broken in (
        lines[:2] + lines[3:],
        [*lines[:3], lines[-1]],
        [lines[0], lines[2], lines[1], *lines[3:]],
    ):
        file.write_text("\n".join(broken))
        with pytest.raises(CommandError):
            call_command("archive_audit", str(file), verify=True)


def test_what_is_younger_stays(old: None, tmp_path: Path) -> None:
    assert archiving.archive(tmp_path / "log", before=timezone.now() - timedelta(days=1)) is None
    assert not (tmp_path / "log").exists()
    assert Entry.objects.count() == 3


def test_an_archive_is_never_written_over(old: None, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("precious")
    with pytest.raises(CommandError, match="there already"):
        call_command("archive_audit", str(tmp_path / "log"), days=-1)
    assert (tmp_path / "log").read_text() == "precious"
    assert not Anchor.objects.exists()


def test_a_log_that_was_changed_is_not_archived(old: None, tmp_path: Path) -> None:
    seal()
    guards.remove(connection)
    Entry.objects.filter(position=2).update(outcome="refused")
    guards.install(connection)
    with pytest.raises(CommandError, match="Nothing was moved"):
        call_command("archive_audit", str(tmp_path / "log"), days=-1)
    assert Entry.objects.count() == 3


def test_what_a_killed_archiving_left_goes_with_the_next(
    old: None, alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(archiving, "drop_archived", lambda until: None)
        archiving.archive(tmp_path / "one", before=timezone.now() + timedelta(seconds=1))
    assert Entry.objects.count() == 4
    seal()
    assert is_proven()
    archiving.archive(tmp_path / "two", before=timezone.now() + timedelta(seconds=1))
    assert archiving.verify_file(tmp_path / "two") == (1, None)
    first = json.loads((tmp_path / "two").read_text().splitlines()[0])
    assert first["after"] == 3
    assert [entry.action for entry in Entry.objects.all()] == ["audit_archived"]
    seal()
    assert is_proven()
