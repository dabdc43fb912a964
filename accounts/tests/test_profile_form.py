import pytest
from django.test import Client

from accounts.models import User
from conftest import Browse

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = "/accounts/profile/"


def filled_in(**changes: str) -> dict[str, str]:
    return {"name": "Alice", "username": "alice", "bio": "", "time_zone": "UTC", "language": "en", **changes}


def test_a_person_changes_what_others_read(browse: Browse, alice: User) -> None:
    changes = filled_in(name="Alice  Aubry", username="al", bio="Two bicycles.", time_zone="Europe/Lisbon")
    assert browse(alice).post(PAGE, changes).headers["Location"] == PAGE
    alice.refresh_from_db()
    assert (alice.name, alice.username, alice.bio) == ("Alice Aubry", "al", "Two bicycles.")
    assert alice.time_zone == "Europe/Lisbon"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "BOB"),
        ("username", "two words"),
        ("username", ""),
        ("username", "a" * 33),
        ("name", ""),
        ("name", "a" * 81),
        ("name", "a\x00b"),
        ("bio", "a" * 301),
        ("time_zone", "Moon/Tranquility"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    browse: Browse, alice: User, bob: User, field: str, value: str
) -> None:
    answer = browse(alice).post(PAGE, filled_in(**{field: value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    alice.refresh_from_db()
    assert alice.username == "alice"


def test_a_refused_name_is_not_shown_as_who_is_signed_in(browse: Browse, alice: User, bob: User) -> None:
    page = browse(alice).post(PAGE, filled_in(name="Somebody Else", username="bob")).content.decode()
    assert "Somebody Else" not in page.split("<main")[0]


def test_nothing_but_the_profile_can_be_changed_here(browse: Browse, alice: User) -> None:
    browse(alice).post(PAGE, filled_in(email="other@example.com", is_staff="on", is_superuser="on"))
    alice.refresh_from_db()
    assert (alice.email, alice.is_staff, alice.is_superuser) == ("alice@example.com", False, False)


def test_whoever_is_signed_out_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/accounts/login/")
