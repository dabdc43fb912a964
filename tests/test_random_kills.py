"""SIGKILL of real processes at random moments while likes come in, by the executor of this run.

CHAOS=full: 25 kills of the server (on PostgreSQL of the database, too) during 1,500 likes by threads; with
NOTIFICATION_EXECUTOR=celery 100 kills of server, worker, broker and database in turn during 10,000, and each
neighbour going away five times.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from notifications.models import Delivery, Worker
from notifications.tests.smtp_server import SmtpServer
from notifications.tests.stream_scene import wait_for
from testing import postgresql
from testing.brokers import Broker, RabbitMQ
from testing.deployment import EXECUTOR, Spread, deployment
from testing.site import database_url

from .storms import PATIENCE_SECONDS, SETTINGS, Storm, Strike, scene, storm

FULL = os.environ.get("CHAOS") == "full"
SPREAD = EXECUTOR == "celery"
KILLS, LIKES = {
    (True, True): (100, 9996),
    (True, False): (25, 1500),
    (False, True): (8, 150),
    (False, False): (3, 150),
}[FULL, SPREAD]
NEIGHBOURS = ["redis", "rabbitmq", *(["database"] if connection.vendor == "postgresql" else [])]
AWAY, LIKES_MEANWHILE = (5, 1800) if FULL else (2, 240)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(1800 if FULL else 240),
]


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        server.behaviour.seconds = 0.01
        yield server


def test_nothing_is_lost_and_nothing_comes_twice(
    smtp: SmtpServer, tmp_path: Path, transactional_db: None
) -> None:
    site = deployment(DATABASE_URL=database_url(), EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}", **SETTINGS)

    def kill_server() -> None:
        site.kill()
        site.start()

    targets: list[Strike] = [kill_server]
    if isinstance(site, Spread):
        targets += [site.kill_worker, site.kill_broker]
    if FULL or SPREAD:
        targets += [postgresql.restart] if postgresql.is_ours() else []
    strikes = [targets[number % len(targets)] for number in range(KILLS)]
    storm(site, smtp, strikes, likes=LIKES, calm=1.0)


if SPREAD:

    @pytest.mark.parametrize("neighbour", NEIGHBOURS)
    def test_a_neighbour_that_goes_away_again_and_again_costs_time_alone(
        neighbour: str, smtp: SmtpServer, tmp_path: Path, transactional_db: None
    ) -> None:
        if neighbour == "rabbitmq" and not RabbitMQ.is_installed():
            pytest.skip("RabbitMQ is not installed (apt-get install rabbitmq-server)")
        if neighbour == "database" and not postgresql.is_ours():
            pytest.skip("a PostgreSQL of our own is needed: run it by bin/test")
        tmp_path.chmod(0o755)
        site = Spread(
            RabbitMQ(tmp_path) if neighbour == "rabbitmq" else Broker(),
            DATABASE_URL=database_url(),
            EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
            **SETTINGS,
        )

        def empty_redis() -> None:
            with site.broker.client() as redis:
                redis.flushall()

        strike = {"redis": empty_redis, "rabbitmq": site.kill_broker, "database": postgresql.restart}[
            neighbour
        ]
        storm(site, smtp, [strike] * AWAY, likes=LIKES_MEANWHILE, calm=4.0 if FULL else 0.5)

    @pytest.mark.parametrize(("hangs_seconds", "state"), [(8, "sent"), (28, "pending")])
    def test_who_is_asked_to_leave_leaves_while_the_mail_server_hangs(
        hangs_seconds: int, state: str, smtp: SmtpServer, transactional_db: None
    ) -> None:
        site = deployment(
            DATABASE_URL=database_url(),
            EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
            **SETTINGS | {"NOTIFICATION_LEASE_SECONDS": "60", "NOTIFICATION_REPEAT_SECONDS": "600"},
        )
        smtp.behaviour.seconds = hangs_seconds
        tokens, posts = scene(posts=1)
        with site:
            storm = Storm(site, tokens[:1], posts, allowed=1)
            storm.run()
            wait_for(lambda: Delivery.objects.filter(state="sending").exists(), PATIENCE_SECONDS)
            assert site.stop() < 25
        # Nobody waits longer than twenty seconds for an answer: the second is handed over once more, later.
        assert Delivery.objects.get().state == state
        assert not Worker.objects.exists()
