"""The communities that load is put on: filled once a database and size, or found where they were kept."""

import argparse
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.child import Child
from benchmarks.databases import Server, servers
from benchmarks.http import Call
from benchmarks.servers import mail_server, site_process
from benchmarks.usage import of_processes

ONLINE = 400
# So that statements, and pages that they touch, can be counted while the site is at work.
COUNTING = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_utility": "off"}


@dataclass
class Stage:
    server: Server
    url: str
    child: Child
    mail: str
    _asking: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return self.server.name

    @contextmanager
    def site(self) -> Iterator[tuple[int, int]]:
        """As bin/run serves it; yields the port and the process."""
        with site_process(self.url, EMAIL_URL=self.mail) as found:
            yield found

    def ask(self, function: str, **arguments: Any) -> Any:
        """The child answers one question at a time, whoever asks."""
        with self._asking:
            return self.child.call(function, **arguments)

    def calls(self, number: int, kind: str = "") -> list[Call]:
        return [_call(*parts) for parts in self.ask("calls", number=number, kind=kind)]

    def database_cpu(self) -> dict[int, float]:
        """Seconds of each process that serves the site on this database; of SQLite there are none."""
        return of_processes(self.ask("backends"))

    def sizes(self) -> dict[str, float]:
        """Megabytes of the log that the database keeps and of the data; and PostgreSQL's connections."""
        if self.name == "PostgreSQL":
            found: dict[str, float] = self.ask("sizes")
            return found
        file = self.url.removeprefix("sqlite:///")
        return {
            "the log of the database, MB": _megabytes(f"{file}-wal"),
            "the database, MB": _megabytes(file),
        }


def _megabytes(file: str) -> float:
    return Path(file).stat().st_size / 2**20 if Path(file).exists() else 0.0


def _call(what: str, method: str, path: str, token: str, session: str, body: str) -> Call:
    cookie = f"sessionid={session}" if session else ""
    return Call(path, token, method=method, cookie=cookie, body=body.encode(), what=what)


@contextmanager
def stages(options: argparse.Namespace, people: Iterable[int]) -> Iterator[dict[int, list[Stage]]]:
    """For each of these numbers of people, one on each database."""
    with ExitStack() as stack:
        port = stack.enter_context(mail_server(0.0))
        found = stack.enter_context(servers(options.only, keep=options.keep, **COUNTING))
        yield {
            count: [_open(stack, server, options, count, f"smtp://127.0.0.1:{port}") for server in found]
            for count in people
        }


def _open(stack: ExitStack, server: Server, options: argparse.Namespace, people: int, mail: str) -> Stage:
    notifications = people * options.notifications // options.people
    name = f"load-{people}-{notifications}"
    filled = server.folder / f"{server.name}-{name}.filled"
    url = server.there(name) if filled.exists() else server.copy(name, of=_empty(server))
    child = stack.enter_context(Child("load", url, EMAIL_URL=mail))
    if not filled.exists():
        begun = time.monotonic()
        child.call("fill", people=people, notifications=notifications)
        filled.touch()
        print(f"{server.name}: filled in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    found: dict[str, Any] = child.call("open_for", online=min(ONLINE, people))
    print(f"{server.name}: {', '.join(f'{found[word]:,} {word}' for word in found)}", file=sys.stderr)
    return Stage(server, url, child, mail)


def _empty(server: Server) -> str:
    """A database with tables alone, made once: it takes longer than to fill a small community."""
    name = "load-empty"
    made = server.folder / f"{server.name}-{name}.made"
    if not made.exists():
        with Child("load", server.url(name)) as child:
            child.call("migrate")
        made.touch()
    return name
