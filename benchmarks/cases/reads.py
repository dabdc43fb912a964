"""A million rows of inbox, and what it costs to look into one person's: time, and pages that were touched."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import connection
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import User
from myproject.api_paging import Page, page_of
from notifications import kinds
from notifications.api.serializers import NotificationQuery
from notifications.context_processors import badge
from notifications.inbox.filters import Tab, Where
from notifications.inbox.listing import PAGE, listing
from notifications.inbox.paging import cursor_after, read_cursor
from notifications.models import Notification
from notifications.places import Named

from . import population
from .population import Statements, execute

API_LIMIT = 50
HEAVY_EVERY = 10  # each tenth row is the heavy person's
UNREAD_OF_HEAVY = 10  # and each tenth of those is unread
RARE_EVERY, PLACES = 10_000, 97  # a kind that hardly ever happens, and the groups


def prepare(rows: int, people: int) -> dict[str, int]:
    population.migrate()
    user_ids = population.people(people)
    posts = population.posts(user_ids, 10_000)
    _fill(rows, user_ids, posts[0].pk, len(posts))
    population.settle_everything()
    mine = Notification.objects.of(_heavy())
    return {"rows": mine.count(), "unread": mine.unread().count()}


def _fill(rows: int, user_ids: list[int], first_post: int, posts: int) -> None:
    """The others share the rest unevenly: the square of a number that looks random makes a few have much."""
    heavy, others = user_ids[0], len(user_ids) - 1
    looks_random = "((CAST(n AS bigint) * 7919) % 1000003) / 1000003.0"
    if connection.vendor == "postgresql":
        series = f"generate_series(1, {rows}) AS series(n)"
        moment = "timestamptz '2026-01-01' + n * interval '10 seconds'"
    else:
        series = (
            "(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series "
            f"WHERE n < {rows}) SELECT n FROM series)"
        )
        moment = "strftime('%Y-%m-%d %H:%M:%S', '2026-01-01', '+' || (n * 10) || ' seconds')"
    is_heavy = f"n % {HEAVY_EVERY} = 0"
    unread = f"CASE WHEN {is_heavy} THEN n / {HEAVY_EVERY} % {UNREAD_OF_HEAVY} = 0 ELSE n * 31 % 5 = 0 END"
    execute(
        f"""
        INSERT INTO notifications_notification
            (recipient_id, group_key, event_id, kind, actor_id, actor_ids, actors_count,
             target_type, target_id, object_id, place_id, priority, created_at, read_at)
        SELECT
            CASE WHEN {is_heavy} THEN {heavy}
                 ELSE {heavy} + 1 + CAST({others - 1} * {looks_random} * {looks_random} AS bigint) END,
            'LIKE:post.' || n, n, CASE WHEN n % {RARE_EVERY} = 0 THEN 'MENTION' ELSE 'LIKE' END,
            {heavy} + 1, '[{heavy + 1}]', 1,
            'post', {first_post} + n % {posts}, n, n % {PLACES}, n % 3, {moment},
            CASE WHEN {unread} THEN NULL ELSE {moment} END
        FROM {series}
        """
    )


def _heavy() -> User:
    return User.objects.order_by("pk")[:1].get()


def _api(**query: Any) -> tuple[Request, dict[str, Any]]:
    request = Request(APIRequestFactory().get("/api/notifications", query, SERVER_NAME="localhost"))
    parsed = NotificationQuery(data=query)
    parsed.is_valid(raise_exception=True)
    return request, parsed.validated_data


def _api_page(user: User, cursor: str = "") -> Page[Notification]:
    request, query = _api(limit=API_LIMIT, **({"cursor": cursor} if cursor else {}))
    return page_of(Notification.objects.of(user).shown(), request, query)


def _row_before_page(user: User, number: int, size: int) -> Notification:
    return Notification.objects.of(user).shown().newest_first()[(number - 1) * size - 1]


def _api_cursor(user: User, number: int) -> str:
    """Of the page with this number, as the page before it would have written it."""
    request, query = _api(limit=API_LIMIT, offset=(number - 2) * API_LIMIT)
    following = page_of(Notification.objects.of(user).shown(), request, query).next
    assert following is not None
    return parse_qs(urlsplit(following).query)["cursor"][0]


def readings(deep: int) -> dict[str, Callable[[], Any]]:
    """Name → the product's own way of reading it."""
    user = _heavy()
    rows = Tab.ALL.rows(user)
    last = _row_before_page(user, deep, PAGE)
    at = read_cursor(cursor_after(last.created_at, last.pk))
    assert at is not None
    deep_cursor = _api_cursor(user, deep)
    return {
        "page 1": lambda: list(rows.newest_first()[: PAGE + 1]),
        f"page {deep:,}": lambda: list(rows.older_than(*at).newest_first()[: PAGE + 1]),
        "page 1 of unread": lambda: list(Tab.UNREAD.rows(user).newest_first()[: PAGE + 1]),
        "page 1 about the person": lambda: Where(Tab.ABOUT_YOU).page(user, PAGE),
        "page 1 of a rare kind": lambda: Where(kind=kinds.type_names["MENTION"]).page(user, PAGE),
        "page 1 of one group": lambda: Where(place=Named(7, "", "")).page(user, PAGE),
        "API, page 1": lambda: _api_page(user),
        f"API, page {deep:,}": lambda: _api_page(user, deep_cursor),
        "unread badge": lambda: badge(user),
        "unread count, exact": lambda: Notification.objects.of(user).unread().count(),
        "page 1 with all that is on it": lambda: listing(user, Where()),
    }


def measure(deep: int, repeats: int) -> dict[str, float]:
    """Median milliseconds of each; `deep` is the number of a late page."""
    return population.medians(readings(deep), repeats)


def plans(deep: int) -> dict[str, dict[str, Any]]:
    """Of each: its statements, the pages of them all and of the costliest that ends in LIMIT, the indexes."""
    found = {}
    for name, read in readings(deep).items():
        statements = Statements()
        with statements.counted():
            read()
        explained = [_explain(sql, parameters) for sql, parameters in statements.seen]
        rows = [plan for plan, (sql, _p) in zip(explained, statements.seen, strict=True) if " LIMIT " in sql]
        found[name] = {
            "statements": len(explained),
            "buffers": sum(plan["buffers"] for plan in explained),
            "rows_buffers": max((plan["buffers"] for plan in rows), default=0),
            "indexes": sorted({index for plan in rows or explained for index in plan["indexes"]}),
        }
    return found


def _explain(sql: str, parameters: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", parameters)
            plan = cursor.fetchone()[0][0]["Plan"]
            buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            return {"buffers": buffers, "indexes": _indexes(plan)}
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return {"buffers": 0, "indexes": [row[3] for row in cursor.fetchall()]}


def _indexes(plan: dict[str, Any]) -> list[str]:
    """The scans and sorts of a plan, from the top down."""
    words = plan["Node Type"]
    here = [f"{words} {plan.get('Index Name', '')}".strip()] if "Scan" in words or "Sort" in words else []
    return here + [name for part in plan.get("Plans", []) for name in _indexes(part)]
