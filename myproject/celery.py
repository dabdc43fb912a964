"""The Celery of this site: `celery -A myproject worker` and `celery -A myproject beat`.

Loaded where NOTIFICATION_EXECUTOR is `celery`, and nowhere else: the import takes most of a second.
"""

import os

import django
from celery import Celery
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings")
if not apps.ready:
    django.setup()

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from notifications.outbox import dispatcher, lanes

SERVED_AT_ONCE = 4  # tasks; how many of one lane, its own threads say

if not settings.CELERY_BROKER_URL:
    raise ImproperlyConfigured("CELERY_BROKER_URL is not set: .env.example says what it may be.")

app = Celery("belltower", set_as_current=True)
app.set_default()
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # What a dead worker had in hand is brought again, and finds that others have done it.
    broker_transport_options={"visibility_timeout": 900},
    task_queues={name: {"exchange": "belltower", "routing_key": name} for name in lanes.names()},
    task_default_queue=lanes.EVENTS,
    task_acks_late=True,
    task_ignore_result=True,
    worker_consumer="myproject.celery_worker:Consumer",
    worker_pool="threads",
    worker_concurrency=SERVED_AT_ONCE,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_enable_prefetch_count_reduction=False,
    worker_hijack_root_logger=False,
    imports=["notifications.tasks"],
    beat_schedule={
        "housekeeping": {
            "task": "notifications.keep_house",
            "schedule": dispatcher.HOUSEKEEPING_SECONDS,
            "options": {"queue": lanes.HOUSEKEEPING, "expires": dispatcher.HOUSEKEEPING_SECONDS},
        }
    },
    beat_scheduler="celery.beat:Scheduler",  # without a file: what was done when stands in the database
)
app.steps["worker"].add("myproject.celery_worker:Engine")
