"""Who has a task open now. Pages tell it every quarter of a minute; what is older than that is not shown and swept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from core import clock
from organization.models import User
from tasks.models import Presence, Task

HERE = dt.timedelta(seconds=40)
_BEAT = """INSERT INTO tasks_presence (task_id, person_id, editing, seen_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (task_id, person_id) DO UPDATE SET editing = excluded.editing, seen_at = excluded.seen_at"""


@dataclass(frozen=True)
class Present:
    """Somebody at a task: name, initials and the words for what they do."""

    task_id: int
    initials: str
    words: str
    editing: bool


def beat(task: Task, user: User, *, editing: bool) -> None:
    """The person is at the task. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [task.pk, user.pk, editing, clock.now()])


def leave(task: Task, user: User) -> None:
    """The person went on to something else."""
    Presence.objects.filter(task=task, person=user).delete()


def others_at(tasks: Iterable[int], user: User) -> list[Present]:
    """Everybody else at these tasks now; whoever edits comes first. The caller answers for the reach. One statement."""
    rows = Presence.objects.filter(task__in=list(tasks), seen_at__gt=clock.now() - HERE).exclude(person=user)
    return [_present(row) for row in rows.select_related("person").order_by("task_id", "-editing", "person_id")[:200]]


def _present(row: Presence) -> Present:
    words = _("%(person)s is editing") if row.editing else _("%(person)s is looking")
    return Present(row.task_id, row.person.initials, words % {"person": row.person.name}, row.editing)


def sweep() -> int:
    """Forget who is long gone; how many that were. One statement."""
    return Presence.objects.filter(seen_at__lt=clock.now() - 2 * HERE).delete()[0]
