"""What Prometheus reads: counted in the database when it asks, so that every process says the same."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from backups import recording
from notifications import channels
from notifications.models import Breaker, Delivery, Suppression, Tally, Worker
from notifications.models.tally import SINCE_THE_BEGINNING
from notifications.outbox import workers
from notifications.outgoing import holding
from notifications.realtime import hub, stats
from notifications.upkeep import schedule, waiting

State = Delivery.State
ENDED = (State.SENT, State.SKIPPED, *waiting.TROUBLED)


class NotificationCollector(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        now = timezone.now()
        queues = waiting.queues(now)
        yield from _of_queues(queues)
        yield from _of_deliveries([queue for queue in queues if queue.lane != waiting.INBOX])
        yield from _of_workers(now)
        yield from _of_addresses()
        yield from _of_breakers()
        yield from _of_jobs(now)
        yield from _of_backups()
        yield GaugeMetricFamily(
            "belltower_held",
            "1 where the site was restored and nothing leaves before `release_held`.",
            value=holding.is_held(),
        )

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing beforehand: registering must not ask the database."""
        return iter(())


def _of_queues(queues: list[waiting.Queue]) -> Iterator[GaugeMetricFamily]:
    """As the page Operating has them: no queue is counted further than it matters."""
    [inbox] = [queue for queue in queues if queue.lane == waiting.INBOX]
    yield GaugeMetricFamily(
        "belltower_events_pending", "Events that wait for the dispatcher.", value=inbox.waiting
    )
    yield GaugeMetricFamily(
        "belltower_events_dead", "Events that failed too often.", value=waiting.dead_events()
    )
    overdue = GaugeMetricFamily(
        "belltower_overdue_seconds",
        "How long what is due longest has waited, in the app and by each channel; 0 where nothing is due.",
        labels=["channel"],
    )
    for queue in queues:
        overdue.add_metric([queue.lane], queue.overdue_seconds)
    yield overdue


def _of_deliveries(queues: list[waiting.Queue]) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
    """Those that ended well are counted once, when they end, and not each time that somebody asks."""
    deliveries = GaugeMetricFamily(
        "belltower_deliveries", "Messages to the outside that wait or went wrong, by state.", labels=["state"]
    )
    counts = {
        State.PENDING: sum(queue.waiting for queue in queues),
        State.HELD: sum(queue.held for queue in queues),
        State.SENDING: sum(queue.sending for queue in queues),
        **waiting.troubled(),
    }
    for state, count in counts.items():
        deliveries.add_metric([state], count)
    yield deliveries
    ended = CounterMetricFamily(
        "belltower_deliveries_ended",
        "Messages to the outside that came to their end, counted each minute.",
        labels=["channel", "state"],
    )
    tallies = Tally.objects.filter(minutes=SINCE_THE_BEGINNING, of=Tally.Of.DELIVERY)
    sums = {(lane, state): count for lane, state, count in tallies.values_list("lane", "state", "count")}
    for queue in queues:
        for state in ENDED:
            ended.add_metric([queue.lane, state], sums.get((queue.lane, state), 0))
    yield ended


def _of_workers(now: datetime) -> Iterator[GaugeMetricFamily]:
    yield GaugeMetricFamily(
        "belltower_workers_alive",
        "Processes that dispatch notifications.",
        value=Worker.objects.filter(beat_at__gt=now - workers.SILENCE).count(),
    )
    yield GaugeMetricFamily(
        "belltower_queues_without_worker",
        "Queues of Celery whose work serving processes do; 0 with another executor.",
        value=len(workers.unserved()) if settings.NOTIFICATION_EXECUTOR == "celery" else 0,
    )


def _of_addresses() -> Iterator[GaugeMetricFamily]:
    stopped = GaugeMetricFamily(
        "belltower_addresses_stopped", "Addresses that no mail goes to, by why.", labels=["reason"]
    )
    rows = Suppression.objects.exclude(stops="").order_by()
    by_reason = dict(rows.values_list("stops").annotate(count=Count("pk")))
    for reason in Suppression.Stops.values:
        stopped.add_metric([reason], by_reason.get(reason, 0))
    yield stopped


def _of_breakers() -> Iterator[GaugeMetricFamily]:
    opened = GaugeMetricFamily(
        "belltower_breaker_open",
        "1 where the far end of a channel is away: one delivery each half minute tries.",
        labels=["channel"],
    )
    ours = GaugeMetricFamily(
        "belltower_breaker_our_fault", "1 where it is this site that must be set right.", labels=["channel"]
    )
    breakers = {breaker.channel: breaker for breaker in Breaker.objects.all()}
    for channel in channels.in_use():
        breaker = breakers.get(channel.far_end or channel.name, Breaker())
        opened.add_metric([channel.name], breaker.opened_at is not None)
        ours.add_metric([channel.name], breaker.opened_at is not None and breaker.is_our_fault)
    yield opened
    yield ours


def _of_jobs(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Whatever process did them. The label `job` is Prometheus's own."""
    figures = (
        ("next_due_timestamp_seconds", "When the job is due next."),
        ("last_success_timestamp_seconds", "When it last ended well; 0 for never."),
        ("last_duration_seconds", "How long its latest run took, or takes so far."),
        ("failing", "1 where its latest run met an error."),
        ("interval_seconds", "How often it is due."),
    )
    families = [GaugeMetricFamily(f"belltower_job_{name}", text, labels=["name"]) for name, text in figures]
    for health in schedule.health(now):
        run = health.run
        values = (
            health.next_due.timestamp(),
            health.succeeded_at.timestamp() if health.succeeded_at else 0,
            ((run.ended_at or now) - run.started_at).total_seconds() if run else 0,
            bool(run and run.error),
            health.job.every.total_seconds(),
        )
        for family, value in zip(families, values, strict=True):
            family.add_metric([health.job.name], float(value))
    yield from families


def _of_backups() -> Iterator[GaugeMetricFamily]:
    if made := recording.last_made():
        name = "belltower_backup_last_success_timestamp_seconds"
        yield GaugeMetricFamily(name, "When the last backup was made.", value=made.timestamp())


class StreamCollector(Collector):
    """Of this process, as the streams are."""

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        process = hub.current()
        yield GaugeMetricFamily(
            "belltower_streams_open", "Streams of notifications.", value=process.open if process else 0
        )
        for name, label, help_text, counts in (
            ("belltower_stream_events", "event", "Events sent, by name.", stats.sent),
            ("belltower_streams_ended", "reason", "Streams that ended, by why.", stats.ended),
            (
                "belltower_streams_refused",
                "status",
                "Requests for a stream that were refused.",
                {"429": 0, "503": 0} | stats.refused,
            ),
        ):
            family = CounterMetricFamily(name, help_text, labels=[label])
            for value, count in sorted(counts.items()):
                family.add_metric([value], count)
            yield family


registry = CollectorRegistry()
registry.register(NotificationCollector())
registry.register(StreamCollector())
errors = Counter("belltower_errors", "Requests that met an error nobody foresaw.", registry=registry)
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)
