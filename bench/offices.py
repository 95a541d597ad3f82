"""The offices of a benchmark: one database a size, one more with a pile, each behind its own gunicorn."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg2

from bench.figures import Target
from bench.fill import Client
from bench.serve import ROOT, Web, environment, manage
from launch.places import Office

SAMPLE = 500


def _sql(server: Office, database: str, statement: str) -> list[tuple[object, ...]]:
    link = psycopg2.connect(host=str(server.sockets), user="backoffice", dbname=database)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def prepare(server: Office, database: str, *words: str) -> list[str]:
    """Run bench.prepare against a database in a process of its own; its lines of output."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.prepare", *words],
        env=environment(server, database),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()


def _clients(lines: list[str]) -> list[Client]:
    found = []
    for line in lines:
        person, places, code, token, session = line.split()
        found.append(Client(int(person), tuple(map(int, places.split(","))), code, token, session))
    return found


def put_back(server: Office, database: str, person: int) -> None:
    """Make what a person has in hand free again, as if it had never been served."""
    _sql(
        server,
        database,
        f"""UPDATE tasks_task SET state = 'open', assignee_id = NULL, claimed_at = NULL, started_at = NULL,
             first_started_at = NULL WHERE assignee_id = {person} AND state = 'in_progress'""",
    )


class Place:
    """A database with its server and what the figures need to know of it."""

    def __init__(self, server: Office, name: str, database: str) -> None:
        self.server, self.database = server, database
        self.assistants = _clients(prepare(server, database, "clients", "assistant"))
        self.managers = _clients(prepare(server, database, "clients", "manager"))
        self.web = Web(server, database)
        first = self.managers[0].department
        rows = _sql(server, database, f"SELECT id FROM tasks_task WHERE department_id = {first} ORDER BY id")
        step = max(1, len(rows) // SAMPLE)
        tasks = [int(str(row[0])) for row in rows[::step]]
        procedure, version = _sql(
            server,
            database,
            "SELECT procedure_id, id FROM tasks_procedureversion WHERE stage = 'published' ORDER BY 1 LIMIT 1",
        )[0]
        self.target = Target(
            name,
            database,
            self.web.port,
            self.assistants,
            self.managers,
            tasks,
            self.refill,
            self.web.memory_mb,
            {"procedure": int(str(procedure)), "version": int(str(version))},
        )

    def refill(self, ids: list[int]) -> None:
        """Put copies of completed tasks back into the queue, as free as they were."""
        _sql(
            self.server,
            self.database,
            f"""INSERT INTO tasks_task (title, text, state, priority, procedure_id, version_id, department_id,
                 confidential, due_at, due_is_date, due_from_target, remaining_minutes, start_by, urgent_at, clock_key,
                 subject_kind, subject_ref, external_source, external_reference, opened_at, waiting_kind,
                 waiting_reason, changed_at, revision)
               SELECT title, text, 'open', priority, procedure_id, version_id, department_id, false, due_at, false,
                 true, remaining_minutes, start_by, urgent_at, clock_key, '', subject_ref, '', '', opened_at, '',
                 '', now(), 1
               FROM tasks_task WHERE id IN ({", ".join(map(str, ids))})""",
        )


def of_first_department(target: Target) -> Target:
    """The same office asked by people of its first department alone, where the pile lies."""
    first = target.managers[0].department
    people = [client for client in target.assistants if client.department == first]
    return replace(target, assistants=people, managers=target.managers[:1])


@contextmanager
def opened(server: Office, sizes: list[int], pile: int) -> Iterator[tuple[list[Target], Target, Target]]:
    """Fill and serve an office of each size, one more with `pile` open tasks in one department.

    Yields the offices by size, the piled one, and the one of the middle size it is compared with.
    """
    places: list[Place] = []
    try:
        for size in sizes:
            print(f"filling {size:,} tasks", file=sys.stderr, flush=True)
            database = f"size_{size}"
            _sql(server, "postgres", f"CREATE DATABASE {database}")
            manage(server, database, "migrate", "--verbosity", "0")
            prepare(server, database, "fill", str(size))
        middle = f"size_{sizes[min(1, len(sizes) - 1)]}"
        _sql(server, "postgres", f"CREATE DATABASE piled TEMPLATE {middle}")
        prepare(server, "piled", "pile", str(pile))
        for size in sizes:
            places.append(Place(server, f"{size:,}", f"size_{size}"))
        places.append(Place(server, "piled", "piled"))
        manage(server, middle, "collectstatic", "--noinput", "--verbosity", "0")
        by_name = {place.target.name: place.target for place in places}
        base = by_name[f"{sizes[min(1, len(sizes) - 1)]:,}"]
        yield [by_name[f"{size:,}"] for size in sizes], of_first_department(by_name["piled"]), of_first_department(base)
    finally:
        for place in places:
            place.web.stop()
