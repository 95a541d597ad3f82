"""What is true of the queue at every instant, whatever was killed when. Each check yields sentences about breaches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.db import connection

from core import clock
from tasks import alarms
from tasks.clocks import key_of
from tasks.models import Task
from tasks.states import UNFINISHED
from tasks.tallies import wrong_tallies

SHOWN = 20

# Comments, files and erasures leave the row as it is; the other events say which revision they made.
_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "T-{0} is {1}, its history ends in {2}.",
        """SELECT t.id, t.state, last.to_state FROM tasks_task t JOIN LATERAL (
             SELECT to_state FROM records_event e WHERE e.task_id = t.id AND e.subject_kind = 'task'
             ORDER BY e.id DESC LIMIT 1) last ON last.to_state <> t.state""",
    ),
    (
        "T-{0} was opened {1} times.",
        """SELECT t.id, count(e.id) FROM tasks_task t LEFT JOIN records_event e ON e.task_id = t.id AND e.verb = 'open'
           GROUP BY t.id HAVING count(e.id) <> 1""",
    ),
    (
        "T-{0} has revision {1}, its history made {2} changes.",
        """SELECT t.id, t.revision, count(e.id) FROM tasks_task t
           JOIN records_event e ON e.task_id = t.id AND e.subject_kind = 'task' AND e.verb NOT IN ('comment', 'attach')
           GROUP BY t.id HAVING count(e.id) <> t.revision""",
    ),
    (
        "Event {0} of T-{1} goes on from {2}, but the one before it left {3}.",
        """SELECT id, task_id, from_state, before FROM (
             SELECT id, task_id, from_state, lag(to_state) OVER (PARTITION BY task_id ORDER BY id) AS before
             FROM records_event WHERE task_id IS NOT NULL AND subject_kind = 'task') chain
           WHERE before IS NOT NULL AND before <> from_state""",
    ),
    (
        "T-{0} is with person {1}, who has left.",
        """SELECT t.id, t.assignee_id FROM tasks_task t JOIN organization_user u ON u.id = t.assignee_id
           WHERE NOT u.is_active AND t.state IN ('open', 'in_progress', 'waiting', 'planned')""",
    ),
    (
        "T-{0} is with person {1}, but nothing says they ever held it.",
        """SELECT t.id, t.assignee_id FROM tasks_task t WHERE t.assignee_id IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM tasks_involvement i
             WHERE i.task_id = t.id AND i.person_id = t.assignee_id AND i.how = 'held')""",
    ),
    (
        "T-{0} is of procedure {1}, its version of procedure {2}.",
        """SELECT t.id, t.procedure_id, v.procedure_id FROM tasks_task t
           JOIN tasks_procedureversion v ON v.id = t.version_id WHERE v.procedure_id <> t.procedure_id""",
    ),
    (
        "T-{0} is {1} and would still speak up.",
        """SELECT id, state FROM tasks_task WHERE alarm_at IS NOT NULL AND state NOT IN
             ('open', 'in_progress', 'waiting', 'in_review')""",
    ),
    (
        "T-{0} is watched by {1}, but says otherwise.",
        """SELECT t.id, count(w.id) FROM tasks_task t JOIN tasks_watch w ON w.task_id = t.id
           WHERE NOT t.watched GROUP BY t.id""",
    ),
)


def broken() -> Iterator[str]:
    """Breaches of the queue's invariants, at most twenty of each kind."""
    for sentence, statement in _CHECKS:
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} LIMIT {SHOWN}")
            for row in cursor.fetchall():
                yield sentence.format(*row)
    for task in islice(wrong_alarms(), SHOWN):
        yield f"{task.reference} speaks up at {task.alarm_at}, a recount gives {alarms.next_alarm(task, clock.now())}."
    for department_id, kept, counted in wrong_tallies():
        yield (
            f"The kept backlog of department {department_id} is {kept.tasks} tasks, {kept.minutes} min; "
            f"a recount gives {counted.tasks} tasks, {counted.minutes} min."
        )


def wrong_alarms() -> Iterator[Task]:
    """Unfinished tasks whose alarm differs from a recount, but for those whose clock is to be computed anew."""
    now = clock.now()
    rows = Task.objects.filter(state__in=list(UNFINISHED)).order_by("pk")
    for task in rows.select_related("department__site", "department__calendar", "procedure").iterator(2000):
        if not alarms.is_right(task, now) and task.clock_key == key_of(task):
            yield task
