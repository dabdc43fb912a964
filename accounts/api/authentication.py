"""`Authorization: Bearer <token>`: hashed, expiring, revocable tokens (django-rest-knox)."""

from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from ..access import tokens


class BearerAuthentication(TokenAuthentication):
    def authenticate(self, request: Any) -> Any:
        """The answer is in the person's language and zone, as `TimeZoneMiddleware` sees to with a cookie."""
        found = super().authenticate(request)
        if found is not None:
            translation.activate(found[0].language)
            timezone.activate(found[0].time_zone)
            tokens.used(request, found[1])
        return found

    def authenticate_credentials(self, token: bytes) -> Any:
        try:
            token.decode("ascii")
        except UnicodeDecodeError as error:  # knox would answer 500
            raise AuthenticationFailed(_("Invalid token.")) from error
        return super().authenticate_credentials(token)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # its base is untyped
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
