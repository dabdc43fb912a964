"""Who writes next, on SQLite: requests before the dispatcher, and the dispatcher too."""

import threading
import time

from notifications.transactions import _WriteTurn


def in_thread(turn: _WriteTurn, order: list[str], name: str, *, foreground: bool) -> threading.Thread:
    def run() -> None:
        turn.take(foreground=foreground)
        order.append(name)
        turn.give_back()

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.02)  # it waits in line before the next one comes
    return thread


def test_a_request_overtakes_the_dispatcher() -> None:
    turn, order = _WriteTurn(), list[str]()
    turn.take(foreground=True)
    threads = [
        in_thread(turn, order, "dispatcher", foreground=False),
        in_thread(turn, order, "request", foreground=True),
    ]
    turn.give_back()
    for thread in threads:
        thread.join(5)

    assert order == ["request", "dispatcher"]


def test_the_dispatcher_is_not_overtaken_for_ever() -> None:
    turn, order, stop = _WriteTurn(), list[str](), threading.Event()

    def press_again_and_again() -> None:
        while not stop.is_set():
            turn.take(foreground=True)
            time.sleep(0.002)
            turn.give_back()

    people = [threading.Thread(target=press_again_and_again) for _ in range(4)]
    for person in people:
        person.start()
    dispatcher = in_thread(turn, order, "dispatcher", foreground=False)
    dispatcher.join(20)
    overtaken = dispatcher.is_alive()
    stop.set()
    for person in people:
        person.join(5)

    assert not overtaken
    assert order == ["dispatcher"]


def test_only_its_owner_has_the_turn() -> None:
    turn = _WriteTurn()
    turn.take(foreground=True)
    assert turn.is_mine()
    turn.give_back()
    assert not turn.is_mine()
