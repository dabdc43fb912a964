from celery import shared_task
from django.conf import settings

from benchmarks.peers.stage.models import Like
from benchmarks.peers.stage.work import notify, notify_again


@shared_task  # type: ignore[untyped-decorator] # published without types
def tell_of(like_id: int) -> None:
    work = notify_again if settings.LATE else notify
    work(like_id)


def tell(like: Like) -> None:
    tell_of.delay_on_commit(like.pk)
