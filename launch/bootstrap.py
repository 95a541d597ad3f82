"""First stage, on the system's Python: become the right user, install what is pinned, hand over to the second."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from backoffice.environment import BASE
from launch import installed, step_down

STAGES = {
    "run": "launch.office",
    "test": "launch.suite",
    "test-pg15": "launch.suite",
    "check": "launch.check",
    "messages": "launch.messages",
    "demo-data": "launch.demo_data",
    "bench": "bench",
    "drain": "bench.drain",
    "install": None,
}


def main(arguments: list[str]) -> None:
    """Run the command named first among `arguments`. Replaces this process, so signals reach what it becomes."""
    command = arguments[0] if arguments else ""
    if command not in STAGES:
        sys.exit(f"Usage: python3 -m launch {{{','.join(STAGES)}}} [...]")
    end_on_signals()
    os.chdir(BASE)
    step_down.to_owner(arguments)
    python = installed.python_packages(for_development=command != "run")
    installed.front_end_packages(python)
    if module := STAGES[command]:
        replace(python, module, arguments)


def replace(python: Path, module: str, arguments: list[str]) -> NoReturn:
    """Become `module` of the virtual environment; its programs come first on PATH."""
    os.environ["PATH"] = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])
    sys.stdout.flush()
    os.execv(python, [str(python), "-m", module, *arguments])


def end_on_signals() -> None:
    """Let SIGTERM, a closed terminal and Ctrl-C unwind this process, so that what it started is stopped too."""

    def end(number: int, frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
