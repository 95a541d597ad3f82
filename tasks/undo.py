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
from tasks.states import FINISHED, REVERSIBLE, State

WITHIN = dt.timedelta(seconds=60)
_INSTANTS = frozenset(name for name in TRACKED if name.endswith(("_at", "_since", "_until", "start_by")))


def undoable(task: Task, user: User, *, now: dt.datetime | None = None) -> Event | None:
    """The event `user` may undo on `task` (fresh) now, or None: whatever changed since leaves nothing to undo."""
    event = _last_verb(task.pk, user, now)
    return event if event and event.payload.body.get("revision") == task.revision else None


def _last_verb(task_id: int, user: User, now: dt.datetime | None = None) -> Event | None:
    """The last verb on a task that can be undone, if it is `user`'s, young enough and still says what it changed."""
    verbs = Event.objects.filter(task_id=task_id, verb__in=REVERSIBLE | {"undo"})
    event = verbs.select_related("payload").order_by("-id").first()
    if event is None or event.verb == "undo" or event.actor_id != user.pk or not hasattr(event, "payload"):
        return None
    return event if (now or clock.now()) - event.occurred_at <= WITHIN else None


def _changed_hands(event: Event | None) -> bool:
    return bool(event and "assignee_id" in event.payload.body.get("changes", {}))


def _owner_after(task_id: int, event: Event | None) -> User | None:
    """Who would have the task once the event is undone, where it may be that they must not have it any more.

    That is whoever it was taken from, and of work that was out of everybody's hands (finished, in review) whoever
    leaving could not take it from.
    """
    if event is None:
        return None
    owner: int | None
    if _changed_hands(event):
        owner = event.payload.body["changes"]["assignee_id"][0]
    elif event.to_state in {*FINISHED, State.IN_REVIEW}:
        owner = Task.objects.values_list("assignee_id", flat=True).get(pk=task_id)
    else:
        return None
    return User(pk=owner) if owner else None


def undo(task: Task | int, *, actor: User) -> Task:
    """Put back what the actor's last verb on the task changed; its own event points at the one it reverses.

    Raises Refused after 60 seconds, for somebody else's verb, when anything changed since, when the gate would not let
    the task go back to the hands it was taken from, whosever they are, and when its owner has left. Work that never
    changed hands is put back without the gate: what was allowed to be there is not given out anew.
    """
    pk = task if isinstance(task, int) else task.pk
    with transaction.atomic():
        early = _last_verb(pk, actor)
        owner = _owner_after(pk, early)
        person = lock_person(owner) if owner else None
        row = lock(pk)
        event = _last_verb(pk, actor)
        if event is None:
            raise Refused(_("There is nothing of yours to undo on %(task)s.") % {"task": row.reference}, code="no_undo")
        if event != early or event.payload.body.get("revision") != row.revision:
            raise Refused(
                _("%(task)s has changed since, so it cannot be undone.") % {"task": row.reference},
                code="changed_since",
            )
        work = Change(row, "undo", actor, snapshot(row), clock.now(), reverses_id=event.pk)
        work.armed_from = event.occurred_at  # what came meanwhile is said, as if nothing had happened
        for name, (old, _new) in event.payload.body.get("changes", {}).items():
            setattr(row, name, _revive(name, old))
        _refresh_relations(row, work.before)
        if person and not row.is_finished:
            if _changed_hands(event):
                admit(person, row)
            elif not person.is_active:
                raise Refused(_("%(person)s has left.") % {"person": person.name}, code="left")
        save(work)
        return row


def _revive(name: str, value: Any) -> Any:
    return dt.datetime.fromisoformat(value) if value is not None and name in _INSTANTS else value


def _refresh_relations(row: Task, before: dict[str, Any]) -> None:
    """A department put back has its own calendar: the clock is computed with it."""
    if row.department_id != before["department_id"]:
        row.department = Department.objects.select_related("site", "calendar").get(pk=row.department_id)
        clocks.set_clock(row)
