"""Leftovers are found and stopped, strangers are not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch import processes

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
# A program that says when it is ready, ignores being asked to end, and has a child.
STUBBORN = (
    "import os, signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "os.fork()\n"
    "print(flush=True)\n"
    "time.sleep(60)\n"
)
# A program that records itself like ours do, then has a child and sleeps.
RECORDED = (
    "import os, sys, time, pathlib\n"
    "from launch import processes\n"
    "processes.remember(pathlib.Path(sys.argv[1]))\n"
    "os.fork()\n"
    "print(flush=True)\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Whatever a test starts and puts here is gone afterwards."""
    children: list[subprocess.Popen[bytes]] = []
    yield children
    for child in children:
        for pid in [*members(child.pid), child.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        child.wait()


def members(leader: int) -> list[int]:
    return processes.group(leader, 0) or [pid for pid in all_pids() if group_of(pid) == leader]


def all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def start(started: list[subprocess.Popen[bytes]], program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a program as leader of a group and wait until it and its child said that they are there."""
    child = subprocess.Popen([sys.executable, "-c", program, *arguments], process_group=0, stdout=subprocess.PIPE)
    started.append(child)
    assert child.stdout
    child.stdout.readline()
    child.stdout.readline()
    return child


def test_leftovers_of_a_recorded_program_are_stopped(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    file = tmp_path / "web.pid"
    leader = start(started, RECORDED, str(file))
    group = members(leader.pid)
    assert len(group) == 2
    leader.kill()
    leader.wait()
    assert processes.stop_leftovers(file) == [pid for pid in group if pid != leader.pid]
    assert not any(map(alive, group))
    assert processes.stop_leftovers(file) == []


def test_a_leader_that_lives_is_stopped_with_its_group(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    file = tmp_path / "web.pid"
    leader = start(started, STUBBORN)
    look = processes._look(leader.pid)
    assert look
    file.write_text(f"{leader.pid} {look[1]}", encoding="utf-8")
    group = members(leader.pid)
    assert sorted(processes.stop_leftovers(file, seconds=0.3)) == sorted(group)
    assert not any(map(alive, group))


def test_a_stranger_with_the_recorded_number_is_left_alone(
    started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    stranger = subprocess.Popen(SLEEPS, process_group=0)
    started.append(stranger)
    look = processes._look(stranger.pid)
    assert look
    file = tmp_path / "web.pid"
    file.write_text(f"{stranger.pid} {look[1] - 1}", encoding="utf-8")
    assert processes.stop_leftovers(file, seconds=0.2) == []
    assert alive(stranger.pid)


@pytest.mark.parametrize("content", [None, "", "none of these"])
def test_a_missing_or_broken_record_is_nothing(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "web.pid").write_text(content, encoding="utf-8")
    assert processes.stop_leftovers(tmp_path / "web.pid") == []


def test_whatever_ends_us_ends_what_we_run(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    """The launcher is told to end while pip, say, is at work."""
    program = (
        "import sys\n"
        "from launch import bootstrap, processes\n"
        "bootstrap.end_on_signals()\n"
        "inner = 'import os, time; print(os.getpid(), flush=True); print(flush=True); time.sleep(60)'\n"
        "processes.run([sys.executable, '-c', inner])\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], process_group=0, stdout=subprocess.PIPE)
    started.append(child)
    assert child.stdout
    inner = int(child.stdout.readline())
    child.terminate()
    assert child.wait(10) == 128 + signal.SIGTERM
    assert not alive(inner)


def test_a_child_dies_with_its_parent_however_that_dies(started: list[subprocess.Popen[bytes]]) -> None:
    inner = (
        "import signal, time, os\n"
        "from launch import processes\n"
        "processes.die_with_parent(signal.SIGTERM)\n"
        "print(os.getpid(), flush=True)\n"
        "time.sleep(60)\n"
    )
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    child = subprocess.Popen([sys.executable, "-c", outer], process_group=0, stdout=subprocess.PIPE)
    started.append(child)
    assert child.stdout
    pid = int(child.stdout.readline())
    child.kill()
    child.wait()
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)
