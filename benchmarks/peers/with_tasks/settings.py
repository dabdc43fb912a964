from benchmarks.peers.stage.settings import *  # noqa: F403 - settings that stand on others
from benchmarks.peers.stage.settings import INSTALLED_APPS

INSTALLED_APPS += ["django_tasks", "django_tasks_db"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
STAGE_TELL = "benchmarks.peers.with_tasks.tasks.tell"
