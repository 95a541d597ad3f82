"""Draining the real queue over HTTP with many clients at once, and what the office's records then say about it."""

from __future__ import annotations

import csv
import http.client
import io
import json
import random
import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection

from organization.models import User
from organization.tokens import create_token
from records.models import Event
from tasks import tallies
from tasks.importing.run import ask_import
from tasks.models import Task
from tasks.states import UNFINISHED
from tasks.tests.coming_in import done

ROWS = 8577
LANES = 54
CLIENTS = 12
SEED = 20111006
TIMEOUT = 60


def subset(data: bytes, rows: int, seed: int = SEED) -> bytes:
    """As many rows of the permit log, drawn by chance but with one at least for each group and activity."""
    header, *all_rows = csv.reader(io.StringIO(data.decode(), newline=""))
    chance = random.Random(seed)
    chance.shuffle(all_rows)
    group, activity = header.index("org:group"), header.index("concept:name")
    owner = header.index("case:department")
    firsts = {(row[group], row[owner], row[activity]): row for row in reversed(all_rows)}
    chosen = list(firsts.values())
    chosen += [row for row in all_rows if row is not firsts[row[group], row[owner], row[activity]]]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *sorted(chosen[:rows])])
    return out.getvalue().encode()


def imported_open(data: bytes, mapping: Any) -> tuple[set[str], list[User]]:
    """Import the permit log open; its external references, and the people who worked on it."""
    upload = ContentFile(data, name="permit-intake.csv")
    done(ask_import(upload, mapping=mapping, open_all=True, create_missing=True, actor=None))
    references = {row["concept:instance"] for row in csv.DictReader(io.StringIO(data.decode(), newline=""))}
    return references, list(User.objects.filter(aliases__source=mapping["source"]).order_by("id"))


@dataclass
class Drained:
    """What the clients saw: references in the order of their completion, and how long it took."""

    completed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    most_at_once: int = 0


class Client(threading.Thread):
    """One program that works for several people in turn: next, complete, the next person."""

    def __init__(self, port: int, tokens: list[str], drained: Drained, busy: Busy) -> None:
        super().__init__(daemon=True)
        self.port, self.tokens, self.drained, self.busy = port, list(tokens), drained, busy
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            while self.tokens:
                token = self.tokens.pop(0)
                if self.serve(token):
                    self.tokens.append(token)
        except Exception as error:
            self.drained.problems.append(f"{type(error).__name__}: {error}")

    def serve(self, token: str) -> bool:
        """Take the person's next task and complete it; False when there is nothing for them."""
        with self.busy:
            status, task = self.post("/api/v1/tasks/next", token)
        if status == 204:
            return False
        if status != 200:
            raise RuntimeError(f"next answered {status}: {task}")
        with self.busy:
            status, done = self.post(f"/api/v1/tasks/{task['reference']}/complete", token)
        if status != 200 or done["state"] != "done":
            raise RuntimeError(f"complete of {task['reference']} answered {status}: {done}")
        self.drained.completed.append(done["external_reference"])
        return True

    def post(self, path: str, token: str) -> tuple[int, Any]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        self.connection.request("POST", path, headers={"Authorization": f"Bearer {token}", "Content-Length": "0"})
        response = self.connection.getresponse()
        body = response.read()
        if response.will_close:
            self.connection.close()
            self.connection = None
        return response.status, json.loads(body) if body else None


class Busy:
    """Counts requests that are under way at the same time."""

    def __init__(self) -> None:
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def __enter__(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_error: object) -> None:
        with self.lock:
            self.now -= 1


def drain(port: int, people: list[User], clients: int = CLIENTS) -> Drained:
    """Let `clients` programs, each in turn one of its share of the people, work until nobody is given anything."""
    tokens = [create_token(person, actor=None, name="drain")[1] for person in people]
    drained, busy = Drained(), Busy()
    threads = [Client(port, tokens[number::clients], drained, busy) for number in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drained.seconds, drained.most_at_once = time.perf_counter() - begun, busy.most
    return drained


@dataclass(frozen=True)
class Served:
    """A task as it was served: place in its lane's order, event and transaction that served it, and the one after.

    `begun` is the number of the serving transaction. PostgreSQL gives it to the transaction when it locks the person,
    before it looks at any task. `over` is the number of the transaction that completed the task: the client asked for
    that when it had the answer, so the serving transaction had committed before the number was given out.
    """

    lane: tuple[int, int]
    order: tuple[Any, int]
    event: int
    begun: int
    over: int


def unexplained(served: Iterable[Served]) -> tuple[int, list[tuple[Served, Served]]]:
    """(number of inversions, those that nothing explains) among served tasks.

    Within a lane (department, procedure) the order is that of (urgent_at, id). An inversion is a pair: `late`, more
    urgent, was served by a later event than `early`. It is explained only if `late` was being served at the moment
    `early` was chosen, for then its row was locked. That takes a serving transaction of `late` that had begun before
    the one of `early` was over; transaction numbers are given out in one order, so `late.begun < early.over`.
    If `late.begun > early.over`, `late` was free while `early` was chosen: nothing explains it.
    """
    lanes: dict[tuple[int, int], list[Served]] = defaultdict(list)
    for one in served:
        lanes[one.lane].append(one)
    inversions, wrong = 0, []
    for lane in lanes.values():
        lane.sort(key=lambda one: one.event)
        passed: list[tuple[tuple[Any, int], Served]] = []  # served so far, least urgent last
        for late in lane:
            place = bisect_left(passed, late.order, key=lambda pair: pair[0])
            for _order, early in passed[place:]:
                inversions += 1
                if late.begun > early.over:
                    wrong.append((early, late))
            passed.insert(place, (late.order, late))
    return inversions, wrong


SERVED = """SELECT t.department_id, t.procedure_id, t.urgent_at, t.id, n.id, n.transaction, c.transaction
FROM tasks_task t
JOIN records_event n ON n.task_id = t.id AND n.verb = 'next'
JOIN records_event c ON c.task_id = t.id AND c.verb = 'complete'"""


def all_served() -> list[Served]:
    """Every task that was served by next and completed."""
    with connection.cursor() as cursor:
        cursor.execute(SERVED)
        return [Served((row[0], row[1]), (row[2], row[3]), row[4], row[5], row[6]) for row in cursor.fetchall()]


def faults(references: set[str], people: list[User], drained: Drained) -> list[str]:
    """Whatever is not as it should be after a drain; empty when all is well."""
    found = list(drained.problems)
    if unfinished := Task.objects.filter(state__in=UNFINISHED).count():
        found.append(f"{unfinished} tasks are left in the queue")
    if Counter(drained.completed) != Counter(references):
        found.append("what the clients completed is not what stands in the file, once each")
    tasks = Counter(Task.objects.values_list("pk", flat=True))
    for verb in ("open", "next", "complete"):
        if Counter(Event.objects.filter(verb=verb, subject_kind="task").values_list("task_id", flat=True)) != tasks:
            found.append(f"there is not one event {verb} for each task")
    places = {person.pk: set(person.standing.posts) for person in people}
    for actor, department in Event.objects.filter(verb="next").values_list("actor_id", "department_id").distinct():
        if department not in places[actor]:
            found.append(f"person {actor} was served in department {department}")
    for early, late in unexplained(all_served())[1]:
        found.append(f"task {late.order[1]} was free when task {early.order[1]}, less urgent, was served")
    return found + [f"backlog of {row[0]} is wrong" for row in tallies.wrong_tallies()]
