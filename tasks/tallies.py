"""The kept backlog of a department: read with what is not folded yet, fold, and prove by a recount."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from tasks.models import Tally, TallyDelta, Task

FOLD_LOCK = 4_201_003
_FOLD = """WITH taken AS (
    DELETE FROM tasks_tallydelta WHERE id IN (SELECT id FROM tasks_tallydelta ORDER BY id LIMIT %s)
    RETURNING department_id, tasks, minutes
), sums AS (
    SELECT department_id, sum(tasks) AS tasks, sum(minutes) AS minutes FROM taken GROUP BY department_id
)
INSERT INTO tasks_tally AS kept (department_id, tasks, minutes) SELECT department_id, tasks, minutes FROM sums
ON CONFLICT (department_id) DO UPDATE SET
    tasks = kept.tasks + EXCLUDED.tasks, minutes = kept.minutes + EXCLUDED.minutes"""
_READ = """SELECT COALESCE(sum(tasks), 0), COALESCE(sum(minutes), 0) FROM (
    SELECT tasks, minutes FROM tasks_tally WHERE department_id = ANY(%(departments)s)
    UNION ALL SELECT tasks, minutes FROM tasks_tallydelta WHERE department_id = ANY(%(departments)s)) AS both_parts"""


@dataclass(frozen=True)
class Backlog:
    """Open work nobody has: number of tasks and standard minutes."""

    tasks: int
    minutes: int


def backlog_of(department_ids: Iterable[int]) -> Backlog:
    """The kept backlog of departments together, one statement, whatever the history."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"departments": list(department_ids)})
        tasks, minutes = cursor.fetchone()
    return Backlog(int(tasks), int(minutes))


def fold(most: int = 20_000) -> None:
    """Fold appended deltas into the kept counts; one folder at a time, safe to run twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM tasks_tallydelta LIMIT 1")
        if cursor.fetchone() is None:
            return
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [FOLD_LOCK])
        if not cursor.fetchone()[0]:
            return
        try:
            cursor.execute(_FOLD, [most])
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [FOLD_LOCK])


def wrong_tallies() -> list[tuple[int, Backlog, Backlog]]:
    """Departments whose kept backlog differs from a recount: (id, kept, counted). One consistent snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH kept AS (SELECT department_id, sum(tasks) AS tasks, sum(minutes) AS minutes FROM (
                   SELECT department_id, tasks, minutes FROM tasks_tally
                   UNION ALL SELECT department_id, tasks, minutes FROM tasks_tallydelta) AS parts GROUP BY 1),
               counted AS (SELECT department_id, count(*) AS tasks, sum(remaining_minutes) AS minutes FROM tasks_task
                   WHERE state = 'open' AND assignee_id IS NULL GROUP BY 1)
               SELECT COALESCE(k.department_id, c.department_id), COALESCE(k.tasks, 0), COALESCE(k.minutes, 0),
                   COALESCE(c.tasks, 0), COALESCE(c.minutes, 0)
               FROM kept k FULL JOIN counted c ON c.department_id = k.department_id
               WHERE (COALESCE(k.tasks, 0), COALESCE(k.minutes, 0)) <> (COALESCE(c.tasks, 0), COALESCE(c.minutes, 0))
               ORDER BY 1"""
        )
        return [
            (row[0], Backlog(int(row[1]), int(row[2])), Backlog(int(row[3]), int(row[4]))) for row in cursor.fetchall()
        ]


def rebuild() -> None:
    """Set the kept counts from a recount; for data put in without verbs (benchmarks, repairs)."""
    Tally.objects.all().delete()
    TallyDelta.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {Tally._meta.db_table} (department_id, tasks, minutes)
                SELECT department_id, count(*), sum(remaining_minutes) FROM {Task._meta.db_table}
                WHERE state = 'open' AND assignee_id IS NULL GROUP BY 1"""
        )
