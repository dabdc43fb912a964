from benchmarks.peers.stage.settings import *  # noqa: F403 - settings that stand on others
from benchmarks.peers.stage.settings import BROKER_URL, INSTALLED_APPS

INSTALLED_APPS += ["huey.contrib.djhuey", "benchmarks.peers.with_huey"]
HUEY = {"huey_class": "huey.RedisHuey", "name": "stage", "immediate": False, "url": BROKER_URL}
STAGE_TELL = "benchmarks.peers.with_huey.tasks.tell"
