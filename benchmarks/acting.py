"""What notifications add to the request that causes them: likes over HTTP, against the same site without."""

import random
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks import http, options
from benchmarks.child import Child
from benchmarks.databases import Server, servers
from benchmarks.figures import Bound, Table, percentile
from benchmarks.servers import mail_server, site

CONNECTIONS = (4, 16)
MAIL_SECONDS = {"silent": 0.0, "told": 0.0, "slow mail": 0.1}
TOLD, SLOW_MAIL, BUSY = Bound(1.25, 1.15), Bound(1.2, 1.1), Bound(3, 1.5, only_on=("SQLite",))
Ratios = dict[str, list[float]]


@dataclass
class Site:
    """A site of its own, with a database of its own, so that no one's work is another's."""

    port: int
    child: Child
    times: dict[int, list[http.Load]] = field(default_factory=dict)

    def calls(self, number: int) -> list[http.Call]:
        return [http.Call(path, token) for path, token in self.child.call("calls", number=number)]

    def like(self, number: int, connections: int) -> None:
        load = http.run(self.port, self.calls(number), connections=connections)
        self.times.setdefault(connections, []).append(load)
        self.child.call("wait_until_done")


def main() -> int:
    arguments = options.parse(__doc__, rounds=12)
    likes, waiting = (50, 500) if arguments.quick else (200, 5_000)
    table = Table(f"A like over HTTP: {arguments.rounds} rounds of {likes} each")
    with ExitStack() as stack:
        mail_ports = {seconds: stack.enter_context(mail_server(seconds)) for seconds in (0.0, 0.1)}
        places = {
            server.name: open_sites(stack, server, mail_ports, posts=waiting * arguments.rounds * 2)
            for server in stack.enter_context(servers(arguments.only))
        }
        everyone = [(name, kind) for name, sites in places.items() for kind in sites]
        for connections in CONNECTIONS:
            for round_number in range(arguments.rounds + 1):
                for name, kind in random.sample(everyone, len(everyone)):
                    places[name][kind].like(likes, connections)
                if round_number == 0:  # the first requests of a site pay for its start
                    for name, kind in everyone:
                        places[name][kind].times[connections].clear()
                print(f"W={connections} round {round_number}", file=sys.stderr)
        for name, sites in places.items():
            for connections in CONNECTIONS:
                show(table, name, sites, connections)
        if "SQLite" in places:
            show_draining(table, places["SQLite"]["told"], likes, waiting, arguments.rounds)
    table.show()
    return 0


def open_sites(
    stack: ExitStack, server: Server, mail_ports: dict[float, int], *, posts: int
) -> dict[str, Site]:
    sites = {}
    for kind, seconds in MAIL_SECONDS.items():
        url = server.url(f"acting-{kind.replace(' ', '-')}")
        child = stack.enter_context(Child("acting", url))
        child.call("prepare", people=1_000, posts=posts)
        variables = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_ports[seconds]}"}
        if kind == "silent":
            variables["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings_silent"
        sites[kind] = Site(stack.enter_context(site(url, **variables)), child)
    return sites


def show(table: Table, name: str, sites: dict[str, Site], connections: int) -> None:
    for percent in (50, 95):
        values = {
            kind: [percentile(load.seconds, percent) for load in site.times[connections]]
            for kind, site in sites.items()
        }
        for kind, other, words, bound in (
            ("told", "silent", "with notifications × without", TOLD),
            ("slow mail", "told", "mail server of 100 ms × of 0 ms", SLOW_MAIL),
        ):
            ratios = [mine / theirs for mine, theirs in zip(values[kind], values[other], strict=True)]
            judged = bound if percent == 50 else None
            table.add(f"W={connections} p{percent}, {words}", name, ratios, judged)
        for kind, seconds in values.items():
            table.add(f"W={connections} p{percent}, {kind}, ms", name, [value * 1000 for value in seconds])


def show_draining(table: Table, site: Site, likes: int, waiting: int, rounds: int) -> None:
    """Likes while the dispatcher has its hands full, against likes while it has nothing to do."""
    idle, busy, drained = [], [], []
    for _round in range(rounds):
        quiet = http.run(site.port, site.calls(likes), connections=4)
        site.child.call("wait_until_done")
        idle.append(percentile(quiet.seconds, 95))
        load, seconds = like_while_draining(site, likes, waiting)
        busy.append(percentile(load, 95))
        drained.append(waiting / seconds)
        site.child.call("wait_until_done")
    ratios = [one / other for one, other in zip(busy, idle, strict=True)]
    table.add(f"W=4 p95, while {waiting:,} events drain × idle", "SQLite", ratios, BUSY)
    table.add("W=4 p95, idle, ms", "SQLite", [value * 1000 for value in idle])
    table.add("W=4 p95, while they drain, ms", "SQLite", [value * 1000 for value in busy])
    table.add("events/s meanwhile", "SQLite", drained)
    print(f"median of like while draining: {statistics.median(busy) * 1000:.1f} ms", file=sys.stderr)


def like_while_draining(site: Site, likes: int, waiting: int) -> tuple[list[float], float]:
    """Seconds of the likes that began while the queue went down, and how long that took."""
    calls, stop = site.calls(likes * 20), threading.Event()

    def until_stopped() -> Iterator[http.Call]:
        for call in calls:
            if stop.is_set():
                return
            yield call

    found: list[http.Load] = []
    thread = threading.Thread(
        target=lambda: found.append(http.run(site.port, until_stopped(), connections=4))
    )
    site.child.call("queue", number=waiting)
    thread.start()
    times = site.child.call("wait_until_drained")
    stop.set()
    thread.join()
    [load] = found
    within = [
        seconds
        for seconds, begun in zip(load.seconds, load.begun, strict=True)
        if times["begun"] <= begun <= times["ended"]
    ]
    if not within:
        raise SystemExit("The events were drained before anybody could press a button: queue more.")
    return within, times["ended"] - times["begun"]


if __name__ == "__main__":
    sys.exit(main())
