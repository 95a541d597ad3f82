"""A real web server over the test's database: gunicorn with its workers, as in production."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from launch.ports import free_port


def database_url() -> str:
    """Where another process finds the database of this test, whether the place came as a host or as an option."""
    told = connection.get_connection_params()
    who = ":".join(quote(str(told.get(name) or ""), safe="") for name in ("user", "password"))
    place = urlencode({name: told[name] for name in ("host", "port") if told.get(name)})
    return f"postgres://{who}@/{quote(told['dbname'])}?{place}"


@contextmanager
def web_server(log: Path, *, workers: int = 2, threads: int = 6) -> Iterator[int]:
    """Serve the office for the length of the block; gives the port. What it says goes to `log`."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DEBUG": "0",
        "DEMO": "1",
        "PORT": str(port),
        "WEB_WORKERS": str(workers),
        "WEB_THREADS": str(threads),
    }
    configuration = str(settings.BASE_DIR / "gunicorn.conf.py")
    words = [sys.executable, "-m", "gunicorn", "-c", configuration, "backoffice.wsgi"]
    with log.open("wb") as out:
        server = subprocess.Popen(words, env=environment, cwd=settings.BASE_DIR, stdout=out, stderr=out)
    try:
        _wait_for(port, server, log)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"gunicorn does not answer: {log.read_text()[-2000:]}")
