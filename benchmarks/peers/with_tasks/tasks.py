from django_tasks import task

from benchmarks.peers.stage.models import Like
from benchmarks.peers.stage.work import notify


@task()  # type: ignore[untyped-decorator] # not installed where types are checked
def tell_of(like_id: int) -> None:
    notify(like_id)


def tell(like: Like) -> None:
    """The task is a row of the same database, so it is written in the transaction of the like."""
    tell_of.enqueue(like.pk)
