"""The WSGI face: Django alone. `myproject.asgi` puts it behind uvicorn, together with the dispatcher."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings")
application = get_wsgi_application()
