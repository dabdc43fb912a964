"""What the Procfile starts, as it starts it: a like goes through all of it, and all of it ends in time."""

import threading
from pathlib import Path

import pytest
import requests
from django.db import connection, connections
from knox.models import AuthToken

from accounts.models import User
from community.models import Post
from notifications.models import Attempt, Delivery, Notification, Worker
from notifications.tests.stream_scene import wait_for
from testing.brokers import Broker
from testing.processes import STOP_SECONDS, Process, of_the_procfile
from testing.site import database_url, free_port, wait_until_it_answers

PATIENCE_SECONDS = 60

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.slow,
]

if connection.vendor == "postgresql":  # several processes are not for SQLite

    def test_a_like_goes_through_all_processes_and_all_end_in_time(
        bob: User, post: Post, tmp_path: Path
    ) -> None:
        broker, port = Broker(), free_port()
        broker.start()
        processes = of_the_procfile(
            PORT=str(port),
            DEMO="0",
            DATABASE_URL=database_url(),
            EMAIL_URL=f"filemail://{tmp_path}",
            NOTIFICATION_EXECUTOR="celery",
            CELERY_BROKER_URL=broker.url,
            REDIS_URL=broker.url,
            REPUTATION="0",
        )
        assert processes.keys() == {"web", "worker", "beat"}
        mails = Delivery.objects.filter(group_key=f"LIKE:post.{post.pk}")
        token = AuthToken.objects.create(user=bob)[1]
        try:
            for process in processes.values():
                process.start()
            worker = processes["worker"].pid
            wait_for(lambda: Worker.objects.filter(pid=worker).exists(), PATIENCE_SECONDS)
            web = f"http://127.0.0.1:{port}"
            wait_until_it_answers(processes["web"], web)
            liked = requests.post(
                f"{web}/api/posts/{post.pk}/like", headers={"Authorization": f"Bearer {token}"}, timeout=30
            )
            assert liked.status_code == 200
            wait_for(mails.filter(state="sent").exists, PATIENCE_SECONDS)
            assert all_stopped(list(processes.values())) < STOP_SECONDS
        finally:
            print(*(process.end() for process in processes.values()), sep="\n")
            broker.stop()
        assert Notification.objects.filter(recipient=post.author, kind="LIKE").count() == 1
        message_id = f".{mails.get().event_id}.{post.author_id}@"
        assert [message_id in path.read_text() for path in tmp_path.iterdir()].count(True) == 1
        assert f":{worker}:" in Attempt.objects.get(delivery__in=mails).worker
        assert not Worker.objects.exists()
        assert not Delivery.objects.filter(state="sending").exists()

    def all_stopped(processes: list[Process]) -> float:
        """SIGTERM to all of them at once; answers how long the last took. None stays behind."""
        connections.close_all()
        seconds: list[float] = []
        threads = [
            threading.Thread(target=lambda process=process: seconds.append(process.stop()))
            for process in processes
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seconds) == len(processes)
        return max(seconds)
