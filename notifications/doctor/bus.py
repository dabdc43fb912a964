"""Redis, where several processes tell each other by it what is new."""

from collections.abc import Iterator

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from .asking import Asking
from .finding import Finding, failure, ok

WAIT_SECONDS = 3.0


def check(asking: Asking) -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield ok("REDIS_URL is not set, which is right for one process.")
        return
    wait = asking.deadline.within(WAIT_SECONDS)
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=wait, socket_connect_timeout=wait, retry=Retry(NoBackoff(), 0)
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        yield failure(
            f"{type(error).__name__}: {error}",
            "See REDIS_URL, and whether the server runs. Nothing is lost; news come seconds later.",
        )
    else:
        yield ok("It answers.")
