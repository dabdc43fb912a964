"""Finding rows by what an index holds: the log grows for years, and a search must not read all of it.

Each word narrows. A number is a person's or a thing's, an address that of whoever acted, and any other word
a person (their username, its beginning, or their email address), an action by its name, a kind of thing or a
request. Names as they stood in a row have no index: `text:word` reads the rows for them, and says so.
"""

import ipaddress
import re
import sys
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from . import actions
from .models import Entry

if TYPE_CHECKING:
    # Generic for the type checker only: at run time Django's class takes no parameter.
    EntryPaginator = Paginator[Entry]
else:
    EntryPaginator = Paginator

WORDS = 4  # of one search; each asks for people once
PEOPLE = 50  # whom the beginning of a name may mean
COUNTED = 10_000  # rows that a search counts, and that can be paged through
BIGGEST_ID = 2**63 - 1
LAST = chr(sys.maxunicode)
READ_THE_ROWS = "text:"


class BoundedPaginator(EntryPaginator):
    """Counts so far and no further: what is older is narrowed down to, by a day or another word."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by("-pk")[:COUNTED].count() if isinstance(rows, QuerySet) else len(rows)


def search(rows: QuerySet[Entry], asked: str) -> QuerySet[Entry]:
    for word in asked.replace("\x00", "").split()[:WORDS]:
        rows = rows.filter(_means(word))
    return rows


def _means(word: str) -> Q:
    if word.startswith(READ_THE_ROWS):
        text = word.removeprefix(READ_THE_ROWS)
        return Q(actor_name__icontains=text) | Q(target_label__icontains=text)
    found = Q(target_id=word)
    if re.fullmatch("[0-9a-f]{16}|[0-9a-f]{32}", number := word.replace("-", "")):
        found |= Q(request_id=number)
    if word.isascii() and word.isdecimal():
        return found | Q(actor_id=int(word)) if int(word) <= BIGGEST_ID else found
    try:
        return Q(address=str(ipaddress.ip_address(word)))
    except ValueError:
        pass
    found |= Q(target_type=word)
    if actions.get(word):
        found |= Q(action=word)
    if people := _people(word.removeprefix("@")):
        found |= Q(actor_id__in=people) | Q(target_type="user", target_id__in=map(str, people))
    return found


def called(word: str) -> QuerySet[Any]:
    """Whom it may name, each condition by its index: SQLite's serves no LIKE, but holds texts in order."""
    lowered = word.lower()
    asked = Q(username_lowered=lowered) | Q(email_lowered=lowered)
    if connection.vendor == "postgresql":
        asked |= Q(username__startswith=word) | Q(email__startswith=word)
    else:
        for column in ("username_lowered", "email_lowered"):
            asked |= Q((f"{column}__gte", lowered), (f"{column}__lt", lowered + LAST))
    return by_lowered_names().filter(asked).order_by("pk")


def by_lowered_names() -> QuerySet[Any]:
    """People, with `username_lowered` and `email_lowered` as their indexes have them."""
    lowered = {"username_lowered": Lower("username"), "email_lowered": Lower("email")}
    return get_user_model().objects.annotate(**lowered)


def _people(word: str) -> list[int]:
    return list(called(word).values_list("pk", flat=True)[:PEOPLE])
