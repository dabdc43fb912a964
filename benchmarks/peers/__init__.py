"""The ways of telling people of a like that are compared, each with what it needs to run.

Nothing of Django is imported here: each way runs in processes of its own, with its own settings.
"""

from dataclasses import dataclass

CELERY = "-m celery -A benchmarks.peers.with_celery.app worker -P prefork -c 2 -l CRITICAL"


@dataclass(frozen=True)
class Peer:
    """`python`: which environment it runs in, see environments.py."""

    name: str
    title: str
    settings: str
    python: str = "peers"
    server: str = "benchmarks.peers.stage.server:application"
    workers: tuple[str, ...] = ()  # arguments of python
    variables: tuple[tuple[str, str], ...] = ()
    tells_in_request: bool = False  # the row of the inbox is there when the request is answered
    has_queue: bool = True  # else nothing can wait while nobody works: its backlog is a list in memory
    backlog_times: int = 1  # how much longer the backlog must be to be more than one batch or two
    has_broker: bool = False
    against: str = "silent"  # the site that tells nobody, on the same Django


SILENT = Peer("silent", "no notifications", "benchmarks.peers.stage.settings")
SILENT_HQ = Peer(
    "silent hq", "no notifications, Django 5.0", "benchmarks.peers.with_hq.silent_settings", python="hq"
)
BELLTOWER = Peer(
    "belltower",
    "Belltower",
    "benchmarks.peers.belltower.settings",
    python="site",
    server="myproject.asgi:application",
    backlog_times=16,
)
PEERS = (
    BELLTOWER,
    Peer(
        "belltower celery",
        "Belltower, `NOTIFICATION_EXECUTOR=celery`",
        BELLTOWER.settings,
        python="site",
        server=BELLTOWER.server,
        workers=("-m celery -A myproject worker -l CRITICAL",),
        variables=(("NOTIFICATION_EXECUTOR", "celery"),),
        backlog_times=BELLTOWER.backlog_times,
        has_broker=True,
    ),
    Peer(
        "hq",
        "django-notifications-hq",
        "benchmarks.peers.with_hq.settings",
        python="hq",
        workers=("-m benchmarks.peers.with_hq.mailer",),
        tells_in_request=True,
        against="silent hq",
    ),
    Peer("thread", "a thread an event", "benchmarks.peers.thread.settings", has_queue=False),
    Peer(
        "celery",
        "Celery, a task an event",
        "benchmarks.peers.with_celery.settings",
        workers=(CELERY,),
        has_broker=True,
    ),
    Peer(
        "celery late",
        "Celery, late acknowledgement",
        "benchmarks.peers.with_celery.settings",
        workers=(CELERY,),
        variables=(("STAGE_CELERY_LATE", "1"),),
        has_broker=True,
    ),
    Peer(
        "huey",
        "Huey, a task an event",
        "benchmarks.peers.with_huey.settings",
        workers=("-m django run_huey -w 2 -k process --quiet --no-periodic",),
        has_broker=True,
    ),
    Peer(
        "tasks",
        "django-tasks-db, a task an event",
        "benchmarks.peers.with_tasks.settings",
        workers=("-m django db_worker -v 0",) * 2,
    ),
)
WITHOUT = (SILENT, SILENT_HQ)
