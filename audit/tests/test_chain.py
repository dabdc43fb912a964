"""Whatever is done to the log behind its back is found, and the first row that it was done to is named."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

import audit
from accounts.models import User
from audit import chain, checkpoints, guards, verifying
from audit.checkpoints import Checkpoint
from audit.models import Anchor, Entry
from audit.sealing import seal
from notifications.transactions import acting
from notifications.upkeep import schedule

pytestmark = pytest.mark.django_db
Behind = Callable[..., None]


@pytest.fixture
def log(alice: User, bob: User) -> list[Entry]:
    """Six rows, sealed in two goes."""
    for stretch in range(2):
        for number in range(3):
            audit.record(audit.SIGN_OUT, actor=alice, target=bob, number=number, stretch=stretch)
        seal()
    return list(Entry.objects.order_by("position"))


@pytest.fixture
def behind(db: None) -> Behind:
    """SQL of somebody who owns the tables, and puts the triggers back."""

    def do(sql: str, *params: Any) -> None:
        guards.remove(connection)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
        guards.install(connection)

    return do


def fault(checkpoint: Checkpoint | None = None) -> str:
    found = verifying.verify(checkpoint=checkpoint).fault
    return str(found) if found else ""


@pytest.mark.both_databases
def test_an_untouched_log_is_as_it_was_written(log: list[Entry]) -> None:
    verdict = verifying.verify(checkpoint=checkpoints.latest())
    assert (verdict.sealed, verdict.waiting, verdict.fault) == (6, 0, None)
    assert [entry.position for entry in log] == [1, 2, 3, 4, 5, 6]
    assert [bool(entry.signature) for entry in log] == [False, False, True, False, False, True]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("outcome = 'refused'", "did not write it"),
        ("actor_id = actor_id + 1", "did not write it"),
        ("actor_name = 'Bob'", "something else of who"),
        ("address = '203.0.113.1'", "something else of who"),
        ("target_label = 'x'", "something else of on what"),
        ("metadata = '{\"number\": 9}'", "something else of on what"),
        ("who_salt = NULL", "lost the proof"),
        ("who_salt = NULL, actor_name = NULL, address = NULL, agent = NULL", "nobody asked to be forgotten"),
        ("digest = mac", "does not follow"),
        ("position = 9", "position 2 is missing"),
    ],
)
def test_an_edited_row_is_named(log: list[Entry], behind: Behind, change: str, why: str) -> None:
    behind(f"UPDATE audit_entry SET {change} WHERE id = %s", log[1].pk)
    assert why in (said := fault())
    assert f"Row {log[1].pk if 'missing' not in why else log[2].pk} " in said


@pytest.mark.both_databases
def test_a_deleted_row_is_missed(log: list[Entry], behind: Behind) -> None:
    behind("DELETE FROM audit_entry WHERE id = %s", log[3].pk)
    assert fault().startswith(f"Row {log[4].pk} (position 5,")
    behind("UPDATE audit_entry SET position = position - 1 WHERE position = 5")
    behind("UPDATE audit_entry SET position = position - 1 WHERE position = 6")
    assert f"Row {log[4].pk} " in fault()


@pytest.mark.both_databases
def test_rows_that_changed_places_are_named(log: list[Entry], behind: Behind) -> None:
    for moved, to in ((log[1], 99), (log[2], 2), (log[1], 3)):
        behind("UPDATE audit_entry SET position = %s WHERE id = %s", to, moved.pk)
    assert "does not follow" in (said := fault())
    assert f"Row {log[2].pk} (position 2," in said


def test_a_row_that_somebody_made_up_is_named_before_and_after_it_is_sealed(
    log: list[Entry], behind: Behind
) -> None:
    columns = ", ".join(
        str(field.column) for field in Entry._meta.fields if field.column not in {"id", "mac", "position"}
    )
    copied = (
        f"INSERT INTO audit_entry (mac, {columns}) SELECT who_salt, {columns} FROM audit_entry WHERE id = %s"
    )
    behind(copied, log[0].pk)
    assert "did not write it" in fault()
    seal()
    assert "did not write it" in fault()


@pytest.mark.both_databases
def test_a_copy_of_a_row_is_refused_and_where_its_index_was_dropped_named(
    log: list[Entry], behind: Behind
) -> None:
    columns = ", ".join(
        str(field.column) for field in Entry._meta.fields if field.column not in {"id", "position"}
    )
    copy = f"INSERT INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry WHERE id = {log[0].pk}"
    with pytest.raises(IntegrityError), transaction.atomic():
        behind(copy)
    if connection.vendor == "postgresql":  # elsewhere it is part of the table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'u' AND conname LIKE 'audit_entry_mac%%'"
            )
            behind(f"ALTER TABLE audit_entry DROP CONSTRAINT {cursor.fetchone()[0]}")
        behind(copy)
        assert "a copy of another" in fault()


def test_a_chain_that_was_made_anew_is_not_signed(log: list[Entry], behind: Behind) -> None:
    """Somebody with the database and without the key of the site."""
    behind("UPDATE audit_entry SET actor_id = 1234 WHERE position = 2")
    digest = bytes(log[0].digest or b"")
    for entry in Entry.objects.filter(position__gt=1).order_by("position"):
        own = chain.mac(b"another key", entry.statement())
        digest = chain.link(digest, entry.position or 0, entry.pk, own, entry.statement())
        behind("UPDATE audit_entry SET mac = %s, digest = %s WHERE id = %s", own, digest, entry.pk)
    assert f"Row {log[1].pk} " in fault()


@pytest.mark.both_databases
@pytest.mark.parametrize(("gone", "why"), [(1, "without a signature"), (3, "")])
def test_a_chain_whose_end_was_cut_off(log: list[Entry], behind: Behind, gone: int, why: str) -> None:
    """Cut at a signature, it looks whole to those who kept no checkpoint."""
    before = checkpoints.latest()
    behind("DELETE FROM audit_entry WHERE position > %s", 6 - gone)
    assert (why in fault()) if why else fault() == ""
    assert "its end was cut off" in fault(before)


def test_a_chain_that_is_another_than_the_checkpoint_s(log: list[Entry]) -> None:
    digest = bytes(32)
    other = Checkpoint(3, digest, chain.signature(chain.signing_keys()[0], 3, digest))
    assert f"Row {log[2].pk} (position 3," in fault(other)


def test_guards_that_are_gone_are_missed(log: list[Entry]) -> None:
    guards.remove(connection)
    assert "triggers" in fault()


def test_rows_that_were_dropped_without_being_archived(log: list[Entry], behind: Behind) -> None:
    Anchor.objects.create(
        position=2, digest=bytes(log[1].digest or b""), signature=b"made up", rows=2, file_name="x"
    )
    Entry.objects.filter(position__lte=2).delete()
    assert "not dropped by this site" in fault()


def test_rows_of_an_earlier_key_are_still_proven(log: list[Entry], settings: LazySettings) -> None:
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        audit.record(audit.SIGN_OUT, actor=None)
        seal()
        assert fault() == ""
    with override_settings(SECRET_KEY="another"):
        assert "did not write it" in fault()


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_many_who_write_and_seal_at_once_make_one_chain(alice: User) -> None:
    def work() -> None:
        try:
            for number in range(10):
                with acting():
                    audit.record(audit.SIGN_OUT, actor=alice, number=number)
                if number % 3 == 0:
                    seal()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal()
    verdict = verifying.verify()
    assert (verdict.sealed, verdict.waiting, verdict.fault) == (60, 0, None)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_row_whose_transaction_was_long_comes_after_those_that_passed_it(alice: User) -> None:
    if connection.vendor == "sqlite":
        return  # has one transaction that writes at a time
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                audit.record(audit.SIGN_OUT, actor=alice, who="slow")
                written.set()
                may_commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    audit.record(audit.SIGN_OUT, actor=alice, who="quick")
    assert seal() == 1  # waits for nobody
    may_commit.set()
    thread.join()
    assert seal() == 1
    by_place = Entry.objects.order_by("position")
    assert [(entry.metadata or {})["who"] for entry in by_place] == ["quick", "slow"]
    assert by_place[0].pk > by_place[1].pk
    assert fault() == ""


def test_the_schedule_seals(alice: User) -> None:
    audit.record(audit.SIGN_OUT, actor=alice)
    schedule.run_due("here")
    assert Entry.objects.get().position == 1


def test_the_commands_print_a_line_to_keep_and_ask_for_it(
    log: list[Entry],
    behind: Behind,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    settings: LazySettings,
) -> None:
    call_command("audit_checkpoint")
    line = capsys.readouterr().out.strip()
    call_command("verify_audit", checkpoint=line)
    assert "6 rows are as they were written" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no checkpoint"):
        call_command("verify_audit", checkpoint=line.replace(":6:", ":5:"))
    settings.AUDIT_CHECKPOINT_FILE = str(tmp_path / "checkpoint")
    checkpoints.keep(checkpoints.latest())
    behind("DELETE FROM audit_entry WHERE position > 3")
    with pytest.raises(CommandError, match="cut off"):  # by the one that the site keeps
        call_command("verify_audit")


def test_a_later_line_is_never_replaced_by_an_earlier(
    log: list[Entry], tmp_path: Path, settings: LazySettings
) -> None:
    settings.AUDIT_CHECKPOINT_FILE = str(tmp_path / "var" / "checkpoint")
    checkpoints.keep(checkpoints.latest())
    key = chain.signing_keys()[0]
    checkpoints.keep(Checkpoint(3, bytes(32), chain.signature(key, 3, bytes(32))))
    assert checkpoints.kept() == checkpoints.latest()
