"""The servers of a benchmark: one embedded PostgreSQL with a database a size, gunicorn as in production."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import postgres
from launch.places import Office
from launch.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB", "maintenance_work_mem": "256MB", "track_io_timing": "off"}


@contextmanager
def database_server() -> Iterator[Office]:
    """An embedded PostgreSQL of its own, durable as in production, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="backoffice-bench-") as place:
        Path(place).chmod(0o755)
        office = Office(Path(place) / "data")
        office.create()
        programs = postgres.programs_for(office)
        postgres.create_cluster(office, programs)
        server = subprocess.Popen(
            postgres.command(office, programs, **SETTINGS),
            preexec_fn=postgres.become(office.account, office.cluster),
            cwd=None,
            stdout=subprocess.DEVNULL,
            stderr=(office.log / "database.log").open("wb"),
        )
        try:
            postgres.wait_ready(office, lambda: server.poll() is None)
            yield office
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


def url_of(office: Office, database: str) -> str:
    return office.database_url.replace("/backoffice?", f"/{database}?")


def environment(office: Office, database: str, **extra: str) -> dict[str, str]:
    """The environment of a production-like office on `database`."""
    return (
        os.environ
        | {
            "DATABASE_URL": url_of(office, database),
            "DATA": str(office.data),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": "benchmarks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
            "DEBUG": "0",
            "SECURE_SSL": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
        }
        | extra
    )


def manage(office: Office, database: str, *words: str) -> None:
    """Run a management command against one of the databases."""
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=environment(office, database),
        check=True,
        stdout=subprocess.DEVNULL,
    )


class Web:
    """gunicorn with two workers on a port of its own."""

    def __init__(self, office: Office, database: str, application: str = "backoffice.wsgi", **extra: str) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), application],
            env=environment(office, database, PORT=str(self.port), WEB_WORKERS="2", **extra),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=(office.log / f"web-{database}-{self.port}.log").open("wb"),
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"gunicorn for {database} does not answer; see {office.log}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def memory_mb(self) -> float:
        """Proportional set size of both workers in MB (the preloading parent shares with them and is not counted)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        total = 0
        for child in children:
            for line in Path(f"/proc/{child}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024
