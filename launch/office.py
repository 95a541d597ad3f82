"""`make run`, second stage: everything between installed packages and a healthy office."""

import errno
import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TextIO
from urllib.parse import quote

from backoffice import environment
from launch import announce, postgres, processes, programs, supervise, watch
from launch.bootstrap import end_on_signals
from launch.places import Office

LOCK_PATIENCE_SECONDS = 3
BROKER_START_SECONDS = 20


def main() -> None:
    """Start the office of DATA and stay until it is told to end. Exits with one sentence where that is impossible."""
    end_on_signals()
    environment.read_secrets()
    office = Office(environment.data_directory())
    office.create()
    lock = hold(office)
    try:
        open_office(office)
    finally:
        shutil.rmtree(office.sockets, ignore_errors=True)
        lock.close()


def open_office(office: Office) -> None:
    """Clear away a killed predecessor, prepare, and supervise until the end."""
    for program in [*programs.SERVICES, programs.BROKER, programs.DATABASE]:
        processes.stop_leftovers(office.pid_file(program.name), number=program.stop, seconds=program.stop_seconds)
    url = address()
    settle(office, url)
    chosen = programs.of(office, os.environ)
    with embedded(office, chosen):
        if processes.run([sys.executable, "-m", "launch.prepare"]) != 0:
            sys.exit(1)  # it has said why
    print(f"Starting {', '.join(program.name for program in chosen)}", flush=True)
    announce.in_background(office, url)
    watch.in_background(office, url)
    supervise.supervise(office, chosen)


def hold(office: Office) -> TextIO:
    """Return the open lock of this office, ours until this process ends however it ends.

    Exits with a sentence where another start holds it.
    """
    lock = (office.run / "lock").open("a+", encoding="utf-8")
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                lock.seek(0)
                at = environment.read_file(office.env).get("BASE_URL", "its address")
                sys.exit(f"The office in {office.data} runs already, at {at} (process {lock.read().strip()}).")
            time.sleep(0.1)
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def address() -> str:
    """Return the URL this office will have. Exits with a sentence where the port is no number or taken."""
    host, port = os.environ.get("BIND", "127.0.0.1"), os.environ.setdefault("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {port!r}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            sys.exit(f"Port {port} on {host} {reason}. Choose another, for instance: make run PORT={int(port) + 1}")
    shown = "127.0.0.1" if host in {"0.0.0.0", "[::]"} else host
    return f"http://{shown}:{port}"


def settle(office: Office, url: str) -> None:
    """Complete our environment for the demo start and write it to DATA/env; what is set already wins.

    Keys and other lines somebody added to the file stay; addresses are those of this start.
    """
    kept = environment.read_file(office.env)
    always = {
        "DATABASE_URL": office.database_url,
        "REDIS_URL": office.broker_url,
        "BASE_URL": url,
        "DEMO": "on",
        "SECURE_SSL": "off",
    }
    once = {"SECRET_KEY": secrets.token_urlsafe(50), "EMAIL_URL": f"filemail:///{quote(str(office.data))}/mail"}
    ours = always | {key: kept.get(key, value) for key, value in once.items()}
    ours = {key: os.environ.get(key, value) for key, value in ours.items()}
    os.environ.update({"DATA": str(office.data), "PYTHONUNBUFFERED": "1", **kept, **ours})
    lines = [f"{key}={value}\n" for key, value in (kept | ours).items()]
    fresh = office.env.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text("# Written by make run; lines of your own stay.\n" + "".join(lines), encoding="utf-8")
    fresh.replace(office.env)


@contextmanager
def embedded(office: Office, chosen: list[programs.Program]) -> Iterator[None]:
    """Run the embedded database and broker, those of them that are among `chosen`, for the length of the block."""
    with ExitStack() as stack:
        if programs.DATABASE in chosen:
            postgres.take_over(office)
            postgres.create_cluster(office, postgres.programs_for(office))
            server = stack.enter_context(running(office, programs.DATABASE))
            postgres.wait_ready(office, lambda: server.poll() is None)
        if programs.BROKER in chosen:
            server = stack.enter_context(running(office, programs.BROKER))
            wait_broker(office, server)
        yield


@contextmanager
def running(office: Office, program: programs.Program) -> Iterator[subprocess.Popen[bytes]]:
    """Run one program for the length of the block, then stop it as the supervisor would."""
    with (office.log / f"{program.name}.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "launch.child", program.name],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            env=os.environ | {"DATA": str(office.data)},
        )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(program.stop)
        try:
            child.wait(program.stop_seconds + 5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        processes.stop_leftovers(office.pid_file(program.name), seconds=1)


def wait_broker(office: Office, server: subprocess.Popen[bytes]) -> None:
    """Wait until the embedded broker takes connections. Exits with a sentence if it ends."""
    path = office.broker_url.removeprefix("unix://")

    def answers() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return server.poll() is not None or probe.connect_ex(path) == 0

    if not processes.wait_until(answers, seconds=BROKER_START_SECONDS) or server.poll() is not None:
        sys.exit(f"Valkey does not start; see {office.log}/broker.log")


if __name__ == "__main__":
    main()
