"""Starting and stopping processes without losing one.

Every long-lived child leads a process group of its own and leaves a file with its number and start time, so that
the next start finds what a killed supervisor left behind and never mistakes a stranger for it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


def run(command: Sequence[str | Path], **options: Any) -> int:
    """Run `command` to its end and return its exit status; whatever ends us first ends its process group too."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **options)
    try:
        return child.wait()
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise


def must(command: Sequence[str | Path], otherwise: str, **options: Any) -> None:
    """Run `command`; exit with status 1 and the sentence `otherwise` when it fails."""
    if run(command, **options) != 0:
        sys.exit(otherwise)


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Return whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def die_with_parent(number: signal.Signals) -> None:
    """Ask Linux to send us `number` when the parent dies, however it dies. Elsewhere the pid files must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))


def remember(pid_file: Path) -> None:
    """Write our number and start time to `pid_file`, at one stroke; nothing where the system has no /proc."""
    if look := _look(os.getpid()):
        unfinished = pid_file.with_suffix(".new")
        unfinished.write_text(f"{os.getpid()} {look[1]}", encoding="utf-8")
        unfinished.replace(pid_file)


def stop_leftovers(pid_file: Path, *, number: signal.Signals = signal.SIGTERM, seconds: float = 5) -> list[int]:
    """Stop what is left of the process group recorded in `pid_file`, by force after `seconds`; return its members.

    `number` goes to the leader if it lives, else to all. A process that only has the same number as the recorded
    one is left alone.
    """
    try:
        leader, started = map(int, pid_file.read_text(encoding="utf-8").split())
    except (FileNotFoundError, ValueError):
        return []
    members = group(leader, started)
    for pid in [leader] if leader in members else members:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    if not wait_until(lambda: not group(leader, started), seconds=seconds):
        for pid in group(leader, started):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not group(leader, started), seconds=2)
    return members


def group(leader: int, started: int) -> list[int]:
    """Return the living processes of the group that `leader`, started at `started` (kernel ticks), led; not us."""
    if (now := _look(leader)) and now[1] != started:
        return []
    numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    looks = {pid: look for pid in numbers if pid != os.getpid() and (look := _look(pid))}
    return [pid for pid, (led_by, since) in looks.items() if led_by == leader and since >= started]


def _look(pid: int) -> tuple[int, int] | None:
    """Return process group and start time (kernel ticks since boot) of a process that lives, else None."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else (int(fields[2]), int(fields[19]))
