"""The open streams of one process: who hears what, and when.

Everything here runs in the server's event loop, and nothing here waits: whatever asks the database is a job
for the one thread of `jobs.py`, for as many people as it concerns. An idle stream costs nothing but its
memory.
"""

import asyncio
import itertools
from collections.abc import Iterable

from django.conf import settings

from . import bus, credentials, frames, reading, stats
from .admission import Admitted, Door, UnavailableError
from .bus import Hint
from .credentials import Credential, Presented
from .jobs import Jobs
from .reading import Answer, Asked, Portion
from .resume import EventIds
from .revisions import Snapshot, current_snapshot, lineage
from .streams import Stream
from .tickets import Ticket

PEOPLE = 1000  # a job
CATCH_UP_SECONDS = 5  # what a lost hint costs
COUNTED = 2000  # people whose unread count is looked at in each catch-up, in turn
READER_SECONDS = 0.05  # until the next portion of a replay
ARRIVAL_SECONDS, FEW, PATIENT_TURNS = 0.02, 10, 100  # those who come back after a restart come all at once


class Hub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._jobs = Jobs(
            loop,
            (
                self._find_out_where_we_are,
                self._read_hinted,
                self._admit,
                self._read_due,
                self._check_access,
                self._catch_up,
            ),
        )
        self._door = Door()
        self._streams: dict[int, list[Stream]] = {}  # by person
        self._buckets: list[set[Stream]] = [set() for _ in range(settings.STREAMS_PING_SECONDS)]
        self._hinted: set[int] = set()  # people who are to be read and counted
        self._arrived: set[int] = set()  # people who have just come, and are to be read and counted
        self._due: set[int] = set()  # people who are to be read
        self._suspect: set[int] = set()  # people whose credentials are to be checked
        self._behind: set[int] = set()  # people of whom a stream takes a replay in portions
        self._catch_up_is_due = False
        self._caught_up: Snapshot | None = None
        self._counted = 0  # the last of those who were counted in turn
        self._is_closed = False
        self._seconds = 0
        self.ids: EventIds | None = None  # until the database has told which it is
        self.open = 0

    def start(self) -> None:
        bus.current().listen(self._on_hint)
        self._loop.call_later(1.0, self._tick)
        self._jobs.go_on()

    def close(self) -> None:
        """End every stream, at once; open no other."""
        if self._is_closed:
            return
        self._is_closed = True
        bus.current().leave(self._on_hint)
        self._jobs.close()
        self._door.send_away(all_of_them=True)
        for stream in list(itertools.chain.from_iterable(self._streams.values())):
            self._end(stream, "shutdown")

    def join(self) -> None:
        """After `close`; not in the loop's own thread."""
        self._jobs.join()

    # --- coming and going ------------------------------------------------------------------------

    async def admit(self, shown: Presented | Ticket) -> Admitted | None:
        """Who came; None for nobody. Raises UnavailableError."""
        if self._is_closed or self.open + len(self._door) >= settings.STREAMS_MAX:
            raise UnavailableError
        coming = self._door.come(shown, at_once=self.ids is not None)
        self._jobs.go_on()
        return await coming

    def has_room_for(self, person_id: int) -> bool:
        return len(self._streams.get(person_id, ())) < int(settings.STREAMS_PER_PERSON)

    def attach(self, stream: Stream, *, unchecked: bool) -> None:
        """From now on it hears what its cursor has not; what that is by now is looked up at once."""
        if self._is_closed:
            stream.end()
            return
        self.open += 1
        self._streams.setdefault(stream.person_id, []).append(stream)
        stream.bucket = self._seconds % len(self._buckets)
        self._buckets[stream.bucket].add(stream)
        if unchecked:
            self._suspect.add(stream.person_id)
        self._look_up_soon(stream.person_id)

    def _look_up_soon(self, person_id: int) -> None:
        """While many come, first let them in: what several of them missed is then looked up together."""
        if not self._arrived:
            self._loop.call_later(ARRIVAL_SECONDS, self._look_up, 0)
        self._arrived.add(person_id)

    def _look_up(self, before: int, waited: int = 0) -> None:
        if len(self._arrived) - before > FEW and waited < PATIENT_TURNS:
            self._loop.call_later(ARRIVAL_SECONDS, self._look_up, len(self._arrived), waited + 1)
            return
        self._hinted |= self._arrived
        self._arrived = set()
        self._jobs.go_on()

    def detach(self, stream: Stream, why: str = "left") -> None:
        """Safe to call twice."""
        mine = self._streams.get(stream.person_id, [])
        if stream not in mine:
            return
        mine.remove(stream)
        if not mine:
            del self._streams[stream.person_id]
        self._buckets[stream.bucket].discard(stream)
        self.open -= 1
        stats.ended[why] += 1

    def _end(self, stream: Stream, why: str) -> None:
        self.detach(stream, why)
        stream.end()

    def _send(self, stream: Stream, name: str, data: bytes, *, count: int = 1) -> None:
        if stream.write(data):
            stats.sent[name] += count
        else:
            self.detach(stream, "slow")
            stream.abort()

    def _admit(self) -> bool:
        batch = self._door.next_batch() if self.ids is not None else None
        return batch is not None and self._jobs.begin(batch.look, batch.answer, batch.refuse)

    # --- what there is to hear -------------------------------------------------------------------

    def _on_hint(self, hint: Hint) -> None:
        """In the thread of whoever committed."""
        if self._streams and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, hint)

    def _take(self, hint: Hint) -> None:
        self._hinted |= self._streams.keys() if hint.everybody else hint.changed & self._streams.keys()
        self._suspect |= hint.access & self._streams.keys()
        self._jobs.go_on()

    def _read_hinted(self) -> bool:
        return self._read(self._hinted, is_counted=True)

    def _read_due(self) -> bool:
        return self._read(self._due, is_counted=False)

    def _read(self, waiting: set[int], *, is_counted: bool) -> bool:
        if self.ids is None or not waiting:
            return False
        ids, people = self.ids, {waiting.pop() for _ in range(min(PEOPLE, len(waiting)))}
        asked = self._asked(people)
        counted = people if is_counted else ()

        def undo() -> None:
            waiting.update(people)
            self.ids = None  # it may be another database that comes back

        return self._jobs.begin(lambda: reading.read(asked, counted, ids), self._deliver, undo)

    def _asked(self, people: Iterable[int]) -> set[Asked]:
        """Where the streams of these people stand; without those who have not read their last portion."""
        return {
            (person_id, stream.cursor)
            for person_id in people
            for stream in self._streams.get(person_id, ())
            if not (stream.is_behind and stream.backlog)
        }

    def _deliver(self, answer: Answer) -> None:
        for (person_id, cursor), portion in answer.portions.items():
            for stream in tuple(self._streams.get(person_id, ())):
                if stream.cursor == cursor:  # else it came while the job was in hand
                    self._send_portion(stream, portion)
            if portion.count and person_id not in answer.unread:
                self._hinted.add(person_id)  # whoever has news has another count
        for person_id, count in answer.unread.items():
            for stream in tuple(self._streams.get(person_id, ())):
                if stream.told != count:
                    stream.told = count
                    self._send(stream, "unread", frames.unread(count))

    def _send_portion(self, stream: Stream, portion: Portion) -> None:
        stream.cursor, stream.is_behind = portion.cursor, not portion.is_all
        if stream.is_behind:
            self._go_on_soon(stream.person_id)
        if portion.is_reset:
            self._send(stream, "reset", portion.data)
        elif portion.count:
            self._send(stream, "notification", portion.data, count=portion.count)

    def _go_on_soon(self, person_id: int) -> None:
        """With a replay that is sent in portions."""
        if not self._behind:
            self._loop.call_later(READER_SECONDS, self._go_on)
        self._behind.add(person_id)

    def _go_on(self) -> None:
        behind, self._behind = self._behind, set()
        for person_id in behind:
            for stream in self._streams.get(person_id, ()):
                if stream.is_behind and stream.backlog:
                    self._go_on_soon(person_id)
                elif stream.is_behind:
                    self._due.add(person_id)
        self._jobs.go_on()

    # --- what is looked after for all together ---------------------------------------------------

    def _find_out_where_we_are(self) -> bool:
        def arrived(mark: str) -> None:
            self.ids = EventIds(mark)

        return self.ids is None and self._jobs.begin(lineage, arrived)

    def _tick(self) -> None:
        """Once a second."""
        if self._is_closed:
            return
        self._loop.call_later(1.0, self._tick)
        self._seconds += 1
        self._door.send_away()
        if self.ids is not None:
            for stream in tuple(self._buckets[self._seconds % len(self._buckets)]):
                self._send(stream, "ping", frames.ping(self.ids.write(stream.person_id, stream.cursor)))
        if self._seconds % settings.STREAMS_CHECK_SECONDS == 0:
            self._suspect |= self._streams.keys()
        self._catch_up_is_due |= bool(self._streams) and self._seconds % CATCH_UP_SECONDS == 0
        self._jobs.go_on()

    def _check_access(self) -> bool:
        people = {self._suspect.pop() for _ in range(min(PEOPLE, len(self._suspect)))}
        streams = [stream for person_id in people for stream in self._streams.get(person_id, ())]
        if not streams:
            return False
        held = {stream.credential for stream in streams}

        def close(lost: set[Credential]) -> None:
            for stream in streams:
                if stream.credential in lost:
                    self._end(stream, "access")

        return self._jobs.begin(lambda: credentials.lost(held), close, lambda: self._suspect.update(people))

    def _catch_up(self) -> bool:
        """What no hint told of: one query to see whether there is any, and then whose it is."""
        if not self._catch_up_is_due:
            return False
        self._catch_up_is_due = False

        def look(now: Snapshot) -> None:
            if now != self._caught_up:
                self._caught_up = now
                self._due |= self._streams.keys()
            in_turn = sorted(pk for pk in self._streams if pk > self._counted)[:COUNTED]
            self._counted = in_turn[-1] if len(in_turn) == COUNTED else 0
            self._hinted.update(in_turn)

        return self._jobs.begin(current_snapshot, look)


_current: Hub | None = None


def start() -> Hub:
    """The hub of this process, made in the loop that serves."""
    global _current
    if _current is None:
        _current = Hub(asyncio.get_running_loop())
        _current.start()
    return _current


def current() -> Hub | None:
    return _current
