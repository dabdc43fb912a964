from benchmarks.peers.stage.settings import *  # noqa: F403 - settings that stand on others
from benchmarks.peers.stage.settings import INSTALLED_APPS

INSTALLED_APPS += ["notifications"]
STAGE_TELL = "benchmarks.peers.with_hq.telling.tell"
STAGE_TOLD = "benchmarks.peers.with_hq.telling.told"
