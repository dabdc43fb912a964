"""Staff look at every mail of the site; nothing is sent, and nobody else's words are shown."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.composing.previews import all_previews
from notifications.models import Delivery

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
NAMES = [preview.name for preview in all_previews()]


@pytest.fixture
def staff(make_user: Callable[..., User]) -> User:
    return make_user("stella", is_staff=True)


@pytest.fixture
def look(staff: User, browse: Browse) -> Callable[[str], str]:
    browser = browse(staff)

    def look(path: str) -> str:
        answer = browser.get(f"/notifications/mail/{path}")
        assert answer.status_code == 200
        return answer.content.decode()

    return look


def test_the_list_names_every_kind_that_mails_and_the_mails_about_accounts(
    look: Callable[[str], str],
) -> None:
    page = look("")
    assert {"comment", "like", "announcement", "signup", "password-reset-key"} < set(NAMES)
    assert "login" not in NAMES  # is never mailed
    for name in NAMES:
        assert f'href="/notifications/mail/{name}/"' in page


@pytest.mark.parametrize("name", NAMES)
def test_each_mail_is_shown_in_its_forms_and_with_its_headers(name: str, look: Callable[[str], str]) -> None:
    page, frame = look(f"{name}/?language=de"), look(f"{name}/frame/?language=de")
    assert (
        f'<iframe class="mail-frame-320" sandbox loading="lazy" src="/notifications/mail/{name}/frame/'
        in page
    )
    assert "<dt>Message-ID</dt>" in page
    assert "<dt>Content-Language</dt><dd>de</dd>" in page
    assert '<html lang="de"' in frame
    assert mail.outbox == []


def test_the_frame_may_have_styles_and_nothing_else(staff: User, browse: Browse) -> None:
    answer = browse(staff).get("/notifications/mail/like/frame/")
    rules = {rule.strip() for rule in answer["Content-Security-Policy"].split(";")}
    assert rules == {"default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'", "sandbox"}
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db(transaction=True)
def test_a_row_of_ones_own_is_shown_and_of_nobody_else(
    staff: User, alice: User, bob: User, look: Callable[[str], str], private_post: Post, group: Group
) -> None:
    actions.react(bob, private_post)
    assert "The heating" not in look("like/")
    mine = actions.create_post(staff, "Take them all", title="Plum jam")
    actions.react(bob, mine)
    sent = Delivery.objects.count()

    assert "Bob liked “Plum jam”" in look("like/")
    assert "Bob mag „Plum jam“" in look("like/?language=de")
    assert "Plum jam" not in look("like/?example=1")
    assert "Plum jam" not in look("like/?kept=1")
    assert "Somebody liked a post of yours in a private group" in look("like/?kept=1")
    assert Delivery.objects.count() == sent


def test_what_mail_programs_show_beside_the_subject_is_shown(look: Callable[[str], str]) -> None:
    assert '<span class="quiet">There are more than I have windows for.' in look("comment/?example=1")
    assert "Töpfe stehen an der Tür.</span>" in look("comment/?example=1&language=de")


@pytest.mark.parametrize("path", ["nothing/", "login/", "nothing/frame/"])
def test_what_is_no_mail_is_not_there(path: str, staff: User, browse: Browse) -> None:
    assert browse(staff).get(f"/notifications/mail/{path}").status_code == 404
