"""For the type checker alone, which reads one settings module: the tests', and what the comparison adds."""

from myproject.settings import INSTALLED_APPS
from myproject.settings_test import *  # noqa: F403 - settings that stand on others

INSTALLED_APPS += ["benchmarks.peers.stage"]
STAGE_ATOMIC = STAGE_CHOOSE = STAGE_TELL = STAGE_TOLD = ""
LATE = False
