from django.conf import settings
from django.http import HttpRequest

from web.theme import current_theme


def theme(request: HttpRequest) -> dict[str, str]:
    """The colours of this page, and the name over its door; mails that a request sends know both too."""
    return {"theme": current_theme(request), "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
