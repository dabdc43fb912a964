"""A community of any size, filled by a few statements for each table: the stage of `benchmarks.load`.

The same things for each person whatever their number, spread as they are among people: of groups, posts and
actors a few have much and most have little (Zipf, flattened at its head by a `shift`). Every row is one that
the product could have written, so that `audit_notifications` finds nothing wrong with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from community import search_index
from notifications.models import JobRun, TallyClock
from notifications.upkeep import schedule
from reputation.jobs import KEEP
from reputation.sources import SOURCES

from . import population
from .facts import tell
from .population import execute

USUAL = 50  # notifications of each person, by which all else is measured
POSTS, REACTIONS, COMMENTS, BOOKMARKS, MEMBERSHIPS = 2, 10, 4, 3, 5  # of each person, where that is usual
PEOPLE_IN_A_GROUP = 100  # on the average; the largest has a fifth of all people
GROUPS_SHIFT, POSTS_SHIFT, PEOPLE_SHIFT = 3, 50, 20
SPAN_SECONDS = 30 * 24 * 3600  # in which all of it happened
ENDED = timedelta(hours=2)  # ago: the reconciler heals what is younger than one
SCATTER = 7919  # a prime, so that the popular posts lie anywhere in time
WORDS = "There are more than I have windows for. Take as many as you like; pots are by the door."
FILLED = (
    "accounts_user", "account_emailaddress", "community_group", "community_groupmembership", "community_post",
    "community_postreaction", "community_comment", "community_bookmark", "notifications_event",
    "notifications_notification", "notifications_delivery", "notifications_attempt", "reputation_entry",
)  # fmt: skip


def fill(people: int, notifications: int) -> None:
    """In minutes, also where there are millions."""
    with _in_a_hurry(), _without_indexes():
        write(people, notifications)
    population.settle_everything()


def write(people: int, notifications: int) -> None:
    """Into empty tables."""
    usual = notifications / USUAL
    posts = max(20, int(POSTS * usual))
    groups = max(10, people // PEOPLE_IN_A_GROUP)
    _people(people)
    _groups(groups, people, int(MEMBERSHIPS * usual))
    _posts(posts, groups, people)
    _acts(posts, people, usual)
    tell(notifications)
    _reputation()


def keep_jobs_quiet() -> None:
    """As if all that recurs had just been done: what is measured shall not catch up with a month."""
    now = timezone.now()
    place = [source.last() for source in SOURCES]
    for job in schedule.jobs():
        for due_at in (job.due_at(now), job.due_at(now) - job.every):
            JobRun.objects.update_or_create(
                job=job.name,
                due_at=due_at,
                defaults={"ended_at": now, "place": place if job is KEEP else [], "error": ""},
            )
    TallyClock.objects.update_or_create(id=1, defaults={"until": now.replace(second=0, microsecond=0)})


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """Nobody else is there, and what is lost by a crash is filled anew."""
    if connection.vendor == "postgresql":
        hurry = ("synchronous_commit = off", "work_mem = '256MB'", "maintenance_work_mem = '512MB'")
        for setting in hurry:
            execute(f"SET {setting}")
        yield
        execute("RESET ALL")
        return
    for setting in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -512000"):
        execute(f"PRAGMA {setting}")
    yield
    connection.close()  # and opened again as the site does
    connection.ensure_connection()


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Those that no constraint needs are made afterwards, which takes a third of the time."""
    names = ", ".join(f"'{table}'" for table in FILLED)
    if connection.vendor == "postgresql":
        kept = "SELECT 1 FROM pg_constraint WHERE conname = indexname"
        listed = f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({names})"
        found = execute(f"{listed} AND NOT EXISTS ({kept})")
    else:
        search_index.remove(connection)
        made = f"type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
        found = execute(f"SELECT name, sql FROM sqlite_master WHERE {made}")
    for name, _definition in found:
        execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition in found:
        execute(str(definition))
    search_index.install(connection)  # what is not there already


def zipf(count: int, shift: int) -> str:
    """A rank from 0 to below `count`, the lower the likelier."""
    is_postgresql = connection.vendor == "postgresql"
    unit = "random()" if is_postgresql else "(abs(random() % 1000000007) / 1000000007.0)"
    return f"CAST(floor({shift} * power({count + shift} / {shift}.0, {unit})) - {shift} AS bigint)"


def series(count: int) -> str:
    if connection.vendor == "postgresql":
        return f"generate_series(1, {count}) AS series(n)"
    steps = f"SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}"
    return f"(WITH RECURSIVE series(n) AS ({steps}) SELECT n FROM series)"


def _moment(count: int) -> str:
    """That of the n-th of so many, evenly over the span."""
    begin = timezone.now() - ENDED - timedelta(seconds=SPAN_SECONDS)
    text, seconds = f"{begin:%Y-%m-%d %H:%M:%S}", f"n * {SPAN_SECONDS / count}"
    if connection.vendor == "postgresql":
        return f"timestamptz '{text}+00' + {seconds} * interval '1 second'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', '{text}', '+' || ({seconds}) || ' seconds')"


def _first(table: str) -> int:
    [(first,)] = execute(f"SELECT min(id) FROM {table}")
    return int(str(first))


def _people(count: int) -> None:
    """They came a year ago, at a thousand mail domains, each address proven."""
    name = "'person' || n"
    if connection.vendor == "postgresql":
        joined = "now() - interval '1 year'"
    else:
        joined = "strftime('%Y-%m-%d %H:%M:%S', 'now', '-1 year')"
    execute(
        f"""
        INSERT INTO accounts_user
            (password, is_superuser, is_staff, is_active, date_joined, username, name, email, bio, time_zone,
             language)
        SELECT '!' || n, FALSE, FALSE, TRUE, {joined}, {name}, 'Person ' || n,
             {name} || '@town' || (n % 1000) || '.example', '', 'UTC', 'en'
        FROM {series(count)}
        """
    )
    execute(
        'INSERT INTO account_emailaddress (user_id, email, verified, "primary") '
        "SELECT id, email, TRUE, TRUE FROM accounts_user"
    )
    execute(
        """
        INSERT INTO notifications_notificationpreference
            (user_id, notification_type, in_app_enabled, email_enabled, push_enabled, email_frequency)
        SELECT id, 'community', TRUE, id % 20 = 0, FALSE, 'daily' FROM accounts_user WHERE id % 10 = 0
        """
    )


def _groups(count: int, people: int, memberships: int) -> None:
    execute(
        f"""
        INSERT INTO community_group (slug, name, description, is_private, created_at)
        SELECT 'group-' || n, 'Group ' || n, '', FALSE, {_moment(count)} FROM {series(count)}
        """
    )
    group, person = _first("community_group"), _first("accounts_user")
    into = "INSERT INTO community_groupmembership (group_id, user_id, role, status, joined_at)"
    owner = f"{person} + n * 97 % {people}"
    execute(
        f"{into} SELECT {group} + n - 1, {owner}, 'owner', 'active', {_moment(count)} FROM {series(count)}"
    )
    execute(
        f"""
        {into}
        SELECT {group} + {zipf(count, GROUPS_SHIFT)}, {person} + n % {people}, 'member', 'active',
             {_moment(memberships)}
        FROM {series(memberships)} WHERE TRUE ON CONFLICT DO NOTHING
        """
    )


def _posts(count: int, groups: int, people: int) -> None:
    """Half of them in groups."""
    group, person = _first("community_group"), _first("accounts_user")
    execute(
        f"""
        INSERT INTO community_post (author_id, group_id, title, content, content_html, created_at)
        SELECT {person} + {zipf(people, PEOPLE_SHIFT)},
             CASE WHEN n % 2 = 0 THEN {group} + {zipf(groups, GROUPS_SHIFT)} END,
             'Post ' || n, '{WORDS}', '<p>{WORDS}</p>', {_moment(count)}
        FROM {series(count)}
        """
    )


def _acts(posts: int, people: int, usual: float) -> None:
    post, person = _first("community_post"), _first("accounts_user")
    some_post = f"{post} + ({zipf(posts, POSTS_SHIFT)} * {SCATTER}) % {posts}"
    someone = f"{person} + {zipf(people, PEOPLE_SHIFT)}"

    def written(table: str, columns: str, values: str, each: int) -> None:
        count = int(each * usual)
        execute(
            f"""
            INSERT INTO {table} (post_id, created_at, {columns})
            SELECT {some_post}, {_moment(count)}, {values} FROM {series(count)} WHERE TRUE
            ON CONFLICT DO NOTHING
            """
        )

    written("community_postreaction", "user_id, reaction_type", f"{someone}, 'like'", REACTIONS)
    words = f"{someone}, '{WORDS}', '<p>{WORDS}</p>'"
    written("community_comment", "author_id, content, content_html", words, COMMENTS)
    written("community_bookmark", "user_id", someone, BOOKMARKS)


def _reputation() -> None:
    """The ledger of those acts, within the limits of a day; and the badges that they bring."""
    day = "PARTITION BY person, date(at) ORDER BY at"
    sources = {
        "thanks": (20, 1, "p.author_id", "r.post_id", "r.user_id", "r.created_at",
                   "community_postreaction r JOIN community_post p ON p.id = r.post_id "
                   "WHERE r.user_id <> p.author_id"),
        "comment": (10, 1, "c.author_id", "c.id", "0", "c.created_at",
                    "community_comment c JOIN community_post p ON p.id = c.post_id "
                    "WHERE c.author_id <> p.author_id"),
        "post": (3, 2, "p.author_id", "p.id", "0", "p.created_at", "community_post p"),
    }  # fmt: skip
    for cause, (at_most, points, person, thing, other, at, rows) in sources.items():
        acts = f"SELECT {person} AS person, {thing} AS thing, {other} AS other, {at} AS at FROM {rows}"
        numbered = f"SELECT acts.*, row_number() OVER ({day}) AS nth FROM ({acts}) AS acts"
        execute(
            f"""
            INSERT INTO reputation_entry
                (person_id, cause, thing_id, other_id, round, points, happened_at, local_date, written_at)
            SELECT person, '{cause}', thing, other, 1, {points}, at, date(at), at
            FROM ({numbered}) AS numbered WHERE nth <= {at_most}
            """
        )
    execute(
        """
        INSERT INTO reputation_standing (person_id, total, is_hidden)
        SELECT person_id, sum(points), FALSE FROM reputation_entry GROUP BY person_id
        """
    )
    earned = {
        "first_post": "cause = 'post'",
        "good_answers": "cause = 'comment' GROUP BY person_id HAVING count(*) >= 25",
        "helpful": "cause = 'thanks' GROUP BY person_id "
        "HAVING count(*) >= 25 AND count(DISTINCT other_id) >= 5",
        "regular": "cause <> 'thanks' GROUP BY person_id HAVING count(DISTINCT local_date) >= 20",
    }
    for badge, where in earned.items():
        execute(
            f"""
            INSERT INTO reputation_award (person_id, badge, earned_at)
            SELECT DISTINCT person_id, '{badge}', CURRENT_TIMESTAMP FROM reputation_entry WHERE {where}
            """
        )
