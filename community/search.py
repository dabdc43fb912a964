"""Search: one question, answered from the full-text index of either database, of what the person may see."""

import re
import unicodedata
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL

from accounts.models import User

from .models import Comment, Group, Post
from .search_index import SEARCHED, VECTOR, search_table

QUERY_LENGTH = 200
WORDS_MAX = 10
_WORD = re.compile(r"[^\W_]+")

Rows = TypeVar("Rows", bound=QuerySet[Any])


def words_of(query: str) -> list[str]:
    """What is looked for: letters and digits alone, so that no sign means anything to a database."""
    words = _WORD.findall(plain(query[:QUERY_LENGTH]))
    return list(dict.fromkeys(words))[:WORDS_MAX]


def plain(text: str) -> str:
    """Without case and accents, as the index has it."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")


def find_posts(user: User, words: list[str]) -> QuerySet[Post]:
    return _matching(Post.objects.visible_to(user), words).select_related("author", "group")


def find_comments(user: User, words: list[str]) -> QuerySet[Comment]:
    visible = Comment.objects.present().visible_to(user)
    return _matching(visible, words).select_related("author", "post__group")


def find_groups(user: User, words: list[str]) -> QuerySet[Group]:
    """With `members_count`."""
    found = _matching(Group.objects.visible_to(user), words)
    return found.with_members_count().order_by("name", "pk")


def find_people(words: list[str]) -> QuerySet[User]:
    return _matching(User.objects.filter(is_active=True, profile_hidden=False), words).order_by("name", "pk")


def _matching(rows: Rows, words: list[str]) -> Rows:
    """Those in which every word begins some word; none where there are no words."""
    if not words:
        return rows.none()
    table = rows.model._meta.db_table
    if connection.vendor == "postgresql":
        return rows.filter(_tsvector_matches(table, " & ".join(f"'{word}':*" for word in words)))
    index = search_table(table)
    # No name in it comes from outside: `table` is a key of SEARCHED.
    sql = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # nosec
    match = " ".join(f'"{word}"*' for word in words)
    return rows.filter(pk__in=RawSQL(sql, [match]))  # nosec B611 # values are parameters


def _tsvector_matches(table: str, tsquery: str) -> Any:
    """Spelled as the index is, which PostgreSQL compares part by part."""
    vector = Func(*(F(column) for column in SEARCHED[table]), function=VECTOR, output_field=TextField())
    query = Func(Value(tsquery), function="to_tsquery", template="%(function)s('simple', %(expressions)s)")
    return Func(vector, query, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
