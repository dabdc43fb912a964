"""Where one is led after a deed: back to the page that one came from."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, fallback: str) -> str:
    """The page of this site that `next` names, without its fragment; `fallback` for everything else."""
    page = (request.POST.get("next") or request.GET.get("next") or "").partition("#")[0]
    is_path = page.startswith("/") and page.isprintable()  # else no answer could carry it, or it names a view
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_path and is_ours else fallback
