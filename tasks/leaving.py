"""When somebody leaves the office, what they hold goes back to the queue."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock
from organization.models import User
from tasks.changes import Change, lock, save, snapshot
from tasks.models import Task
from tasks.states import FINISHED, State
from tasks.transitions import release


def held_by(person: User, department_id: int | None = None) -> QuerySet[Task]:
    """What would go back to the queue, most urgent first; of one department, or all."""
    held = Task.objects.unfinished().filter(assignee=person).exclude(state=State.IN_REVIEW)
    held = held.filter(department=department_id) if department_id else held
    return held.order_by("urgent_at", "id")


def return_work(person: User, *, actor: User | None, department_id: int | None = None, reason: str = "") -> list[Task]:
    """Release everything unfinished that `person` has but what is in review, which stays with its reviewer.

    Of one department, or all. Runs in the caller's transaction, the person's row locked; one `release` event each, with
    the reason (that they have left, where none is given).
    """
    held = held_by(person, department_id)
    reason = reason or _("%(person)s has left.") % {"person": person.name}
    returned = []
    for pk in held.order_by("urgent_at", "id").values_list("pk", flat=True):
        row = lock(pk)
        if row.assignee_id != person.pk or row.state in {*FINISHED, State.IN_REVIEW}:
            continue  # somebody was faster
        verb = _unplan if row.state == State.PLANNED else release
        returned.append(verb(row, actor=actor or person, reason=reason))
    return returned


def _unplan(row: Task, *, actor: User, reason: str) -> Task:
    """Planned work stays planned and is nobody's; nobody else may do that, a manager gives it to another."""
    work = Change(row, "release", actor, snapshot(row), clock.now(), extra={"reason": reason})
    row.assignee = row.claimed_at = None
    save(work)
    return row
