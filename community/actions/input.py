"""What every action asks of the text it is given, and how a double click is told from a second thought."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User

# The same words again within this time are the same act. Looked for in both directions: of two requests
# that waited for each other, the second to write may have been the first to look at the clock.
DOUBLE_CLICK = timedelta(seconds=30)


def clean_text(field: str, text: str, *, max_length: int, required: bool = True) -> str:
    """Trimmed, without characters that a database cannot hold. Raises ValidationError naming the field."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise ValidationError({field: _("This text has characters that are not valid Unicode.")})
    if required and not text:
        raise ValidationError({field: _("Write something first.")})
    if len(text) > max_length:
        raise ValidationError(
            {
                field: _("This is too long: %(length)d characters, where %(max)d fit.")
                % {"length": len(text), "max": max_length}
            }
        )
    return text


@contextmanager
def still_there(obj: Model) -> Iterator[None]:
    """Around the transaction: what somebody else deletes at this very moment is not there; no error.

    The database notices first (a foreign key at the commit, an update that meets no row). Raises Http404.
    """
    try:
        yield
    except DatabaseError as error:
        if type(obj)._default_manager.filter(pk=obj.pk).exists():
            raise
        raise Http404 from error


def one_at_a_time(user: User) -> None:
    """Two requests of one person wait for each other here, so that the second sees what the first wrote.

    NO KEY: others may go on to write rows that refer to this person. SQLite has one writer anyway.
    """
    if connection.features.has_select_for_update:
        User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk").first()
