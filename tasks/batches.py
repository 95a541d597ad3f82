"""Many verbs in one transaction, for imports: the same verbs, the same events, written down together.

Inside `batch` a verb makes no savepoint of its own, takes people the batch has locked and tasks it opened itself as
they are (nobody else can see those before the commit), and leaves those tasks, events, involvement, labels and backlog
to be inserted at the end, many in a statement. It is meant for verbs on tasks opened in it: a query does not find them
yet. The first refusal undoes the whole block: the caller then does it one by one.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, transaction

from core.prepared import Statement
from organization.models import User
from organization.standing import forget
from records import events
from tasks import search_index
from tasks.models import Involvement, Label, TallyDelta, Task


@dataclass
class Batch:
    """What a batch has in hand, and what is still to be written."""

    people: dict[int, User] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    tasks: dict[int, Task] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    involved: list[tuple[int, int, str, dt.datetime]] = field(default_factory=list)
    labelled: list[tuple[int, int]] = field(default_factory=list)
    backlog: dict[int, list[int]] = field(default_factory=dict)

    def count(self, department_id: int, tasks: int, minutes: int) -> None:
        """Add to what the backlog of a department changes by."""
        move = self.backlog.setdefault(department_id, [0, 0])
        move[0] += tasks
        move[1] += minutes

    def write(self) -> None:
        """Insert what was kept back."""
        Task.objects.bulk_create(self.tasks.values())
        search_index.add_all(self.tasks.values())
        insert("tasks_involvement (task_id, person_id, how, since)", self.involved)
        insert("tasks_task_labels (task_id, label_id)", self.labelled)
        TallyDelta.objects.bulk_create(
            TallyDelta(department_id=department_id, tasks=count, minutes=minutes)
            for department_id, (count, minutes) in self.backlog.items()
            if count or minutes
        )


_current: ContextVar[Batch | None] = ContextVar("backoffice_batch", default=None)
_rehearsed: ContextVar[Iterator[int] | None] = ContextVar("backoffice_rehearsed_numbers", default=None)
MOST_REHEARSED = 1_000_000  # numbers of one backend, many times what is ever tried


def current() -> Batch | None:
    """The batch the present verb is part of."""
    return _current.get()


def savepoint() -> bool:
    """Does a verb begin a savepoint where it is inside of another transaction? Not in a batch, which has one."""
    return _current.get() is None


def insert_task(task: Task, creator: User | None, share: tuple[int, int]) -> None:
    """Insert a new task, the words it is found by, who created it, and its share of the backlog, in one statement.

    `share` is tasks and minutes. In a batch it gets its number now and all is inserted at the end, the task as the
    verbs left it by then.
    """
    work = _current.get()
    if work is None:
        task.pk = _insert_whole(task, creator, share)
        task._state.adding, task._state.db = False, connection.alias
        return
    task.pk = work.numbers.pop() if work.numbers else _numbers(1)[0]
    work.tasks[task.pk] = task
    work.count(task.department_id, *share)
    if creator:
        work.involved.append((task.pk, creator.pk, str(Involvement.How.CREATED), task.opened_at))


def _insert_whole(task: Task, creator: User | None, share: tuple[int, int]) -> int:
    values = [getattr(task, name) for name in _columns()]
    values += [task.department_id, search_index.content(task), task.department_id, *share]
    if creator:
        values += [creator.pk, str(Involvement.How.CREATED), task.opened_at]
    with connection.cursor() as cursor:
        _whole(creator is not None).run(cursor, values)
        return int(cursor.fetchone()[0])


@cache
def _whole(created: bool) -> Statement:
    """The statement: all columns as they are (none needs to be converted), and what hangs on the new number."""
    places = ", ".join(["%s"] * len(_columns()))
    involved = """, involved AS (INSERT INTO tasks_involvement (task_id, person_id, how, since)
        SELECT id, %s::bigint, %s::varchar, %s::timestamptz FROM task)"""
    return Statement(f"""WITH task AS (INSERT INTO tasks_task ({", ".join(_columns())}) VALUES ({places}) RETURNING id),
        entry AS (INSERT INTO tasks_searchentry (task_id, department_id, words)
            SELECT id, %s::bigint, %s::tsvector FROM task),
        share AS (INSERT INTO tasks_tallydelta (department_id, tasks, minutes)
            SELECT place, count, sum FROM (VALUES (%s::bigint, %s::integer, %s::integer)) AS one (place, count, sum)
            WHERE count <> 0 OR sum <> 0)
        {involved if created else ""} SELECT id FROM task""")


@cache
def _columns() -> tuple[str, ...]:
    return tuple(field.attname for field in Task._meta.concrete_fields if not field.primary_key)


def holds(task_id: int) -> bool:
    """Was the task opened in the present batch? Then it is inserted at its end and must not be updated before."""
    work = _current.get()
    return work is not None and task_id in work.tasks


@contextmanager
def rehearsed() -> Iterator[None]:
    """Tasks opened by batches of the block get numbers that no task has: the sequence does not go back by a rollback.

    For a transaction that is taken back. The numbers are negative and the backend's own, so that two such transactions
    never wait for each other's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        first = -int(cursor.fetchone()[0]) * MOST_REHEARSED
    token = _rehearsed.set(itertools.count(first, -1))
    try:
        yield
    finally:
        _rehearsed.reset(token)


def _numbers(count: int) -> list[int]:
    """As many numbers for tasks, the last of them the first to be used."""
    rehearsed = _rehearsed.get()
    if rehearsed is not None:
        return list(itertools.islice(rehearsed, count))[::-1]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('tasks_task', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in reversed(cursor.fetchall())]


@contextmanager
def batch(people: Iterable[int] = (), tasks: int = 0) -> Iterator[Batch]:
    """Do the verbs of the block together; an exception undoes all of them.

    `people` are the keys of everybody who gets work in it: they are locked first, in order, so that two batches
    cannot wait for each other. Their memberships come with them. `tasks` is how many are going to be opened.
    """
    with transaction.atomic():
        locked = User.objects.filter(pk__in=list(people)).order_by("pk").select_for_update(no_key=True)
        work = Batch({person.pk: person for person in locked.prefetch_related("memberships")}, _numbers(tasks))
        for person in work.people.values():
            forget(person)
        token = _current.set(work)
        try:
            with events.together():
                yield work
        finally:
            _current.reset(token)
        work.write()


def insert(into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in one statement, those that are there already left alone. `into` is a constant of ours."""
    if not rows:
        return
    one = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {into} VALUES {', '.join([one] * len(rows))} ON CONFLICT DO NOTHING",
            [value for row in rows for value in row],
        )
