"""The bus of several processes: Redis pub/sub, with one subscription a process.

Whoever commits never waits for Redis: hints of others are handed to a thread, and pile up into one while
Redis is slow or away. What it loses, the hub's catch-up finds within seconds.
"""

import atexit
import json
import logging
import os
import random
import secrets
import threading
from collections.abc import Callable, Collection
from hashlib import blake2s
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from .bus import Hint, Listener, MemoryBus

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1.0  # of one word with Redis, in the threads of the bus
CLAIM_TIMEOUT_SECONDS = 0.25  # where somebody waits for the answer
CLAIM_SECONDS = 70  # a little longer than a ticket is good
BACKOFF_SECONDS = (0.25, 5.0)
NAMED = 5000  # more people than so are not named one by one


class RedisBus(MemoryBus):
    is_shared = True

    def __init__(self, url: str) -> None:
        super().__init__()
        # Several sites may share a Redis.
        self._channel = f"belltower:{blake2s(settings.SECRET_KEY.encode(), digest_size=8).hexdigest()}"
        self._me = secrets.token_hex(8)
        self._url = url
        self._problem = ""
        self._stopping = threading.Event()
        self._forked()
        os.register_at_fork(after_in_child=self._forked)
        atexit.register(self.close)
        self._claims = self._client(CLAIM_TIMEOUT_SECONDS)

    def _forked(self) -> None:
        """No thread survives in a child: it starts its own when it has something to say."""
        self._waiting: Hint | None = None
        self._something = threading.Condition()
        self._threads: dict[str, threading.Thread] = {}

    def publish(self, hint: Hint) -> None:
        super().publish(hint)
        with self._something:
            self._waiting = _both(self._waiting, hint)
            self._something.notify()
        self._ensure("publish", self._publish)

    def listen(self, listener: Listener) -> None:
        super().listen(listener)
        self._ensure("subscribe", self._subscribe)

    def first_to_claim(self, names: Collection[str]) -> set[str]:
        """Where Redis does not answer, each process knows of its own only."""
        try:
            with self._claims.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.set(f"{self._channel}:ticket:{name}", 1, nx=True, ex=CLAIM_SECONDS)
                return {name for name, first in zip(names, pipe.execute(), strict=True) if first}
        except redis.RedisError:
            return set(names)

    def state(self) -> str:
        return self._problem or "ok"

    def close(self) -> None:
        """What was said last is still sent, if that takes no time."""
        self._stopping.set()
        with self._something:
            self._something.notify()
        for thread in self._threads.values():
            thread.join(TIMEOUT_SECONDS * 2)

    def _ensure(self, name: str, loop: Callable[[], None]) -> None:
        if name not in self._threads:
            thread = threading.Thread(target=self._run, args=(loop,), name=f"stream-{name}", daemon=True)
            self._threads[name] = thread
            thread.start()

    def _run(self, loop: Callable[[], None]) -> None:
        wait = BACKOFF_SECONDS[0]
        while not self._stopping.is_set():
            try:
                loop()
                wait = BACKOFF_SECONDS[0]
            except redis.RedisError as error:
                if not self._problem:
                    logger.warning("Redis does not answer, streams are told late: %s", error)
                self._problem = "Redis does not answer"
                self._stopping.wait(wait * random.uniform(0.8, 1.2))  # nosec B311 # jitter
                wait = min(wait * 2, BACKOFF_SECONDS[1])

    def _publish(self) -> None:
        client = self._client(TIMEOUT_SECONDS)
        while True:
            with self._something:
                while self._waiting is None and not self._stopping.is_set():
                    self._something.wait()
                hint, self._waiting = self._waiting, None
            if hint is None:
                return
            try:
                client.publish(self._channel, _write(self._me, hint))
            except redis.RedisError:
                with self._something:
                    self._waiting = _both(self._waiting, hint)
                raise
            self._problem = ""

    def _subscribe(self) -> None:
        client = self._client(None)
        with client.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(self._channel)
            channel.get_message(timeout=TIMEOUT_SECONDS)
            self._problem = ""
            MemoryBus.publish(self, Hint(everybody=True))  # whatever was said meanwhile
            while not self._stopping.is_set():
                message = channel.get_message(timeout=TIMEOUT_SECONDS)
                if message is not None and (hint := _read(self._me, message["data"])) is not None:
                    MemoryBus.publish(self, hint)

    def _client(self, timeout: float | None) -> Any:
        return redis.Redis.from_url(
            self._url,
            socket_timeout=timeout,
            socket_connect_timeout=min(timeout or TIMEOUT_SECONDS, TIMEOUT_SECONDS),
            retry=Retry(NoBackoff(), 0),
        )


def _both(one: Hint | None, other: Hint) -> Hint:
    if one is None:
        return other
    changed = one.changed | other.changed
    everybody = one.everybody or other.everybody or len(changed) > NAMED
    return Hint(frozenset() if everybody else changed, everybody, one.access | other.access)


def _write(me: str, hint: Hint) -> str:
    return json.dumps([me, sorted(hint.changed), hint.everybody, sorted(hint.access)], separators=(",", ":"))


def _read(me: str, text: bytes) -> Hint | None:
    """None for what this process said itself, and for what is no hint."""
    try:
        sender, changed, everybody, access = json.loads(text)
        return None if sender == me else Hint(frozenset(changed), bool(everybody), frozenset(access))
    except (ValueError, TypeError):
        return None
