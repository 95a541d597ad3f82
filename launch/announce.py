"""Say where the office is once it is healthy."""

import json
import os
import signal
import time
import urllib.error
import urllib.request

from launch import processes
from launch.places import Office

PATIENCE_SECONDS = 120
SIGN_INS = ("admin", "manager", "assistant", "colleague")


def in_background(office: Office, url: str) -> None:
    """Leave a process that prints the address when /health/ says ok, and ends with us or after two minutes."""
    parent = os.getpid()
    if os.fork() == 0:
        processes.die_with_parent(signal.SIGKILL)
        try:
            _announce(office, url, parent)
        finally:
            os._exit(0)


def _announce(office: Office, url: str, parent: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    health: dict[str, object] | None = None
    while os.getppid() == parent and time.monotonic() < deadline:
        health = look(url)
        if health and health["status"] == "ok":
            print(message(office, url), flush=True)
            return
        time.sleep(0.2)
    if os.getppid() == parent:
        print(f"Not healthy after {PATIENCE_SECONDS} seconds: {health}. Logs: {office.log}", flush=True)


def look(url: str) -> dict[str, object] | None:
    """Return what /health/ of the office at `url` says, or None when nothing answers."""
    try:
        with urllib.request.urlopen(f"{url}/health/", timeout=2) as answer:
            body: dict[str, object] = json.load(answer)
    except urllib.error.HTTPError as error:
        body = json.load(error)
    except (OSError, ValueError):
        return None
    return body


def message(office: Office, url: str) -> str:
    """Return what the person at the terminal needs to know."""
    way_in = "  Make yourself an admin: .venv/bin/python manage.py create_admin EMAIL\n"
    if os.environ["DEMO"] == "on":
        addresses = "".join(f"    {name}@demo.example\n" for name in SIGN_INS)
        way_in = f"  Sign in with the password demo-demo-demo as\n{addresses}"
    return (
        f"\nBackoffice is ready: {url}/\n\n{way_in}\n"
        f"  Logs: {office.log}\n  Ctrl-C ends it; the data stays in {office.data}\n"
    )
