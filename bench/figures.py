"""What is measured: each figure is one kind of request against one office, as requests per second."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, repeat

from bench.client import Load, drive, get, post
from bench.fill import RARE, Client

SECONDS = 1.5
EIGHT = 8
FAR = "2100-01-01T00:00:00+00:00"


@dataclass
class Target:
    """An office under load: its port, its people, tasks to open, and a way to put new work into the queue."""

    name: str
    database: str
    port: int
    assistants: list[Client]
    managers: list[Client]
    tasks: list[int]
    refill: Callable[[list[int]], None]
    memory_mb: Callable[[], float]
    create_with: dict[str, int]


def checked(load: Load, *wanted: int) -> Load:
    wrong = {status: count for status, count in load.statuses.items() if status not in wanted}
    if wrong or not load.statuses:
        said = next((body[:200] for body in load.bodies if not body.startswith(b"{")), b"")
        raise RuntimeError(f"unexpected answers {wrong or 'none at all'} {said!r}")
    return load


def _pages(target: Target, path: Callable[[Client], str], people: list[Client], threads: int = EIGHT) -> Load:
    def requests(client: Client) -> Iterator[bytes]:
        for _ in repeat(None):
            yield get(path(client), client.session)

    chosen = [person for person, _ in zip(cycle(people), range(threads), strict=False)]
    load = drive(target.port, [requests(client) for client in chosen], seconds=SECONDS)
    return checked(load, 200)


def queue(target: Target) -> Load:
    return _pages(target, lambda _: "/queue/?scope=departments", target.assistants)


def mine(target: Target) -> Load:
    return _pages(target, lambda _: "/queue/", target.assistants)


def last_page(target: Target) -> Load:
    """The end of the longest list, reached by its key: rows before a place beyond the last."""
    import datetime as dt

    from core.pages import Cursor

    place = Cursor("urgent", dt.datetime.fromisoformat(FAR), 2**62, backwards=True).encode()
    return _pages(target, lambda _: f"/queue/?scope=departments&sort=urgent&place={place}", target.assistants)


def department(target: Target) -> Load:
    return _pages(target, lambda client: f"/department/{client.code}/", target.managers)


def task_page(target: Target) -> Load:
    pick = random.Random(7)
    return _pages(target, lambda _: f"/tasks/T-{pick.choice(target.tasks)}/", target.managers[:1])


def search(target: Target) -> Load:
    """A word that stands in few tasks of the office, asked for by those who work in two departments."""
    pick = random.Random(7)
    return _pages(target, lambda _: f"/search/?q={RARE}{pick.randrange(50)}", target.assistants)


def home(target: Target) -> Load:
    """What somebody sees first, by turns an assistant and a manager."""
    people = [person for pair in zip(target.assistants, target.managers, strict=False) for person in pair]
    return _pages(target, lambda _: "/", people)


def take_next(target: Target, threads: int = EIGHT, most: int = 200) -> Load:
    """POST next until `most` tasks are given out; bodies hold them."""
    people = [person for person, _ in zip(cycle(target.assistants), range(threads), strict=False)]
    each = [repeat(post("/api/v1/tasks/next", client.token), most // threads) for client in people]
    return checked(drive(target.port, [iter(one) for one in each], seconds=60, keep=True), 200)


def next_and_complete(target: Target) -> tuple[Load, Load]:
    """Serve a batch, complete it by those who hold it, put as much new work in."""
    served = take_next(target)
    holders: dict[int, list[str]] = {}
    tasks = [json.loads(body) for body in served.bodies]
    for task in tasks:
        holders.setdefault(task["assignee"]["id"], []).append(task["reference"])
    tokens = {client.person: client.token for client in target.assistants}
    each = [
        [post(f"/api/v1/tasks/{reference}/complete", tokens[person]) for reference in references]
        for person, references in holders.items()
    ]
    done = checked(drive(target.port, [iter(one) for one in each], seconds=60), 200)
    target.refill([int(task["reference"].removeprefix("T-")) for task in tasks])
    return served, done


FIGURES: dict[str, Callable[[Target], Load]] = {
    "home": home,
    "queue": queue,
    "my tasks": mine,
    "department page": department,
    "task page": task_page,
    "last page of a list": last_page,
    "search of a rare word": search,
}
