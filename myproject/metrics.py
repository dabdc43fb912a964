"""What Prometheus reads: counted in the database when it asks, so that every process says the same."""

from collections.abc import Iterator

from django.db.models import Count, Max, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from backups.recording import JOB as BACKUP
from notifications import channels
from notifications.models import Breaker, Delivery, Event, JobRun, Suppression, Worker
from notifications.outbox.workers import SILENCE
from notifications.realtime import hub, stats
from notifications.upkeep import schedule


class NotificationCollector(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        pending = Event.objects.filter(state=Event.State.PENDING).aggregate(
            count=Count("pk"), oldest=Min("created_at")
        )
        yield GaugeMetricFamily(
            "belltower_events_pending", "Events that wait for the dispatcher.", value=pending["count"]
        )
        yield GaugeMetricFamily(
            "belltower_events_oldest_pending_age_seconds",
            "How long the oldest of them has waited; 0 where none does.",
            value=max(0.0, (now - pending["oldest"]).total_seconds()) if pending["oldest"] else 0.0,
        )
        deliveries = GaugeMetricFamily(
            "belltower_deliveries", "Messages to the outside, by state.", labels=["state"]
        )
        counts = dict(Delivery.objects.values_list("state").annotate(count=Count("pk")))
        for state in Delivery.State.values:
            deliveries.add_metric([state], counts.get(state, 0))
        yield deliveries
        yield GaugeMetricFamily(
            "belltower_workers_alive",
            "Processes that dispatch notifications.",
            value=Worker.objects.filter(beat_at__gt=now - SILENCE).count(),
        )
        stopped = GaugeMetricFamily(
            "belltower_addresses_stopped", "Addresses that no mail goes to, by why.", labels=["reason"]
        )
        rows = Suppression.objects.exclude(stops="").order_by()
        by_reason = dict(rows.values_list("stops").annotate(count=Count("pk")))
        for reason in Suppression.Stops.values:
            stopped.add_metric([reason], by_reason.get(reason, 0))
        yield stopped
        yield from _of_breakers()
        yield from _of_jobs()
        yield from _of_backups()

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing beforehand: registering must not ask the database."""
        return iter(())


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
        breaker = breakers.get(channel.name, Breaker())
        opened.add_metric([channel.name], breaker.opened_at is not None)
        ours.add_metric([channel.name], breaker.opened_at is not None and breaker.is_our_fault)
    yield opened
    yield ours


def _of_jobs() -> Iterator[GaugeMetricFamily]:
    """Whatever process did them: alert on a success that is too long ago."""
    names = (
        ("next_due_timestamp_seconds", "When the job is due next."),
        ("last_success_timestamp_seconds", "When it last ended well; 0 for never."),
        ("last_duration_seconds", "How long its latest run took, or takes so far."),
        ("failing", "1 where its latest run met an error."),
    )
    families = [GaugeMetricFamily(f"belltower_job_{name}", text, labels=["job"]) for name, text in names]
    now = timezone.now()
    for health in schedule.health(now):
        run = health.run
        values = (
            health.next_due.timestamp(),
            health.succeeded_at.timestamp() if health.succeeded_at else 0,
            ((run.ended_at or now) - run.started_at).total_seconds() if run else 0,
            bool(run and run.error),
        )
        for family, value in zip(families, values, strict=True):
            family.add_metric([health.job.name], float(value))
    yield from families


def _of_backups() -> Iterator[GaugeMetricFamily]:
    """Nothing where none was ever made by `manage.py backup`: there are other ways."""
    made = JobRun.objects.filter(job=BACKUP, error="").aggregate(last=Max("ended_at"))["last"]
    if made:
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
                stats.refused,
            ),
        ):
            family = CounterMetricFamily(name, help_text, labels=[label])
            for value, count in sorted(counts.items()):
                family.add_metric([value], count)
            yield family


registry = CollectorRegistry()
registry.register(NotificationCollector())
registry.register(StreamCollector())
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)
