"""After any kill at any moment nothing acknowledged is lost or doubled, and the office goes on by itself.

A whole office runs under its supervisor; 32 clients work through the API while children of web server, worker and
database are killed 200 times with kill -9. Each request carries an Idempotency-Key and is repeated until it has an
answer, so that at the end every answered verb must have exactly one event.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import psycopg2
import pytest

from launch import office as offices
from launch import programs
from launch.places import Office
from launch.ports import free_port
from launch.suite import TESTS_KEY

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = 200
CLIENTS = 32
PAUSE = 0.25
WAIT_SECONDS = 60


@dataclass
class Ledger:
    """What was answered: (verb, reference) as often as it was, and titles of created tasks."""

    verbs: Counter[tuple[str, str]] = field(default_factory=Counter)
    titles: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


def environment(office: Office, port: int) -> dict[str, str]:
    foreign = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BASE_URL", "DEMO", "DEBUG", "SECRET_KEY"}
    kept = {key: value for key, value in os.environ.items() if key not in foreign}
    return kept | {"DATA": str(office.data), "PORT": str(port), "WEB_WORKERS": "2", "WEB_THREADS": "8"}


def seed(office: Office, environ: dict[str, str]) -> list[tuple[str, int, int]]:
    """Migrate and fill the office's database before it starts; tokens with department and procedure."""
    whole = environ | {"DATABASE_URL": office.database_url, "SECRET_KEY": TESTS_KEY, "DEMO": "on"}
    with offices.embedded(office, [programs.DATABASE]):
        words = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
        subprocess.run(words, env=whole, check=True, cwd=ROOT)
        words = [sys.executable, "-m", "backoffice.tests.kills_seed"]
        done = subprocess.run(words, env=whole, check=True, cwd=ROOT, capture_output=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(token, int(department), int(procedure)) for token, department, procedure in rows]


@contextmanager
def running_office(office: Office, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with (office.data / "office.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "launch", "run"], env=environ, cwd=ROOT, stdout=log, stderr=log, process_group=0
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def healthy(port: int, seconds: float) -> str:
    """An empty text once /health/ says ok, else what it said last."""
    said = "nothing"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2) as answer:
                if answer.status == 200:
                    return ""
        except urllib.error.HTTPError as error:
            said = error.read().decode()
        except OSError as error:
            said = str(error)
        time.sleep(0.3)
    return said


def call(port: int, path: str, token: str, body: dict[str, object], key: str) -> tuple[int, dict[str, object]]:
    """POST until there is an answer that is not about a dead server; at most a minute."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1{path}",
        data=json.dumps(body).encode(),
        method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key},
    )
    deadline = time.monotonic() + WAIT_SECONDS
    last: object = None
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            last = error.code
            with suppress(OSError, ValueError, HTTPException):  # a refusal can be cut off too: asked again
                problem = json.loads(error.read() or b"{}")
                # In progress: the first try of this key is still being done by another process.
                if error.code < 500 and problem.get("code") != "in_progress":
                    return error.code, problem
        except (OSError, ValueError, HTTPException) as error:  # refused, reset, cut off in the middle of an answer
            last = error
        time.sleep(0.05)
    raise AssertionError(f"no answer to {path} in {WAIT_SECONDS} s, last: {last}")


def work(port: int, who: tuple[str, int, int], number: int, stop: threading.Event, ledger: Ledger) -> None:
    """Create, take next, release or complete, until told to stop."""
    token, department, procedure = who
    dice = random.Random(number)
    for turn in range(1_000_000):
        if stop.is_set():
            return
        # Thirty-two are at it all the time as it is; without a breath they take the cores from the tests beside.
        time.sleep(dice.random())
        key = f"{number}-{turn}"
        if dice.random() < 0.4:
            body: dict[str, object] = {"title": f"Made {key}", "procedure": procedure, "department": department}
            status, answer = call(port, "/tasks", token, body, f"create-{key}")
            assert status == 201, answer
            with ledger.lock:
                ledger.titles[f"Made {key}"] = str(answer["reference"])
                ledger.verbs["open", str(answer["reference"])] += 1
            continue
        status, task = call(port, "/tasks/next", token, {}, f"next-{key}")
        if status != 200:
            continue
        reference = str(task["reference"])
        verb = "release" if dice.random() < 0.2 else "complete"
        status, answer = call(port, f"/tasks/{reference}/{verb}", token, {}, f"{verb}-{key}")
        with ledger.lock:
            if status == 200:
                ledger.verbs[verb, reference] += 1
            else:
                ledger.refused[f"{verb} {status} {answer.get('code')}"] += 1


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def victims(office: Office, name: str) -> list[int]:
    """Processes of a program that may be killed: of the database its sessions alone, of the others any child."""
    try:
        pid = int(office.pid_file(name).read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return []
    children = children_of(pid)
    if name != "database":
        return children or [pid]
    found = []
    for child in children:
        with suppress(OSError):
            line = Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace")
            if "backoffice backoffice" in line:
                found.append(child)
    return found


def kill_at_random(office: Office, times: int) -> Counter[str]:
    """Kill -9 a random child `times` times; how often of which program."""
    dice, killed = random.Random(4), Counter[str]()
    deadline = time.monotonic() + 240
    while sum(killed.values()) < times and time.monotonic() < deadline:
        name = dice.choices(["web", "worker", "worker-long", "database"], [4, 6, 4, 3])[0]
        chosen = victims(office, name)
        if chosen:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(chosen), signal.SIGKILL)
                killed[name] += 1
        time.sleep(PAUSE)
    return killed


def events_by_verb(office: Office) -> Counter[tuple[str, str]]:
    link = psycopg2.connect(host=str(office.sockets), user="backoffice", dbname="backoffice")
    try:
        with link.cursor() as cursor:
            cursor.execute("SELECT verb, task_id, count(*) FROM records_event WHERE task_id IS NOT NULL GROUP BY 1, 2")
            return Counter({(verb, f"T-{task}"): count for verb, task, count in cursor.fetchall()})
    finally:
        link.close()


@pytest.mark.slow
def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    office, port = Office(tmp_path / "office"), free_port()
    office.create()
    environ = environment(office, port)
    people = seed(office, environ)
    assert len(people) == CLIENTS
    ledger, stop, failures = Ledger(), threading.Event(), []

    def client(number: int) -> None:
        try:
            work(port, people[number], number, stop, ledger)
        except Exception as error:
            failures.append(f"client {number}: {error!r}")

    with running_office(office, environ):
        said = healthy(port, WAIT_SECONDS)
        assert not said, said + (office.data / "office.log").read_text(encoding="utf-8", errors="replace")[-2000:]
        threads = [threading.Thread(target=client, args=(number,), daemon=True) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        killed = kill_at_random(office, KILLS)
        stop.set()
        for thread in threads:
            thread.join(timeout=WAIT_SECONDS + 10)
        assert not healthy(port, WAIT_SECONDS), "the office did not recover by itself"
        assert sum(killed.values()) == KILLS, killed
        assert not failures, failures
        counted = events_by_verb(office)
        doctor = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "doctor"], env=environ, cwd=ROOT, capture_output=True, text=True
        )
    assert doctor.returncode == 0, doctor.stdout[-3000:] + doctor.stderr[-2000:]
    assert len(ledger.verbs) > 100, ledger.refused
    for verb in ("open", "complete", "release"):
        answered = Counter({key: count for key, count in ledger.verbs.items() if key[0] == verb})
        seeds = verb == "open"
        written = Counter({key: n for key, n in counted.items() if key[0] == verb and (not seeds or key in answered)})
        assert written == answered, {key: (written[key], answered[key]) for key in written.keys() ^ answered.keys()}
    assert len(set(ledger.titles.values())) == len(ledger.titles)
