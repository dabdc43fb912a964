"""manage.py prepare: what bin/run does before it serves."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import User
from conftest import MakeUser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_files(settings: Settings, tmp_path: Path) -> Path:
    """A folder with one static file, and nothing collected yet; no demo unless a test asks for it."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.DEMO = False
    return source


def prepare() -> str:
    said = io.StringIO()
    call_command("prepare", stdout=said)
    return said.getvalue()


def test_static_files_are_collected_when_one_changed(few_files: Path, settings: Settings) -> None:
    assert "Collecting static files." in prepare()
    assert (settings.STATIC_ROOT / "a.css").read_text() == "a {}"
    assert prepare() == "Everything is ready; nothing had to be done.\n"
    (few_files / "a.css").write_text("a { color: red }")
    assert "Collecting" in prepare()
    (few_files / "b.css").write_text("b {}")
    assert "Collecting" in prepare()
    assert (settings.STATIC_ROOT / "b.css").exists()


def test_a_site_with_people_gets_no_demo(settings: Settings, make_user: MakeUser) -> None:
    settings.DEMO = True
    make_user("somebody")
    prepare()
    assert User.objects.count() == 1


def test_a_site_gets_no_demo_where_it_is_switched_off() -> None:
    prepare()
    assert not User.objects.exists()


def test_a_public_site_gets_no_people_whose_passwords_are_known(settings: Settings) -> None:
    settings.DEMO = True
    settings.HTTPS = True
    assert "was not loaded" in prepare()
    assert not User.objects.exists()
