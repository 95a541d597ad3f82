"""Undo: the state and hands before one's own last verb, within a minute and while nothing else happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import Department, User
from records.models import Event
from tasks import clocks
from tasks.changes import TRACKED, Change, lock, lock_person, save, snapshot
from tasks.eligibility import admit
from tasks.models import Task
from tasks.states import REVERSIBLE

WITHIN = dt.timedelta(seconds=60)
_INSTANTS = frozenset(name for name in TRACKED if name.endswith(("_at", "_since", "_until", "start_by")))


def undoable(task: Task, user: User, *, now: dt.datetime | None = None) -> Event | None:
    """The event `user` may undo on `task` now, or None."""
    event = Event.objects.filter(task_id=task.pk, verb__in=REVERSIBLE | {"undo"}).order_by("-id").first()
    if event is None or event.verb == "undo" or event.actor_id != user.pk:
        return None
    return event if (now or clock.now()) - event.occurred_at <= WITHIN else None


def undo(task: Task | int, *, actor: User) -> Task:
    """Put back what the actor's last verb on the task changed; its own event points at the one it reverses.

    Raises Refused after 60 seconds, for somebody else's verb, when anything changed since, and when the gate would
    not let a task go back to the hands it was taken from.
    """
    with transaction.atomic():
        person = lock_person(actor)
        row = lock(task if isinstance(task, int) else task.pk)
        event = undoable(row, actor)
        payload = getattr(event, "payload", None) if event else None
        if event is None or payload is None:
            raise Refused(_("There is nothing of yours to undo on %(task)s.") % {"task": row.reference}, code="no_undo")
        if payload.body.get("revision") != row.revision:
            raise Refused(
                _("%(task)s has changed since, so it cannot be undone.") % {"task": row.reference},
                code="changed_since",
            )
        work = Change(row, "undo", actor, snapshot(row), clock.now(), reverses_id=event.pk)
        for name, (old, _new) in payload.body.get("changes", {}).items():
            setattr(row, name, _revive(name, old))
        if row.assignee_id == actor.pk and work.before["assignee_id"] != actor.pk and not row.is_finished:
            admit(person, row)
        _refresh_relations(row, work.before)
        save(work)
        return row


def _revive(name: str, value: Any) -> Any:
    return dt.datetime.fromisoformat(value) if value is not None and name in _INSTANTS else value


def _refresh_relations(row: Task, before: dict[str, Any]) -> None:
    """A department put back has its own calendar: the clock is computed with it."""
    if row.department_id != before["department_id"]:
        row.department = Department.objects.select_related("site", "calendar").get(pk=row.department_id)
        clocks.set_clock(row)
