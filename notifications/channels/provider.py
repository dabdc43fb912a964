"""Mail by a provider's API (django-anymail): what its answer, or the lack of one, says of a hand-over."""

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.mail import EmailMessage
from requests import ConnectionError as RequestsConnectionError
from requests import ConnectTimeout, RequestException
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .base import Answer, Result

_OF_US = {401, 403}  # the key is wrong, or may not do this


def answer_of(error: Exception, message: EmailMessage) -> Answer:
    words = f"{type(error).__name__}: {error}"
    if isinstance(error, AnymailRecipientsRefused):
        return Answer(Result.REFUSED, words, address=message.to[0])
    if isinstance(error, AnymailAPIError):
        if error.status_code in _OF_US:
            return Answer(Result.OURS, words)
        if error.status_code is not None and error.status_code // 100 == 2:
            return Answer(Result.UNANSWERED, words)  # it took something, and said what nobody understands
        if isinstance(error.__cause__, RequestException):
            was_there = not _is_nobody_there(error.__cause__)
            return Answer(Result.UNANSWERED if was_there else Result.UNREACHABLE, words)
    return Answer(Result.LATER, words)


def _is_nobody_there(error: RequestException) -> bool:
    """It broke before anything was handed over."""
    if isinstance(error, ConnectTimeout):
        return True
    inner = getattr(error.args[0], "reason", None) if error.args else None
    never_connected = isinstance(inner, (NewConnectionError, ConnectTimeoutError))
    return isinstance(error, RequestsConnectionError) and never_connected
