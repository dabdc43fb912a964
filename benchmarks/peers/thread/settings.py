from benchmarks.peers.stage.settings import *  # noqa: F403 - settings that stand on others

STAGE_TELL = "benchmarks.peers.thread.telling.tell"
