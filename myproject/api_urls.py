"""The API's addresses: no trailing slash is required, and one does no harm."""

from functools import cache
from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@extend_schema(exclude=True)
class Elsewhere(APIView):
    """Every other address under /api/: the answer is JSON there too."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404

    def get(self, request: Request) -> Response:
        raise Http404


class KeptSchema(SchemaGenerator):
    """Made once a process and language: it takes most of a second, and does not depend on who asks."""

    def get_schema(self, request: object = None, public: bool = True) -> Any:
        return _schema(get_language())


@cache
def _schema(language: str) -> Any:
    generator: Any = SchemaGenerator  # published without types
    return generator().get_schema(request=None, public=True)


# It answers OPTIONS with an error.
_docs = SpectacularSwaggerSplitView.as_view(url_name="schema", authentication_classes=[], throttle_classes=[])
schema = SpectacularAPIView.as_view(authentication_classes=[], generator_class=KeptSchema)
docs = require_safe(_docs)

urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("community.api.urls")),
    path("", include("notifications.api.urls")),
    path("", include("announcements.api.urls")),
    path("", include("newsletters.api.urls")),
    path("", include("moderation.api.urls")),
    path("", include("reputation.api.urls")),
    path("", include("rights.api.urls")),
    re_path(r"^schema/?\Z", schema, name="schema"),
    re_path(r"^docs/?\Z", docs, name="api-docs"),
    re_path(r"", Elsewhere.as_view(), name="api-elsewhere"),
]
