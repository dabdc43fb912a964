"""What the engine has made of a community's acts: events, rows of the inbox, mails; a statement for each set.

Four likes of a post fold into a row, as if its author looked in between; the last row of each may be unread.
The number of an event is known before it is written, so that its row has the number of its first event.
"""

from django.db import connection

from .population import execute

FOLDED = 4
MAILED_EVERY = 3  # of the rows about somebody's own things; the others were too soon after another
UNREAD_EVERY = 6
AUDIENCE_SCATTER = 7919
ENDED = "'done', 'notified'"

# Of all whom it concerns but the actor. (SQLite takes the tables of a CROSS JOIN in this order.)
ABOUT_YOU = """
    SELECT 'LIKE' AS kind, 'LIKE:' || r.user_id || ':post.' || r.post_id AS key, r.user_id AS actor,
         p.author_id AS recipient, 'post' AS target_type, p.id AS target, r.id AS object,
         p.group_id AS place, r.created_at AS at
    FROM community_postreaction r JOIN community_post p ON p.id = r.post_id WHERE r.user_id <> p.author_id
    UNION ALL
    SELECT 'BOOKMARK', 'BOOKMARK:' || b.user_id || ':post.' || b.post_id, b.user_id, p.author_id, 'post',
         p.id, b.id, p.group_id, b.created_at
    FROM community_bookmark b JOIN community_post p ON p.id = b.post_id WHERE b.user_id <> p.author_id
    UNION ALL
    SELECT 'COMMENT', 'COMMENT:' || c.author_id || ':' || c.id || ':' || p.author_id, c.author_id,
         p.author_id, 'post', p.id, c.id, p.group_id, c.created_at
    FROM community_comment c JOIN community_post p ON p.id = c.post_id WHERE c.author_id <> p.author_id
    UNION ALL
    SELECT 'GROUP_JOIN', 'GROUP_JOIN:' || m.user_id || ':group.' || m.group_id || ':' || o.user_id, m.user_id,
         o.user_id, 'group', m.group_id, m.id, m.group_id, m.joined_at
    FROM community_groupmembership o CROSS JOIN community_groupmembership m
    WHERE o.role = 'owner' AND m.group_id = o.group_id AND m.role = 'member'
"""
MADE = f"""
    CREATE TEMPORARY TABLE load_fact AS
    SELECT *, kind || ':' || target_type || '.' || target AS group_key, row_number() OVER (ORDER BY at) AS id
    FROM ({ABOUT_YOU}) AS acts
"""
# Comments do not fold here: one person may write several, and counts once.
ROWS = f"""
    CREATE TEMPORARY TABLE load_row AS
    SELECT bucketed.*, min(id) OVER bucket AS row, max(id) OVER bucket AS newest,
         count(*) OVER bucket AS people
    FROM (
        SELECT load_fact.*,
             (row_number() OVER (PARTITION BY group_key ORDER BY id) - 1)
                 / CASE kind WHEN 'COMMENT' THEN 1 ELSE {FOLDED} END AS nth,
             max(id) OVER (PARTITION BY group_key) AS last
        FROM load_fact
    ) AS bucketed
    WINDOW bucket AS (PARTITION BY group_key, nth)
"""
MAIL = f"""
    CASE WHEN kind = 'BOOKMARK' THEN ''
         WHEN id = row AND id % {MAILED_EVERY} = 0 THEN 'queued' ELSE 'folded' END
"""
EVENTS = f"""
    INSERT INTO notifications_event
        (id, kind, key, actor_id, recipient_id, target_type, target_id, object_id, place_id, group_key, state,
         outcome, created_at, run_at, ended_at, cursor, attempts, crashes, last_error, notification_id, mail)
    SELECT id, kind, key, actor, recipient, target_type, target, object, place, group_key, {ENDED},
         at, at, at, 0, 0, 0, '', row, {MAIL}
    FROM load_row ORDER BY id
"""
COLUMNS = """
    event_id, recipient_id, kind, group_key, actor_id, actor_ids, actors_count, target_type, target_id,
    object_id, place_id, priority, created_at, read_at
"""
INBOX = f"""
    INSERT INTO notifications_notification (id, {COLUMNS})
    SELECT row, row, recipient, kind, group_key, CASE kind WHEN 'BOOKMARK' THEN NULL ELSE actor END,
         {{actors}}, people, target_type, target, object, place,
         CASE kind WHEN 'BOOKMARK' THEN 0 ELSE 1 END, at,
         CASE WHEN id = last AND id % {UNREAD_EVERY} = 0 THEN NULL ELSE at END
    FROM load_row WHERE id = newest ORDER BY id
"""
POSTED = """
    INSERT INTO notifications_event
        (kind, key, actor_id, target_type, target_id, object_id, place_id, group_key, state, outcome,
         created_at, run_at, ended_at, cursor, told, attempts, crashes, last_error, mail)
    SELECT 'GROUP_POST', 'GROUP_POST:' || author_id || ':' || id, author_id, 'post', id, id, group_id,
         'GROUP_POST:post.' || id, 'done', 'expanded', created_at, created_at, created_at, 0, members,
         0, 0, '', ''
    FROM (
        SELECT p.*, g.members, sum(g.members) OVER (ORDER BY (p.id * {scatter}) % {posts}, p.id) AS so_far
        FROM community_post p JOIN (
            SELECT group_id, count(*) - 1 AS members FROM community_groupmembership GROUP BY group_id
        ) AS g ON g.group_id = p.group_id
    ) AS posted
    WHERE so_far - members < {rest}
"""
AUDIENCE = f"""
    INSERT INTO notifications_notification ({COLUMNS})
    SELECT e.id, m.user_id, e.kind, e.group_key, e.actor_id, {{actors}}, 1, e.target_type, e.target_id,
         e.object_id, e.place_id, 0, e.created_at,
         CASE WHEN (e.id + m.id) % {UNREAD_EVERY} = 0 THEN NULL ELSE e.created_at END
    FROM notifications_event e CROSS JOIN community_groupmembership m
    WHERE e.kind = 'GROUP_POST' AND m.group_id = e.place_id AND m.user_id <> e.actor_id
         AND m.status = 'active'
    LIMIT {{rest}}
"""
MAILS = """
    INSERT INTO notifications_delivery
        (event_id, notification_id, recipient_id, channel, group_key, state, reason, created_at, due_at,
         worker, attempts, handovers, ended_at, last_error)
    SELECT id, notification_id, recipient_id, 'email', group_key, 'sent', '', created_at, created_at, '',
         0, 1, created_at, ''
    FROM notifications_event WHERE mail = 'queued'
"""
TRIES = """
    INSERT INTO notifications_attempt (delivery_id, worker, started_at, ended_at, outcome, answer)
    SELECT id, '', created_at, created_at, 'sent', '250 Taken' FROM notifications_delivery
"""


def tell(notifications: int) -> None:
    """As many rows of the inbox: first those about what people made, then those of posts in their groups."""
    is_postgresql = connection.vendor == "postgresql"
    as_json = "('[' || {0} || ']')::jsonb" if is_postgresql else "'[' || {0} || ']'"
    actors = f"CASE kind WHEN 'BOOKMARK' THEN {as_json.format(repr(''))} ELSE {as_json.format('actor')} END"
    for statement in (MADE, ROWS, EVENTS, INBOX.format(actors=actors)):
        execute(statement)
        if is_postgresql and statement in (MADE, ROWS):
            execute(f"ANALYZE {statement.split()[3]}")
    _go_on_counting("notifications_event", "notifications_notification")
    [(posts, rest)] = execute(
        f"SELECT (SELECT count(*) FROM community_post), {notifications} - count(*) "
        "FROM notifications_notification"
    )
    execute(POSTED.format(scatter=AUDIENCE_SCATTER, posts=posts, rest=rest))
    execute(AUDIENCE.format(actors=as_json.format("e.actor_id"), rest=max(0, int(str(rest)))))
    for statement in (MAILS, TRIES, "DROP TABLE load_row", "DROP TABLE load_fact"):
        execute(statement)


def _go_on_counting(*tables: str) -> None:
    """Rows that brought their number leave PostgreSQL's own counter where it was."""
    if connection.vendor == "postgresql":
        for table in tables:
            execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
