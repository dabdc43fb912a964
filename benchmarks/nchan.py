"""nginx with nchan (Debian's libnginx-mod-nchan), the physical reference: it asks nobody who they are."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.child import environment
from benchmarks.servers import free_port, running

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
CONFIGURATION = """
load_module {module};
daemon off; worker_processes 1; worker_rlimit_nofile 20000;
pid {folder}/nginx.pid; error_log {folder}/error.log crit; {user}
events {{ worker_connections 19500; use epoll; }}
http {{
    access_log off; nchan_shared_memory_size 128M; keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location ~ ^/listen/(\\d+)$ {{
            nchan_subscriber eventsource; nchan_channel_id all p$1; nchan_eventsource_ping_interval 30;
            nchan_subscriber_first_message newest; nchan_message_buffer_length 10;
        }}
        location ~ ^/write/(\\w+)$ {{
            nchan_publisher; nchan_channel_id $1; nchan_message_buffer_length 10; nchan_message_timeout 1m;
        }}
    }}
}}
"""


def absence() -> str:
    """Why it is not measured; empty where it is."""
    if _nginx() and MODULE.exists():
        return ""
    return "nchan is not here. On Debian and Ubuntu:  apt install libnginx-mod-nchan"


def _nginx() -> str | None:
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")


@contextmanager
def nchan() -> Iterator[tuple[int, int]]:
    """Yields the port and the process."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="belltower-nchan-", dir="/tmp") as folder:
        user = "user root;" if Path("/proc/self").owner() == "root" else ""
        text = CONFIGURATION.format(module=MODULE, folder=folder, port=port, user=user)
        Path(folder, "nginx.conf").write_text(text)
        command = [str(_nginx()), "-c", f"{folder}/nginx.conf", "-p", folder]
        with running(command, port, environment("")) as process:
            yield port, process
