"""What supervisors, balancers and Prometheus ask."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications.models import Event, Worker


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_a_process_that_answers_is_alive(client: Client, path: str) -> None:
    """Without the database: this test has none."""
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200


@pytest.mark.django_db
def test_a_site_that_works_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ok", "dispatcher": "ok", "bus": "ok"}


@pytest.mark.django_db
def test_without_a_database_it_is_alive_and_not_ready(client: Client, no_database: None) -> None:
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "does not answer"


@pytest.mark.django_db
def test_with_threads_somebody_must_be_at_work(client: Client, settings: Any) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    assert client.get("/readyz").status_code == 503
    worker = Worker.objects.create(name="elsewhere", host="elsewhere", pid=1)
    assert client.get("/readyz").status_code == 200
    Worker.objects.filter(pk=worker.pk).update(beat_at=timezone.now() - timedelta(minutes=2))
    assert client.get("/readyz").json()["dispatcher"] == "no thread is at work"


@pytest.mark.django_db
def test_an_event_that_nobody_takes_up_makes_it_unready(
    client: Client, bob: User, post: Post, settings: Any
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    Worker.objects.create(name="elsewhere", host="elsewhere", pid=1)
    actions.react(bob, post)
    assert client.get("/readyz").status_code == 200
    Event.objects.update(run_at=timezone.now() - timedelta(seconds=121))
    assert client.get("/readyz").status_code == 503
    Event.objects.update(run_at=timezone.now() + timedelta(hours=1))  # it waits for its next try
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_metrics_count_what_waits(client: Client, bob: User, post: Post) -> None:
    actions.react(bob, post)
    Event.objects.update(run_at=timezone.now() - timedelta(seconds=90))
    Worker.objects.create(name="elsewhere", host="elsewhere", pid=1)
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    samples = {
        (sample.name, sample.labels.get("state", sample.labels.get("channel", ""))): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }
    assert samples["belltower_events_pending", ""] == 1
    assert 90 <= samples["belltower_overdue_seconds", "in_app"] < 120
    assert samples["belltower_workers_alive", ""] == 1
    assert samples["belltower_deliveries", "pending"] == 0
    assert ("process_resident_memory_bytes", "") in samples


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", ""])
def test_metrics_are_not_for_the_world(
    client: Client, alice: User, browse: Callable[[User], Client], address: str
) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 401
    assert browse(alice).get("/metrics", REMOTE_ADDR=address).status_code == 403


@pytest.mark.django_db
def test_a_prometheus_elsewhere_reads_them_where_it_is_named(client: Client, settings: Settings) -> None:
    settings.METRICS_FROM = ["10.0.0.5/32", "fd00::/8"]
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.5").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.6").status_code == 401
    handed_on = {"X-Forwarded-For": "10.0.0.5"}
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.5", headers=handed_on).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz/", "/metrics"])
def test_who_asks_behind_the_proxy_is_not_sent_to_https(
    client: Client, settings: Settings, path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code == 200
    assert client.get(f"{path}x").status_code == 301


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_on_this_machine_is_not_this_machine(client: Client, header: str) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


@pytest.mark.django_db
def test_staff_read_metrics_from_anywhere(
    client: Client, alice: User, browse: Callable[[User], Client]
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    _token, secret = AuthToken.objects.create(user=alice)
    assert browse(alice).get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 200
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers=headers).status_code == 200
