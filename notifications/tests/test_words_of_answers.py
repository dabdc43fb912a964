"""What somebody wrote is found in what their mail program made of it: mails/NAME.eml holds mails/NAME.txt."""

import time
from pathlib import Path

import pytest

from notifications.incoming import words
from notifications.incoming.letter import Letter

MAILS = Path(__file__).with_name("mails")
NAMES = sorted(path.stem for path in MAILS.glob("*.eml"))
HEAD = b"From: a@example.com\nContent-Type: text/%s; charset=utf-8\n\n"


def written(raw: bytes) -> str:
    return words.written(Letter(raw).message)


@pytest.mark.parametrize("name", NAMES)
def test_the_words_of_a_mail_of_a_usual_program(name: str) -> None:
    raw = (MAILS / f"{name}.eml").read_bytes()
    expected = (MAILS / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n")
    assert written(raw) == expected
    assert written(raw.replace(b"\n", b"\r\n")) == expected


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 20


def test_attachments_are_counted_and_left_out() -> None:
    letter = Letter((MAILS / "picture-beside.eml").read_bytes())
    assert words.attachments(letter.message) == 2


@pytest.mark.parametrize(
    "text",
    [
        "On " * 20_000,
        "On \n" * 10_000,
        "Am \nschrieb" * 5_000,
        "From: " * 10_000,
        "From: x\n" * 5_000,
        "From:\n\n\n" * 5_000,
        "> " * 30_000,
        "-" * 50_000,
        "\n" * 100_000,
        "a <" * 20_000 + "wrote:",
        "Sent from my " * 5_000,
        "x\n" * 100_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_takes_its_time(text: str) -> None:
    began = time.thread_time()
    written(HEAD % b"plain" + text.encode())
    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    "html", ["<div>" * 100_000, "<blockquote><p>" * 30_000, "<a href='" * 50_000, "<!--" * 50_000]
)
def test_no_html_takes_its_time_or_the_stack(html: str) -> None:
    began = time.thread_time()
    written(HEAD % b"html" + html.encode())
    assert time.thread_time() - began < 2
