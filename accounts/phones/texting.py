"""The code leaves off the request, so that nobody waits for a gateway or learns from the time it took.

What waits here is in the memory of this process and nowhere else, as the code is: where the process ends, the
code is asked for again. It is handed over once, whatever became of it, and never when it has expired.
"""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.channels import texting
from notifications.channels.base import Result

from ..models import User

logger = logging.getLogger(__name__)

THREADS = 2
WAITING_MAX = 200  # a gateway that hangs fills no memory: what is too much is asked for again

Whom = Callable[[], User | None]


def send_later(code: str, until: datetime, phone: str, whom: Whom) -> None:
    """After the commit; to nobody where `whom` finds nobody, which is asked off the request as well."""
    transaction.on_commit(lambda: _hand_over(lambda: send(code, until, phone, whom)))


def send(code: str, until: datetime, phone: str, whom: Whom) -> None:
    user = whom()
    if user is None:
        return
    with override(user.language):
        text = texting.Text(phone, words(code), until, f"code-{get_random_string(22)}")
    answer = texting.send(text)
    if answer.result is not Result.SENT:
        logger.warning("a code was not sent, or nobody knows: %s", answer.result.name)


def words(code: str) -> str:
    """The last line binds it to this site: phones fill it in here and nowhere else."""
    said = _("%(code)s is your code for %(site)s. It is good for 10 minutes. Never tell it to anybody.")
    host = urlsplit(settings.SITE_URL).hostname
    return f"{said % {'code': code, 'site': settings.SITE_NAME}}\n\n@{host} #{code}"


def _hand_over(work: Callable[[], None]) -> None:
    if settings.NOTIFICATION_EXECUTOR == "inline":
        work()
        return
    pool, places = _pool(os.getpid())
    if not places.acquire(blocking=False):
        logger.error("a code was not sent: %s are waiting for the gateway", WAITING_MAX)
        return

    def run() -> None:
        try:
            work()
        except Exception:
            logger.exception("a code could not be sent")
        finally:
            connections.close_all()
            places.release()

    pool.submit(run)


@cache
def _pool(pid: int) -> tuple[ThreadPoolExecutor, threading.BoundedSemaphore]:
    """One of each process: threads do not outlive a fork."""
    return ThreadPoolExecutor(THREADS, "phone-codes"), threading.BoundedSemaphore(WAITING_MAX)
