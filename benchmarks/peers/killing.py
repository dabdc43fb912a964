"""SIGKILL of servers and workers at random moments, while people press like, and again without an answer."""

import http.client
import random
import sys
import threading
import time
from dataclasses import dataclass, field

from benchmarks.child import Child

from .deployment import Deployment
from .measuring import Losses, losses
from .sink import Sink

FANS = 4
BETWEEN_SECONDS = (0.4, 1.2)  # from one kill to the next
QUIET_SECONDS = 35  # nothing more comes: longer than any of them waits before it tries again
PATIENCE_SECONDS = 240
# Celery and Belltower know a dead process sooner than by default (after an hour; after ten minutes).
HASTE = {
    "STAGE_VISIBILITY_SECONDS": "10",
    "NOTIFICATION_LEASE_SECONDS": "5",
    "NOTIFICATION_REPEAT_SECONDS": "2",
    "NOTIFICATION_RETRY_SECONDS": "2,2,2,2,2,2,2,2",
}


@dataclass
class Storm:
    """It lasts as long as it is struck at: `allowed` grows with the kills."""

    port: int
    paths: list[str]
    allowed: int = 0
    answered: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        fans = [threading.Thread(target=self._fan, args=(number,)) for number in range(FANS)]
        for fan in fans:
            fan.start()
        for fan in fans:
            fan.join()

    def _fan(self, number: int) -> None:
        for path in self.paths[number::FANS]:
            while self.answered >= self.allowed or not self._presses(path):
                time.sleep(0.02)
            with self._lock:
                self.answered += 1

    def _presses(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def strike(deployment: Deployment, sink: Sink, *, kills: int, likes: int, seed: int) -> Losses:
    chance = random.Random(seed)
    with deployment, deployment.child() as child:
        storm = Storm(deployment.port, child.call("paths", first=1, number=likes))
        deployment.start()
        running = threading.Thread(target=storm.run)
        running.start()
        for number in range(1, kills + 1):
            storm.allowed = likes * number // (kills + 1)
            time.sleep(chance.uniform(*BETWEEN_SECONDS))
            program = chance.choice(deployment.programs)
            program.kill()
            if program is deployment.server:
                deployment.start_server()
            else:
                program.start()
        storm.allowed = likes
        running.join()
        told, mailed = _when_quiet(deployment, sink, child, likes)
        found = losses(kills, child.call("liked"), told, mailed)
    print(f"{deployment.peer.title}: {found}", file=sys.stderr)
    return found


def _when_quiet(deployment: Deployment, sink: Sink, child: Child, likes: int) -> tuple[list[int], list[int]]:
    """Posts of the rows and of the mails, once nothing has changed for long enough."""
    until = time.monotonic() + PATIENCE_SECONDS
    seen, since = (-1, -1), time.monotonic()
    while True:
        told = [post for post, _at in child.call("told")]
        mailed = [post for post, _at in sink.mails(deployment.mail_port)]
        if (len(told), len(mailed)) != seen:
            seen, since = (len(told), len(mailed)), time.monotonic()
        if time.monotonic() > min(until, since + QUIET_SECONDS):
            return told, mailed
        time.sleep(0.5)
