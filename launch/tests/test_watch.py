"""A worker that is alive and takes no jobs is ended, whatever it is deaf to; one that only lacks something is not."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from launch import office as offices
from launch import processes, programs, watch
from launch.places import Office
from launch.testing import Broker, database_url_of_this_test, takes_jobs


def health(**ages: float | None) -> dict[str, Any]:
    """What /health/ says with these ages, or with None for what fails at once."""
    checks: dict[str, Any] = {"database": {"ok": True}, "broker": {"ok": True}}
    for name in ("worker", "long", "schedule"):
        age = ages.get(name, 1.0)
        checks[name] = {"ok": age is not None and age < 120, "age": age}
    return {"checks": checks | {name: {"ok": False} for name, age in ages.items() if age is None}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, []),
        (health(), []),
        (health(worker=130), []),  # failing, and perhaps just about to come back
        (health(worker=160), ["worker"]),
        (health(long=160), ["worker-long"]),
        (health(worker=160, long=160), ["worker"]),
        (health(worker=9000, schedule=9000), []),  # nobody sends ticks
        (health(worker=9000, broker=None), []),
        (health(worker=9000, database=None), []),
        (health(worker=None), []),  # never seen: it may be starting
    ],
)
def test_who_is_called_deaf(said: dict[str, Any], expected: list[str]) -> None:
    assert watch.deaf(said) == expected


def restarted(monkeypatch: pytest.MonkeyPatch, silent: list[bool]) -> list[int]:
    """At which looks, ten seconds apart, the worker is started anew when it is silent as told."""
    at: list[int] = []
    turns = iter(range(len(silent) + 1))
    turn = 0

    def goes_on() -> bool:
        nonlocal turn
        turn = next(turns)
        return turn < len(silent)

    monkeypatch.setattr(watch, "EVERY_SECONDS", 0)
    monkeypatch.setattr(watch, "restart", lambda office, name: at.append(turn))
    look = lambda: health(worker=160) if silent[turn] else health()  # noqa: E731
    watch._watch(Office(Path("/nowhere")), look, goes_on, lambda: turn * 10.0)
    return at


def test_it_is_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, after an outage of what it needs, and after a restart."""
    assert restarted(monkeypatch, [True] * 15) == []
    assert restarted(monkeypatch, [True] * 32) == [15, 30]
    assert restarted(monkeypatch, [False] * 20 + [True] * 4) == [23]
    assert restarted(monkeypatch, [False] * 20 + [True, True, True, False] * 5) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_deaf_worker_is_ended_and_nobody_else(
    tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path)
    office.create()
    monkeypatch.setenv("REDIS_URL", broker.url)
    monkeypatch.setenv("DATABASE_URL", database_url_of_this_test())
    quick, long = programs.BY_NAME["worker"], programs.BY_NAME["worker-long"]
    with offices.running(office, quick) as worker, offices.running(office, long) as other:
        assert processes.wait_until(lambda: takes_jobs(broker.url, 2), seconds=30)
        os.killpg(worker.pid, signal.SIGSTOP)
        begun = time.monotonic()
        watch.restart(office, "worker")
        assert worker.wait(5) == -signal.SIGKILL
        assert time.monotonic() - begun < quick.stop_seconds + 5
        assert other.poll() is None
    shutil.rmtree(office.sockets, ignore_errors=True)
