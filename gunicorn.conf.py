"""gunicorn's settings, in production too: two workers with threads, both made from one loaded application."""

import os
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# Shares the loaded code between the workers, and makes a killed one return at once.
preload_app = True
# gunicorn touches a file there all the time; on a disk that can block.
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None
timeout = 60
# Longer than a proxy keeps an idle connection to us (nginx: 60 seconds), so that the proxy always closes first: it must
# never send a request into a connection we are closing. An idle connection costs a socket, no thread.
keepalive = 75
graceful_timeout = 4
control_socket_disable = True
