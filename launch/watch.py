"""Restart workers that are alive and deaf: supervisord sees only those that died."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

from launch import announce, processes, programs
from launch.places import Office

EVERY_SECONDS = 10
# /health/ says failing after two minutes of silence; a restart waits a little longer.
DEAF_SECONDS = 150
# And until it has had all it needs for so long: after an outage the first sign of life takes a moment.
SURE_SECONDS = 30
# Which check of /health/ tells of which program.
WORKERS = {"worker": "worker", "long": "worker-long"}
NEEDED = ("database", "broker", "schedule")


def in_background(office: Office, url: str) -> None:
    """Leave a process that looks at /health/ every ten seconds, and ends with us."""
    parent = os.getpid()
    if os.fork() == 0:
        processes.die_with_parent(signal.SIGKILL)
        try:
            _watch(office, lambda: announce.look(url), lambda: os.getppid() == parent)
        finally:
            os._exit(0)


def _watch(
    office: Office, look: Callable[[], Any], goes_on: Callable[[], bool], now: Callable[[], float] = time.monotonic
) -> None:
    since: dict[str, float] = {}
    # A worker that was just started needs as long to be called deaf itself.
    spared = dict.fromkeys(WORKERS.values(), now() + DEAF_SECONDS)
    while goes_on():
        found, at = deaf(look() or {}), now()
        since = {program: since.get(program, at) for program in found}
        for program in found:
            if at - since[program] >= SURE_SECONDS and at >= spared[program]:
                spared[program] = at + DEAF_SECONDS
                restart(office, program)
        time.sleep(EVERY_SECONDS)


def deaf(health: Mapping[str, Any]) -> list[str]:
    """The programs that have taken no job for too long although all they need is there; none where it is not known."""
    checks = health.get("checks", {})
    if not all(checks.get(name, {}).get("ok") for name in NEEDED):
        return []
    silent = [name for name in WORKERS if (checks.get(name, {}).get("age") or 0) > DEAF_SECONDS]
    # The quick worker gives the other its signs of life to do.
    return [WORKERS[name] for name in (["worker"] if "worker" in silent else silent)]


def restart(office: Office, name: str) -> None:
    """End a program, by force where it does not listen; supervisord starts it anew."""
    program = programs.BY_NAME[name]
    print(f"The {name} takes no jobs: it is started anew.", flush=True)
    processes.stop_leftovers(office.pid_file(name), number=program.stop, seconds=program.stop_seconds)
