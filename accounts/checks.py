"""System checks of accounts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register(deploy=True)
def check_site_url(**kwargs: Any) -> list[CheckMessage]:
    """Links in mails lead to SITE_URL: on a real site that is not this machine."""
    if settings.LOCAL:
        return [
            Warning(
                "SITE_URL is a local address.", hint="Set SITE_URL to the site's own.", id="accounts.W001"
            )
        ]
    return []
