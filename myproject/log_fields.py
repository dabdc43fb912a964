"""What the lines of the log are about: known to whoever serves it, and said by every line below.

A context is of one thread and one task: what a request says of itself is not said of the next.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

KEY = "HTTP_X_REQUEST_ID"  # in what Django keeps of a request: past `access`, the name that it has
_NOTHING: Mapping[str, Any] = {}
_known: ContextVar[Mapping[str, Any]] = ContextVar("log_fields", default=_NOTHING)


@contextmanager
def about(**fields: Any) -> Iterator[None]:
    """Said of every line until the end of the block. `request`: what is known of it by then."""
    before = _known.set({**_known.get(), **fields})
    try:
        yield
    finally:
        _known.reset(before)


def known() -> Mapping[str, Any]:
    return _known.get()


def of_request(request: Any) -> dict[str, Any]:
    """The database is not asked who it is: a line of the log costs no query."""
    return {
        "request_id": request.META.get(KEY),
        "user_id": getattr(_user_of(request), "pk", None),
        "method": request.method,
        "path": request.path,
    }


def _user_of(request: Any) -> Any:
    user = vars(request).get("user")
    # Of who has a session, a promise until somebody has asked; the API and signing in put the person there.
    return vars(request).get("_cached_user") if hasattr(type(user), "_setup") else user
