"""Whose is what stays of people who are gone: one account for all of them, that nobody comes in by."""

from accounts.actions import free_username
from accounts.models import FORMER_ADDRESS, User


def former_member() -> User:
    """By its address, which no mailbox has: a name somebody else could have taken."""
    found = User.objects.filter(email=FORMER_ADDRESS).first()
    return found or User.objects.create_user(
        free_username("former-member@invalid"), FORMER_ADDRESS, name="A former member", is_active=False
    )
