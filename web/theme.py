"""Light, dark, or what the system says: a cookie, so that pages come from the server in the right colours."""

from typing import Final

from django.http import HttpRequest

COOKIE_NAME: Final = "theme"
COOKIE_AGE_SECONDS: Final = 365 * 24 * 60 * 60
AUTO: Final = "auto"
THEMES: Final = (AUTO, "light", "dark")


def current_theme(request: HttpRequest) -> str:
    theme = request.COOKIES.get(COOKIE_NAME, AUTO)
    return theme if theme in THEMES else AUTO
