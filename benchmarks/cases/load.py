"""People who are online in a large community, and what they do next: calls for `benchmarks.load`."""

import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.management import call_command
from django.db import connection
from django.db.models import Min
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from benchmarks.load.mix import MIX
from benchmarks.usage import cpu
from community.models import Group, GroupMembership, Post
from notifications.models import Delivery, Event, Notification
from notifications.outbox import pipeline, workers
from notifications.upkeep import audit

from . import community, population
from .facts import ABOUT_YOU
from .population import Statements, execute

PATIENCE_SECONDS = 120
READ_AT_MOST = 20_000  # unread rows that are looked up before, to be marked as read
WAL = """
    SELECT coalesce(sum(record_size), 0), coalesce(sum(fpi_size), 0)
    FROM pg_get_wal_stats('{}', pg_current_wal_flush_lsn(), true)
"""
ASKED = """
    SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0), pg_current_wal_flush_lsn()
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

Call = tuple[str, str, str, str, str, str]  # what it is, method, path, token, session, body


class Person(NamedTuple):
    pk: int
    token: str
    session: str


class Stage:
    """Filled by `open_for`: who is online, and what there is to act on."""

    people: list[Person]
    tokens: dict[int, str]
    posts: int
    first_post: int
    groups: list[str]
    joined: set[tuple[int, str]]
    unread: list[tuple[int, int]]  # of whom, which
    done: set[tuple[str, int, int]]  # what was called for already: what, who, which post


stage = Stage()


def migrate() -> None:
    population.migrate()


def fill(people: int, notifications: int) -> None:
    community.fill(people, notifications)


def open_for(online: int) -> dict[str, int]:
    """Make ready for the site to be started; answers how much there is."""
    population.migrate()  # one that was kept may be of an earlier version
    community.keep_jobs_quiet()
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name its files
    if connection.vendor == "postgresql":
        for extension in ("pg_stat_statements", "pg_walinspect"):
            execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    _let_go()
    people = sign_in(online)
    return {"people": people, "notifications": Notification.objects.count(), "online": len(stage.people)}


def _let_go() -> None:
    """What waits to be told or mailed, of an earlier run: so that none pays for the one before."""
    now = timezone.now()
    Delivery.objects.open().update(state="skipped", reason="discarded", ended_at=now)
    Event.objects.filter(state="pending").update(state="done", outcome="discarded", ended_at=now)


def sign_in(online: int) -> int:
    """As many, evenly chosen among those who have much and those who have little; answers of how many."""
    everybody = list(User.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    ids = everybody[:: max(1, len(everybody) // online)][:online]
    stage.tokens = {
        user.pk: AuthToken.objects.create(user=user)[1] for user in User.objects.filter(pk__in=ids)
    }
    stage.people = [Person(pk, stage.tokens[pk], session) for pk, session in population.sessions(ids)]
    stage.posts = Post.objects.count()
    stage.first_post = Post.objects.aggregate(first=Min("pk"))["first"]
    stage.groups = list(Group.objects.order_by("pk").values_list("slug", flat=True))
    mine = GroupMembership.objects.filter(user__in=ids)
    stage.joined = set(mine.values_list("user_id", "group__slug"))
    unread = Notification.objects.unread().filter(recipient__in=ids)
    stage.unread = list(unread.values_list("recipient_id", "pk")[:READ_AT_MOST])
    random.shuffle(stage.unread)
    stage.done = set()
    return len(everybody)


def calls(number: int, kind: str = "") -> list[Call]:
    """So many of this kind, or of the mix."""
    kinds = [kind] * number if kind else random.choices([*MIX], [*MIX.values()], k=number)
    return [MAKERS[each](random.choice(stage.people)) for each in kinds]


def _page(path: str) -> Callable[[Person], Call]:
    return lambda person: ("", "GET", path, "", person.session, "")


def _popular(what: str, person: Person) -> int:
    """A post to which they did not do it yet; the more popular the likelier."""
    for _try in range(50):
        shift = community.POSTS_SHIFT
        rank = int(shift * ((stage.posts + shift) / shift) ** random.random() - shift)
        post = stage.first_post + rank * community.SCATTER % stage.posts
        if (what, person.pk, post) not in stage.done:
            break
    stage.done.add((what, person.pk, post))
    return post


def _read_post(person: Person) -> Call:
    return "", "GET", f"/posts/{_popular('', person)}/", "", person.session, ""


def _press(what: str) -> Callable[[Person], Call]:
    def call(person: Person) -> Call:
        return what, "POST", f"/api/posts/{_popular(what, person)}/{what}", person.token, "", ""

    return call


def _comment(person: Person) -> Call:
    body = f'{{"content": "{community.WORDS}"}}'
    return "comment", "POST", f"/api/posts/{_popular('', person)}/comments", person.token, "", body


def _join(person: Person) -> Call:
    others = [slug for slug in stage.groups if (person.pk, slug) not in stage.joined]
    slug = random.choice(others or stage.groups)
    stage.joined.add((person.pk, slug))
    return "join", "POST", f"/api/groups/{slug}/membership", person.token, "", ""


def _mark_read(person: Person) -> Call:
    """Somebody's, for each has only so many."""
    if not stage.unread:
        return "", "POST", "/api/notifications/mark-all-read", person.token, "", ""
    recipient, row = stage.unread.pop()
    return "read", "PATCH", f"/api/notifications/{row}/read", stage.tokens[recipient], "", ""


MAKERS: dict[str, Callable[[Person], Call]] = {
    "feed": _page("/"),
    "inbox": _page("/notifications/"),
    "bell": _page("/notifications/badge/"),
    "post": _read_post,
    "like": _press("like"),
    "comment": _comment,
    "read": _mark_read,
    "bookmark": _press("bookmark"),
    "join": _join,
}


def is_waiting() -> bool:
    """Whether something is to be told or sent now."""
    if Event.objects.filter(state=Event.State.PENDING).exists():
        return True
    return Delivery.objects.open().filter(due_at__lte=timezone.now()).exclude(state="held").exists()


def wait_until_done() -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while is_waiting():
        if time.monotonic() > until:
            raise SystemExit("The site did not come to the end of its work.")
        time.sleep(0.1)


def counters(since: str = "") -> dict[str, Any]:
    """Of PostgreSQL: pages asked for so far; what was logged `since` a place in the log."""
    if connection.vendor != "postgresql":
        return {}
    [(pages, place)] = execute(ASKED)
    found = {"pages": int(str(pages)), "place": str(place)}
    if since:
        [(records, images)] = execute(WAL.format(since))
        found |= {"records": int(str(records)), "images": int(str(images))}
    return found


def cost(kind: str, number: int) -> dict[str, float]:
    """Of one action of this kind with all that follows from it, in this process: its cost, not its time."""
    browser, made = Client(SERVER_NAME="localhost"), calls(number, kind)
    counted, statements = counters(), Statements()
    backend = connection.connection.info.backend_pid if counted else 0
    spent, spent_there = time.process_time(), cpu(backend)
    with statements.counted():
        for call in made:
            _do(browser, call)
        pipeline.drain()
    costs = {"site": (time.process_time() - spent) / number * 1000, "statements": statements.count / number}
    if counted:
        after = counters(since=counted["place"])
        costs["database"] = (cpu(backend) - spent_there) / number * 1000
        costs["pages"] = (after["pages"] - counted["pages"]) / number
        costs |= {word: after[word] / number for word in ("records", "images")}
    return costs


def _do(browser: Client, call: Call) -> None:
    _what, method, path, token, session, body = call
    browser.cookies.clear()
    if session:
        browser.cookies["sessionid"] = session
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = browser.generic(method, path, body, content_type="application/json", headers=headers)
    if not 200 <= answer.status_code < 300:
        raise RuntimeError(f"{method} {path}: {answer.status_code}")


def backends() -> list[int]:
    """Processes of PostgreSQL that serve others on this database."""
    if connection.vendor != "postgresql":
        return []
    rows = execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    return [int(str(pid)) for (pid,) in rows]


def sizes() -> dict[str, float]:
    """Of PostgreSQL: megabytes of the log that it keeps and of the data, and connections of the site."""
    [(log, data)] = execute(
        "SELECT (SELECT sum(size) FROM pg_ls_waldir()), pg_database_size(current_database())"
    )
    return {
        "the log of the database, MB": int(str(log)) / 2**20,
        "the database, MB": int(str(data)) / 2**20,
        "connections": len(backends()),
    }


def queue(number: int) -> int:
    """So many likes with events that nobody has seen, at a stroke."""
    _let_go()
    [(last,)] = execute("SELECT max(id) FROM community_postreaction")
    some_post = f"{stage.first_post} + {community.zipf(stage.posts, community.POSTS_SHIFT)}"
    first = stage.people[0].pk
    execute(
        f"""
        INSERT INTO community_postreaction (post_id, user_id, reaction_type, created_at)
        SELECT {some_post}, {first} + n % {len(stage.people)}, 'love', CURRENT_TIMESTAMP
        FROM {community.series(number)} WHERE TRUE ON CONFLICT DO NOTHING
        """
    )
    execute(
        f"""
        INSERT INTO notifications_event
            (kind, key, actor_id, recipient_id, target_type, target_id, object_id, place_id, group_key, state,
             outcome, created_at, run_at, cursor, attempts, crashes, last_error, mail)
        SELECT kind, key || '.' || object, actor, recipient, target_type, target, object, place,
             kind || ':' || target_type || '.' || target, 'pending', '', at, at, 0, 0, 0, '', ''
        FROM ({ABOUT_YOU}) AS acts WHERE kind = 'LIKE' AND object > {last}
        """
    )
    population.settle()
    return Event.objects.filter(state=Event.State.PENDING).count()


def drain() -> dict[str, float]:
    """As one thread of the dispatcher does, until nothing is left that another does not hold."""
    worker, batches = workers.register(), 0
    begun, cpu = time.monotonic(), time.process_time()
    while pipeline.expand_next(worker):
        batches += 1
    ended = time.monotonic()
    cpu = time.process_time() - cpu
    workers.leave(worker)
    return {"begun": begun, "ended": ended, "cpu": cpu, "batches": batches}


def broken_promises() -> dict[str, int]:
    """What `audit_notifications` would print; empty where all hold."""
    return {str(check.promise): count for check, count in audit.audit() if count}


def lost(answered: list[tuple[str, str]]) -> int:
    """Of likes that were answered with yes, as path and token: those of which no event tells."""
    who = {token: pk for pk, token in stage.tokens.items()}
    keys = sorted({f"LIKE:{who[token]}:post.{path.split('/')[3]}" for path, token in answered})
    batches = [keys[first : first + 500] for first in range(0, len(keys), 500)]
    return len(keys) - sum(Event.objects.filter(key__in=batch).count() for batch in batches)
