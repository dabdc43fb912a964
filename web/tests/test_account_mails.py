"""The mails about accounts: a subject of one line, plain text without markup, and the same in HTML."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

MAILS = (
    "account_already_exists",
    "email_changed",
    "email_confirm",
    "email_confirmation",
    "email_confirmation_signup",
    "email_deleted",
    "login_code",
    "password_changed",
    "password_reset",
    "password_reset_code",
    "password_reset_key",
    "password_set",
    "unknown_account",
)
CONTEXT = {
    "user": SimpleNamespace(name="O'Hara & <Sons>", username="ohara", email="o'hara@example.com"),
    "email": "o'hara@example.com",
    "from_email": "o'hara@example.com",
    "to_email": "new@example.com",
    "deleted_email": "o'hara@example.com",
    "activate_url": "http://localhost:8000/confirm/?a=1&b=2",
    "password_reset_url": "http://localhost:8000/reset/?a=1&b=2",
    "signup_url": "http://localhost:8000/accounts/signup/",
    "ip": "10.0.0.1",
    "user_agent": "Firefox & <co>",
    "timestamp": "now",
}


@pytest.mark.parametrize("mail", MAILS)
@pytest.mark.parametrize("code", ["", "AB12CD"])
def test_a_mail_about_an_account_is_whole_in_both_forms(mail: str, code: str) -> None:
    context = CONTEXT | {"code": code}
    subject, text, html = (
        render_to_string(f"account/email/{mail}_{part}", context).strip()
        for part in ("subject.txt", "message.txt", "message.html")
    )
    assert subject
    assert "\n" not in subject
    assert text.startswith(subject)
    assert "You get this because" in text
    assert "You get this because" in html
    for escaped in ("&#x27;", "&amp;", "&lt;"):
        assert escaped not in text
    assert "<co>" not in html
    assert "<Sons>" not in html


def test_the_link_stands_in_both_forms() -> None:
    assert "http://localhost:8000/reset/?a=1&b=2\n" in render_to_string(
        "account/email/password_reset_key_message.txt", CONTEXT
    )
    html = render_to_string("account/email/password_reset_key_message.html", CONTEXT)
    assert 'href="http://localhost:8000/reset/?a=1&amp;b=2"' in html
