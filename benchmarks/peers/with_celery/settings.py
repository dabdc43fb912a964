"""`STAGE_CELERY_LATE`: acknowledged after the work, and given back when a process is lost."""

from benchmarks.peers.stage.settings import *  # noqa: F403 - settings that stand on others
from benchmarks.peers.stage.settings import BROKER_URL, INSTALLED_APPS, env

INSTALLED_APPS += ["benchmarks.peers.with_celery"]
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# An hour unless one says otherwise: nobody would wait that long for the end of a test.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": env.int("STAGE_VISIBILITY_SECONDS", default=3600)}
LATE = env.bool("STAGE_CELERY_LATE", default=False)
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = LATE
if LATE:
    CELERY_WORKER_PREFETCH_MULTIPLIER = 1
STAGE_TELL = "benchmarks.peers.with_celery.tasks.tell"
