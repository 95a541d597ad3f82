"""A whole office, started as a person starts it: it works, heals itself, refuses what it must, and ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backoffice.environment import BASE
from launch import processes
from launch.places import Office
from launch.ports import free_port
from launch.processes import wait_until
from launch.programs import BY_NAME

START_SECONDS = 90
REPAIR_SECONDS = 10
END_SECONDS = 15
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "EMAIL_URL", "DEMO", "POSTGRES_PROGRAMS", "POSTGRES_THROWN_AWAY")


class Start:
    """One `make run` with DATA and PORT of its own, and what it says. It loads no demo: that has its own tests."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.said = data.parent / f"{data.name}.said"
        environ = {name: value for name, value in os.environ.items() if name not in OURS}
        environ |= {"DATA": str(data), "PORT": str(port), "DEMO": "off", "ALLOWED_HOSTS": "127.0.0.1"}
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "launch", "run"],
                cwd=BASE,
                env=environ,
                stdout=output,
                stderr=output,
                process_group=0,
            )

    def ready(self) -> bool:
        """Wait until it says that it is healthy, or ends."""
        wait_until(lambda: "is ready" in self.words() or self.process.poll() is not None, seconds=START_SECONDS)
        return "is ready" in self.words()

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def health(self) -> dict[str, Any]:
        """Return what /health/ says, or nothing."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=2) as answer:
                return dict(json.load(answer))
        except (OSError, urllib.error.HTTPError):
            return {}

    def pid(self, program: str) -> int:
        return int(Office(self.data).pid_file(program).read_text(encoding="utf-8").split()[0])

    def end(self) -> float:
        """Ask it to end and return after how many seconds it did."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(END_SECONDS + 10)
        return time.monotonic() - start

    def left(self) -> list[int]:
        """Return the processes that are still there."""
        records = [path.read_text(encoding="utf-8").split() for path in (self.data / "run").glob("*.pid")]
        groups = [(int(record[0]), int(record[1])) for record in records if len(record) == 2]
        assert len(groups) == len(BY_NAME)
        return [pid for group in [*groups, (self.process.pid, 0)] for pid in processes.group(*group)]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory with spaces and signs in a long path, far beyond what a socket's path may have."""
    place = tmp_path / ("long" * 25) / 'data of 100% "us"; #1'
    place.parent.mkdir()
    yield place
    shutil.rmtree(Office(place).sockets, ignore_errors=True)


@pytest.fixture
def office(data: Path, port: int) -> Iterator[Start]:
    start = Start(data, port)
    yield start
    if start.process.poll() is None:
        start.end()


@pytest.mark.slow
def test_a_day_in_the_life(office: Start, data: Path, port: int) -> None:
    assert office.ready(), office.words()
    assert office.health()["status"] == "ok"
    assert reaches_the_office(data) == str(Office(data).database_url)
    refuses_a_second_start(data, port)
    for program in BY_NAME:
        heals(office, program)
    again = survives_a_killed_supervisor(office)
    assert again.health()["status"] == "ok"
    sockets = Office(data).sockets
    assert again.end() < END_SECONDS
    assert again.left() == []
    assert not sockets.exists()
    assert again.process.returncode == 0


def reaches_the_office(data: Path) -> str:
    """Return the database a command with the same DATA and nothing else talks to."""
    environ = {name: value for name, value in os.environ.items() if name not in OURS}
    asked = "import os, django; from django.db import connection; connection.ensure_connection(); "
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", f"{asked}print(os.environ['DATABASE_URL'])"]
    environ |= {"DATA": str(data), "ALLOWED_HOSTS": "127.0.0.1"}
    done = subprocess.run(command, cwd=BASE, env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def refuses_a_second_start(data: Path, port: int) -> None:
    """The same data is in use; other data cannot have the same port. Each is one line and status 1."""
    same = Start(data.with_name("same"), port)
    same.process.wait(30)
    assert (same.process.returncode, same.words().count("\n")) == (1, 1)
    assert f"Port {port} on 127.0.0.1 is taken" in same.words()
    said = data.parent / "twice.said"
    with said.open("wb") as output:
        environ = os.environ | {"DATA": str(data), "PORT": "1"}
        command = [sys.executable, "-m", "launch", "run"]
        status = subprocess.run(command, cwd=BASE, env=environ, stdout=output, stderr=output).returncode
    words = said.read_text(encoding="utf-8")
    assert (status, words.count("\n")) == (1, 1)
    assert f"runs already, at http://127.0.0.1:{port}" in words


def heals(office: Start, program: str) -> None:
    """Kill one program; a new one stands and the office is healthy again in time."""
    killed = office.pid(program)
    os.kill(killed, signal.SIGKILL)
    start = time.monotonic()
    allowed = REPAIR_SECONDS * crowd()
    works = wait_until(lambda: office.pid(program) != killed and stands(office), seconds=allowed, every=0.1)
    assert works, f"{program}: {office.health()} after {time.monotonic() - start:.1f} s"


def crowd() -> float:
    """How many processes want each core at the moment: the promise is for a machine that is not overrun."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def stands(office: Start) -> bool:
    health = office.health()
    return health.get("status") == "ok" and health["checks"]["worker"]["age"] < 2


def survives_a_killed_supervisor(office: Start) -> Start:
    """Kill the supervisor and start again at once; return the new start."""
    office.process.kill()
    office.process.wait()
    again = Start(office.data, office.port)
    try:
        assert again.ready(), again.words()
    except BaseException:
        again.end()
        raise
    return again
