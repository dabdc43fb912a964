"""The copy of one's data: complete, one's own, made once, and gone after a day."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.an_app import set_up
from accounts.tests.test_codes_by_mail import mailed
from community import actions
from community.models import Post, PostImage
from conftest import PASSWORD, Browse
from notifications.models import Event, JobRun
from notifications.tests.test_crash_points import killed_at
from notifications.upkeep.schedule import no_rest
from rights import exporting, writing
from rights.holdings import HELD, NOT_OF_A_PERSON
from rights.kinds import EXPORTED
from rights.models import TRIES, Export

pytestmark = pytest.mark.django_db
PAGE = "/accounts/data/"


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> Path:
    settings.EXPORT_ROOT, settings.MEDIA_ROOT = tmp_path / "exports", tmp_path / "media"
    return tmp_path / "exports"


def run(now: Any = None) -> None:
    exporting.take_a_turn(JobRun(counts={}), no_rest)


def files(places: Path) -> list[Path]:
    return list(places.iterdir())


def test_every_model_is_either_in_it_or_left_out_for_a_reason() -> None:
    held = [holding.model for holding in HELD]
    assert len(held) == len(set(held))
    assert set(held) & set(NOT_OF_A_PERSON) == set()
    assert {model._meta.label for model in apps.get_models()} == {*held, *NOT_OF_A_PERSON}
    assert all(NOT_OF_A_PERSON.values())


@pytest.mark.parametrize("holding", HELD, ids=lambda holding: holding.model)
def test_every_column_is_either_in_it_or_left_out_for_a_reason(holding: Any) -> None:
    meta = holding.rows._meta
    names = {field.name for field in (*meta.concrete_fields, *meta.local_many_to_many)}
    assert set(holding.kept_back) <= names
    assert all(holding.kept_back.values())
    assert len(holding.columns) - len(holding.parts) + len(holding.kept_back) == len(names)


@pytest.mark.both_databases
def test_it_holds_what_somebody_wrote_and_their_pictures_and_nothing_of_others(
    alice: User, bob: User, post: Post
) -> None:
    PostImage.objects.create(
        post=post, file=ContentFile(b"RIFF", "a.webp"), width=1, height=1, alt="A tomato"
    )
    Authenticator.objects.create(
        user=alice, type="webauthn", data={"name": "My phone", "credential": "s3cret"}
    )
    mine = actions.comment(alice, post, "Ällo")
    theirs = actions.comment(bob, post, "Thanks")
    exporting.ask(alice)
    run()
    export = Export.objects.get(user=alice)
    with ZipFile(exporting.path_of(export)) as archive:
        assert archive.testzip() is None
        comments = json.loads(archive.read("data/community.Comment.json"))
        assert [row["id"] for row in comments] == [mine.pk]
        assert comments[0]["content"] == "Ällo"
        [picture] = json.loads(archive.read("data/community.PostImage.json"))
        assert archive.read(f"media/{picture['file']}") == b"RIFF"
        words = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("data/"))
        assert b"alice@example.com" in words
        assert b'"data__name": "My phone"' in words
        assert b"s3cret" not in words
        assert theirs.content.encode() not in words
        assert bob.email.encode() not in words
        assert alice.password.encode() not in words
        assert "community.Post" in "".join(archive.namelist())


def test_rows_past_one_chunk_are_all_there(alice: User, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 2)
    for number in range(5):
        actions.comment(alice, post, f"Comment {number}")
    exporting.ask(alice)
    run()
    with ZipFile(exporting.path_of(Export.objects.get())) as archive:
        assert len(json.loads(archive.read("data/community.Comment.json"))) == 5


def test_its_file_is_for_the_site_s_own_user_alone(alice: User, places: Path) -> None:
    exporting.ask(alice)
    run()
    assert [path.stat().st_mode & 0o777 for path in files(places)] == [0o600]
    assert places.stat().st_mode & 0o777 == 0o700


def test_the_readme_is_in_the_language_of_its_reader(alice: User) -> None:
    alice.language = "de"
    assert "Was in einer Datei fehlt" in writing.readme(alice)
    alice.language = "en"
    assert "What is left out of a file" in writing.readme(alice)


def test_a_double_click_asks_once_and_tells_once(alice: User) -> None:
    assert exporting.ask(alice) == exporting.ask(alice)
    run()
    exporting.ask(alice)
    run()
    assert Event.objects.filter(kind=EXPORTED.type, recipient=alice).count() == 1


def test_the_page_asks_for_the_password_first(alice: User, browse: Browse) -> None:
    client = browse(alice)
    response = client.post(PAGE)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not Export.objects.exists()
    client.post(response["Location"], {"password": PASSWORD})
    assert Export.objects.filter(user=alice).exists()
    assert "It is being made" in client.get(PAGE).content.decode()


def test_whoever_has_no_password_shows_it_by_a_code_that_is_mailed(alice: User, browse: Browse) -> None:
    alice.set_unusable_password()
    alice.save()
    client = browse(alice)
    by_mail = client.post(PAGE)["Location"]
    assert by_mail.startswith("/accounts/reauthenticate/mail/")
    assert client.post("/accounts/password/set/")["Location"].startswith("/accounts/reauthenticate/mail/")
    client.post(PAGE)
    assert client.post(by_mail, {"send": ""})["Location"] == by_mail
    assert b"This code is wrong" in client.post(by_mail, {"code": "AAA-AAA"}).content
    assert not Export.objects.exists()
    client.post(by_mail, {"code": mailed()})
    assert Export.objects.filter(user=alice).exists()


def test_a_mailed_code_and_the_password_do_not_stand_in_for_a_second_factor(
    alice: User, browse: Browse, api: Any
) -> None:
    client, app = browse(alice), set_up(alice)
    for way in ("mail/", ""):
        assert client.get(f"/accounts/reauthenticate/{way}")["Location"] == "/accounts/reauthenticate/code/"
    by_api = api(alice)
    for words in ({"password": PASSWORD}, {"code": app.does_not_show()}, {}):
        assert by_api.post("/api/users/me/export", words, format="json").status_code == 400
    assert by_api.post("/api/users/me/export", {"code": app.shows()}, format="json").status_code == 202


def test_its_owner_alone_fetches_it_for_a_day_and_nobody_keeps_it(
    alice: User, bob: User, browse: Browse, places: Path
) -> None:
    exporting.ask(alice)
    run()
    url = f"{PAGE}{Export.objects.get().pk}/"
    response = browse(alice).get(url)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert b"".join(response.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert browse(bob).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        later = browse(alice)
        assert later.get(url).status_code == 404
        assert "Ask for it" in later.get(PAGE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_file_goes_with_its_day_and_with_its_person(alice: User, bob: User, places: Path) -> None:
    exporting.ask(alice)
    run()
    exporting.ask(bob)
    run()
    assert len(files(places)) == 2
    bob.delete()
    assert len(files(places)) == 1
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        run()
    assert files(places) == []
    assert not Export.objects.exists()


def test_what_somebody_left_who_died_over_it_is_swept_away_and_made_anew(alice: User, places: Path) -> None:
    exporting.ask(alice)
    half = exporting.folder() / "half.zip"
    half.write_bytes(b"PK")
    os.utime(half, (0, 0))
    run()
    assert files(places) == [exporting.path_of(Export.objects.get())]


@pytest.mark.django_db(transaction=True)
def test_a_kill_when_it_is_written_makes_it_anew_and_tells_once(alice: User, places: Path) -> None:
    exporting.ask(alice)
    assert killed_at("after an export is written", run)
    run()
    assert exporting.path_of(Export.objects.get()).exists()
    assert Event.objects.filter(kind=EXPORTED.type, recipient=alice).count() == 1


def test_one_that_fails_waits_behind_the_others_and_ends(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch, places: Path
) -> None:
    whole = writing.write

    def fails(path: Path, user: User, rest: Any) -> int:
        size = whole(path, user, rest)
        if user == alice:
            raise OSError("no space")
        return size

    monkeypatch.setattr(exporting, "write", fails)
    exporting.ask(alice)
    exporting.ask(bob)
    for _turn in range(TRIES + 1):
        try:
            run()
        except OSError:
            continue
    assert Export.objects.get(user=bob).ready_at
    assert Export.objects.get(user=alice).has_failed
    assert len(files(places)) == 1
    assert not exporting.ask(alice).has_failed


def test_by_the_api_it_takes_the_password_once_more(alice: User, api: Any) -> None:
    client: APIClient = api(alice)
    assert client.get("/api/users/me/export").status_code == 404
    assert client.post("/api/users/me/export", {"password": "wrong"}, format="json").status_code == 400
    client.post("/api/auth/request-code", {"email": alice.email}, format="json")
    assert client.post("/api/users/me/export", {"code": "AAA-AAA"}, format="json").status_code == 400
    assert client.post("/api/users/me/export", {"code": mailed()}, format="json").status_code == 202
    asked = client.post("/api/users/me/export", {"password": PASSWORD}, format="json")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert client.get("/api/users/me/export/file").status_code == 404
    run()
    assert client.get("/api/users/me/export").json()["state"] == "ready"
    assert client.get("/api/users/me/export/file")["Content-Type"] == "application/zip"
