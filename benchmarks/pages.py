"""Pages a second as bin/run serves them, against the same application under gunicorn's threads."""

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks import http, options
from benchmarks.child import Child, environment
from benchmarks.databases import servers
from benchmarks.figures import Bound, Table
from benchmarks.servers import free_port, running, site

CONNECTIONS = (4, 16)
PATHS = {"inbox": "/notifications/", "feed": "/", "healthz": "/healthz"}  # the last is all bridge and no page
THREADS = 8  # of both, and one process each
PEOPLE = 100
THROUGHPUT = Bound(0.9, 1.1, at_least=True)
OURS, GUNICORN = "as bin/run does", "gunicorn"


def main() -> int:
    arguments = options.parse(__doc__, rounds=7)
    number = 40 if arguments.quick else 200
    table = Table(f"Pages: {arguments.rounds} rounds of {number} each, {THREADS} threads in one process")
    with ExitStack() as stack:
        ports: dict[str, dict[str, int]] = {}
        cookies: dict[str, str] = {}
        for server in stack.enter_context(servers(arguments.only)):
            url = server.url("pages")
            child = stack.enter_context(Child("streaming", url))
            [[_person, session], *_others] = child.call("prepare", people=PEOPLE)
            cookies[server.name] = f"sessionid={session}"
            ports[server.name] = {
                OURS: stack.enter_context(site(url, WEB_THREADS=str(THREADS))),
                GUNICORN: stack.enter_context(gunicorn(url)),
            }
        cases = [(name, page, width) for name in ports for page in PATHS for width in CONNECTIONS]
        rates: dict[tuple[str, str, int, str], list[float]] = {}
        for round_number in range(arguments.rounds + 1):
            for name, page, width in random.sample(cases, len(cases)):
                for kind in random.sample([OURS, GUNICORN], 2):
                    calls = [http.Call(PATHS[page], method="GET", cookie=cookies[name])] * number
                    rate = per_second(http.run(ports[name][kind], calls, connections=width))
                    if round_number:  # the first requests of a site pay for its start
                        rates.setdefault((name, page, width, kind), []).append(rate)
            print(f"round {round_number}", file=sys.stderr)
    for name, page, width in cases:
        ours, theirs = (rates[name, page, width, kind] for kind in (OURS, GUNICORN))
        ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
        judged = None if page == "healthz" else THROUGHPUT
        table.add(f"{page}, W={width}, × gunicorn (gthread)", name, ratios, judged)
        table.add(f"{page}, W={width}, a second", name, ours)
    table.show()
    return 0


def per_second(load: http.Load) -> float:
    ends = [begun + took for begun, took in zip(load.begun, load.seconds, strict=True)]
    return len(ends) / (max(ends) - min(load.begun))


@contextmanager
def gunicorn(url: str) -> Iterator[int]:
    """The WSGI application alone, on the database of that URL; yields the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "myproject.wsgi:application", "--worker-class", "gthread"]
    command += ["--workers", "1", "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    with running([*command, "--keep-alive", "60", "--log-level", "error"], port, environment(url)):
        yield port


if __name__ == "__main__":
    sys.exit(main())
