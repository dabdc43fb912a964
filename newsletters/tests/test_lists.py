"""Lists of addresses in and out: only who agreed comes in, and each line that is wrong is named."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from conftest import Browse
from newsletters import subscribing
from newsletters.lists import LINES_MAX, export_list, import_list
from newsletters.models import Subscriber

from .conftest import subscribed

pytestmark = pytest.mark.django_db


@pytest.mark.both_databases
def test_only_who_agreed_comes_in_and_nobody_who_ended_it_comes_back(alice: User, dora: Subscriber) -> None:
    subscribing.end(subscribed("gone@example.com").pk, 0)
    lines = [
        "Email,Agreed,Language",
        "MIRA@example.com,yes,de",
        "mira@example.com,ja,de",
        "tom@example.com,no,en",
        "dora@example.com,1,",
        "gone@example.com,yes,en",
        "not-an-address,yes,en",
        "",
        "kim@example.com,true,fr",
        "short@example.com",
    ]
    found = import_list(alice, "\n".join(lines).encode())
    assert (found.added, found.known, found.not_agreed, found.ended) == (1, 1, 2, 1)
    assert [line for line, _words in found.problems] == [7, 9]
    mira = Subscriber.objects.get(address="mira@example.com")
    assert (mira.language, mira.source, mira.is_current) == ("de", "import", True)
    assert import_list(alice, "\n".join(lines).encode()).added == 0


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "name the columns"),
        (b"name,agreed\nx,yes", "name the columns"),
        (b"email,agreed\n\xff\xfe,yes", "UTF-8"),
        (b"email,agreed\n" + b"a" * 200_000, "from line"),
        (b"email,agreed\n" + b"x,no\n" * (LINES_MAX + 1), "10000 lines"),
        (b"x" * (1024 * 1024 + 1), "megabyte"),
    ],
)
def test_what_is_no_such_list_is_refused_whole(alice: User, data: bytes, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        import_list(alice, data)
    assert not Subscriber.objects.exists()


def test_what_is_exported_can_be_imported_and_runs_in_no_spreadsheet(alice: User, bob: User) -> None:
    subscribed("=cmd@example.com", language="de")
    exported = "".join(export_list())
    assert "bob@example.com" in exported
    assert "'=cmd@example.com" in exported
    Subscriber.objects.all().delete()
    assert import_list(alice, exported.encode()).added == 2
    assert set(Subscriber.objects.values_list("address", flat=True)) == {
        "bob@example.com",
        "=cmd@example.com",
    }


def test_the_page_says_what_became_of_each_line(browse: Browse, alice: User) -> None:
    data = b"\xef\xbb\xbfemail;agreed\nmira@example.com;yes\n<script>;yes\n"
    page = browse(alice).post("/newsletter/subscribers/import/", {"file": SimpleUploadedFile("a.csv", data)})
    html = page.content.decode()
    assert "1 address was added" in html
    assert "Line 3: This is no email address." in html
    assert "<script>;" not in html
    wrong = browse(alice).post(
        "/newsletter/subscribers/import/", {"file": SimpleUploadedFile("a.csv", b"\xff")}
    )
    assert wrong.status_code == 422


def test_only_the_staff_does_it(browse: Browse, chloe: User) -> None:
    with pytest.raises(PermissionDenied):
        import_list(chloe, b"email,agreed\nx@example.com,yes")
    assert browse(chloe).get("/newsletter/subscribers/export/").status_code == 403
