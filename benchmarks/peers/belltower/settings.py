"""The whole product, but for the request that acts: that is the stage's, as bare as the others have it."""

from myproject.settings import *  # noqa: F403 - settings that stand on others
from myproject.settings import INSTALLED_APPS

INSTALLED_APPS += ["benchmarks.peers.stage", "benchmarks.peers.belltower"]
MIDDLEWARE = [
    "allauth.account.middleware.AccountMiddleware",  # it does nothing here, and allauth insists on it
    "benchmarks.peers.stage.views.Measured",
]
ROOT_URLCONF = "benchmarks.peers.belltower.urls"
REPUTATION = False
STAGE_ATOMIC = "notifications.transactions.acting"
STAGE_TELL = "benchmarks.peers.belltower.kind.tell"
STAGE_TOLD = "benchmarks.peers.belltower.kind.told"
STAGE_CHOOSE = "benchmarks.peers.belltower.kind.choose"
