from huey.contrib.djhuey import on_commit_task

from benchmarks.peers.stage.models import Like
from benchmarks.peers.stage.work import notify


@on_commit_task()  # type: ignore[untyped-decorator] # published without types
def tell_of(like_id: int) -> None:
    notify(like_id)


def tell(like: Like) -> None:
    tell_of(like.pk)
