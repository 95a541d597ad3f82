"""Real background processes for tests: Celery workers and beat on the test's database, and a broker to mistreat."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection
from psycopg2 import extensions

from launch import office as offices
from launch import programs
from launch.places import Office
from launch.processes import wait_until

READY_SECONDS = 30
WORKER = ["worker", "-c", "2", "--loglevel", "WARNING", *programs.ALONE]
BEAT = ["beat", "--pidfile=", "--loglevel", "WARNING"]


@dataclass
class Broker:
    """A Valkey of a test's own. `url` is for redis-py and REDIS_URL."""

    url: str
    process: subprocess.Popen[bytes]

    def freeze(self) -> None:
        """From now on accept and never answer."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Answer again."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End at once, as kill -9 does."""
        self.process.kill()
        self.process.wait()


@dataclass
class Background:
    """Running workers and beat; `log` is what they said."""

    processes: dict[str, subprocess.Popen[bytes]]
    log: Path

    def children(self, name: str) -> list[int]:
        """The processes in which `worker` runs jobs."""
        pid = self.processes[name].pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]

    def kill(self, name: str) -> None:
        """End `worker` or `beat` at once, as kill -9 does; the worker's own children notice and go."""
        self.processes[name].kill()
        self.processes[name].wait()


def pytest_configure(config: pytest.Config) -> None:
    """Test databases are copies of the migrated one the suite has made, where it has; passwords are hashed lightly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if template := os.environ.get("TESTS_TEMPLATE"):
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start real processes come first in the share of each test process: at the end nobody waits for one."""
    hands = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow")]
    rest = [item for item in items if not item.get_closest_marker("slow")]
    size = -(-len(items) // hands)
    items[:] = []
    for hand in range(hands):
        mine = slow[hand::hands]
        items += mine + rest[: size - len(mine)]
        del rest[: size - len(mine)]
    items += rest


@contextmanager
def running_broker() -> Iterator[Broker]:
    """Run a broker of its own for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="backoffice-test-", dir="/tmp") as place:
        office = Office(Path(place))
        office.create()
        try:
            with offices.running(office, programs.BROKER) as process:
                offices.wait_broker(office, process)
                broker = Broker(office.broker_url, process)
                yield broker
                broker.thaw()
        finally:
            shutil.rmtree(office.sockets, ignore_errors=True)


@contextmanager
def running_background(broker_url: str, *, queues: str = "quick,mail,long", beat: bool = True) -> Iterator[Background]:
    """Run a worker for `queues`, and beat, on the database of the running test; yield when jobs are taken.

    The test needs committed rows (`transaction=True`). Raises AssertionError with the log where they do not start.
    """
    environ = os.environ | {"REDIS_URL": broker_url, "DATABASE_URL": database_url_of_this_test()}
    commands = {"worker": [*WORKER, "-Q", queues]} | ({"beat": BEAT} if beat else {})
    with tempfile.TemporaryDirectory(prefix="backoffice-test-") as place, ExitStack() as stack:
        log = Path(place) / "log"
        started = {}
        for name, arguments in commands.items():
            started[name] = stack.enter_context(_celery(arguments, environ, log))
        background = Background(started, log)
        assert wait_until(lambda: takes_jobs(broker_url), seconds=READY_SECONDS), log.read_text(encoding="utf-8")
        yield background


@contextmanager
def _celery(arguments: list[str], environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "-A", "backoffice", *arguments]
    with log.open("ab") as output:
        child = subprocess.Popen(command, env=environ, stdout=output, stderr=output, process_group=0)
    try:
        yield child
    finally:
        # No job of a test is worth waiting for.
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def takes_jobs(broker_url: str, workers: int = 1) -> bool:
    """Do so many workers wait for jobs?"""
    with redis.Redis.from_url(broker_url) as client:
        return sum(one["cmd"] == "brpop" for one in client.client_list()) >= workers


def database_url_of_this_test() -> str:
    """Return DATABASE_URL with the name of the database this test uses."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@contextmanager
def second_connection() -> Iterator[extensions.connection]:
    """A second connection to the database of the running test, rolled back afterwards."""
    link = psycopg2.connect(**connection.get_connection_params())
    try:
        yield link
    finally:
        link.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A broker of the test's own, to stop and to silence."""
    with running_broker() as one:
        yield one


@pytest.fixture
def background(transactional_db: None, broker: Broker) -> Iterator[Background]:
    """A real worker and beat on the test's database and `broker`."""
    with running_background(broker.url) as one:
        yield one
