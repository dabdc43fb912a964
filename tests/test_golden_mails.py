"""Every mail as it is, byte for byte: whoever changes one sees all that changes, in both languages.

`pytest tests/test_golden_mails.py --write-goldens` writes them anew: look at what changed, then commit it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as site_settings
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from accounts.models import User
from notifications.composing.previews import all_previews, find, preview

FOLDER = Path(__file__).with_name("golden_mails")
LANGUAGES = [code for code, _name in site_settings.LANGUAGES]
# As of a private group, one stands for all: what is left out there is not of the kind.
MAILS = [(each.name, False) for each in all_previews()] + [("mention", True)]
STYLES = re.compile(r"<style.*?</style>", re.DOTALL)  # the same in all of them, so it is kept once
AT_RANDOM = ("Date", "Content-Type", "MIME-Version")


@pytest.fixture
def reader(settings: Settings) -> Iterator[User]:
    settings.SITE_URL, settings.SITE_NAME = "https://belltower.example", "Belltower"
    settings.DEFAULT_FROM_EMAIL = "Belltower <bell@belltower.example>"
    with time_machine.travel("2026-03-01 12:00:00+00:00", tick=False):
        yield User(
            pk=7, username="alice", name="Alice Grün", email="alice@example.com", time_zone="Europe/Berlin"
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "kept"), MAILS)
def test_a_mail_is_as_it_was(
    reader: User, language: str, name: str, kept: bool, pytestconfig: pytest.Config
) -> None:
    found = find(name)
    assert found is not None
    source = as_text(preview(found, reader, language=language, from_row=False, kept=kept))
    [styles] = STYLES.findall(source)
    files = {
        FOLDER / language / f"{name}{'-private' if kept else ''}.txt": STYLES.sub("<style>", source),
        FOLDER / "styles.txt": f"{styles}\n",
    }
    for path, content in files.items():
        if pytestconfig.getoption("--write-goldens"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content.encode())
        assert path.read_bytes().decode() == content


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_golden_is_left_of_a_mail_that_is_gone(language: str) -> None:
    names = {f"{name}{'-private' if kept else ''}" for name, kept in MAILS}
    assert {path.stem for path in (FOLDER / language).iterdir()} == names


def as_text(message: EmailMultiAlternatives) -> str:
    """Headers, text and HTML. Mails past the engine have an id at random."""
    [(html, _type)] = message.alternatives
    headers = [
        f"{name}: {value}"
        for name, value in message.message().items()
        if name not in AT_RANDOM and not (name == "Message-ID" and "List-Id" not in message.extra_headers)
    ]
    return "\n".join([*headers, "", str(message.body), str(html)]) + "\n"
