"""The WSGI face: Django alone. `myproject.asgi` puts it behind uvicorn, together with the dispatcher."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Addresses and bodies are UTF-8 whatever a header claims: Django would fail on "charset=zlib"."""
    kind, *parameters = environ.get("CONTENT_TYPE", "").split(";")
    kept = [parameter for parameter in parameters if not parameter.strip().lower().startswith("charset")]
    return _django({**environ, "CONTENT_TYPE": ";".join([kind, *kept])}, start_response)
