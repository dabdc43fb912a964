"""A daemon thread for each like, so that neither the request nor the end of the process waits for it."""

import threading
from functools import partial

from django.db import connection, transaction

from benchmarks.peers.stage.models import Like
from benchmarks.peers.stage.work import notify


def tell(like: Like) -> None:
    transaction.on_commit(partial(_begin, like.pk))


def _begin(like_id: int) -> None:
    threading.Thread(target=_run, args=(like_id,), daemon=True).start()


def _run(like_id: int) -> None:
    try:
        notify(like_id)
    finally:
        connection.close()


def drain(like_ids: list[int], at_once: int) -> None:
    """All of these, so many at a time: without that bound they want more connections than a database has."""
    room = threading.Semaphore(at_once)

    def run(like_id: int) -> None:
        try:
            _run(like_id)
        finally:
            room.release()

    threads = []
    for like_id in like_ids:
        room.acquire()
        threads.append(threading.Thread(target=run, args=(like_id,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
