"""The frame of every verb: lock, guard, change, write down. One transaction, one event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.prepared import Prepared
from core.refusals import Refused, Stale
from organization.models import User
from records import events
from tasks import batches, noticing, search_index
from tasks.alarms import next_alarm
from tasks.models import Task
from tasks.states import MOVES, State

# Fields whose changes are history and can be put back.
TRACKED = (
    "title",
    "text",
    "state",
    "priority",
    "version_id",
    "department_id",
    "assignee_id",
    "requester_id",
    "confidential",
    "ready_at",
    "due_at",
    "due_is_date",
    "due_from_target",
    "remaining_minutes",
    "start_by",
    "urgent_at",
    "clock_key",
    "subject_ref",
    "claimed_at",
    "started_at",
    "first_started_at",
    "waiting_since",
    "waiting_until",
    "waiting_kind",
    "waiting_reason",
    "submitted_at",
    "closed_at",
)


# What the moments of a task's clock come from (`tasks.alarms`).
_ALARMED = frozenset({"state", "assignee_id", "department_id", "due_at", "due_from_target", "start_by", "clock_key"})


_locked_task = Prepared(lambda pk: Task.objects.locked().filter(pk=pk), pk=int)
_locked_person = Prepared(lambda pk: User.objects.select_for_update(no_key=True).filter(pk=pk), pk=int)


def gone(task_id: int) -> Refused:
    return Refused(_("The task %(task)s does not exist.") % {"task": f"T-{task_id}"}, code="gone")


_read: ContextVar[int | None] = ContextVar("backoffice_revision_read", default=None)


@contextmanager
def expecting(revision: int | None) -> Iterator[None]:
    """Verbs of the block refuse (Stale) a task at another revision than the one that was read; None lets any pass."""
    token = _read.set(revision)
    try:
        yield
    finally:
        _read.reset(token)


def _refuse_other_than_read(task: Task) -> None:
    read = _read.get()
    if read is not None and task.revision != read:
        raise Stale(
            _("%(task)s was changed by somebody else meanwhile. Look at it again.") % {"task": task.reference},
            theirs={"revision": task.revision, "state": task.state},
            mine={"revision": read},
        )


def lock(task_id: int) -> Task:
    """The task, locked until the transaction ends. Raises Refused when it does not exist, or is not as `expecting`."""
    batch = batches.current()
    if batch and task_id in batch.tasks:
        return batch.tasks[task_id]
    task: Task | None = _locked_task.first(pk=task_id)
    if task is None:
        raise gone(task_id)
    _refuse_other_than_read(task)
    return task


def lock_person(person: User) -> User:
    """Lock the person's row until the transaction ends and read them anew: caps are counted under it."""
    batch = batches.current()
    if batch and person.pk in batch.people:
        return batch.people[person.pk]
    locked: list[User] = _locked_person(pk=person.pk)
    return locked[0]


# Whole sentences: a label put into the middle of one cannot be translated.
_NOT_NOW = {
    State.PLANNED: gettext_lazy("%(task)s is planned for later, so this cannot be done now."),
    State.OPEN: gettext_lazy("%(task)s is open, so this cannot be done now."),
    State.IN_PROGRESS: gettext_lazy("%(task)s is in progress, so this cannot be done now."),
    State.WAITING: gettext_lazy("%(task)s is waiting, so this cannot be done now."),
    State.IN_REVIEW: gettext_lazy("%(task)s is in review, so this cannot be done now."),
    State.DONE: gettext_lazy("%(task)s is done, so this cannot be done now."),
    State.CANCELLED: gettext_lazy("%(task)s is cancelled, so this cannot be done now."),
}


def guard(verb: str, task: Task) -> None:
    """Raise Refused unless the table of moves lets `verb` start from the task's state."""
    if task.state not in MOVES[verb]:
        raise Refused(
            str(_NOT_NOW[State(task.state)]) % {"task": task.reference},
            code=f"not_from_{task.state}",
            state=task.state,
        )


def snapshot(task: Task) -> dict[str, Any]:
    """The tracked values as they are."""
    return {name: getattr(task, name) for name in TRACKED}


@dataclass
class Change:
    """A verb at work on a locked task: set fields on `task`, and put into `extra`, `involve` what goes with it."""

    task: Task
    verb: str
    actor: User | None
    before: dict[str, Any]
    at: dt.datetime
    occurred_at: dt.datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    involve: list[tuple[int, str]] = field(default_factory=list)
    reverses_id: int | None = None
    on_behalf_of: User | None = None
    event_id: int = 0
    armed_from: dt.datetime | None = None
    receiver: User | None = None

    @property
    def taker(self) -> User:
        """The locked person who may get the task. Raises RuntimeError when the verb named none."""
        if self.receiver is None:
            raise RuntimeError(f"{self.verb} names nobody who receives the task")
        return self.receiver


@contextmanager
def change(
    verb: str,
    task: Task | int,
    *,
    actor: User | None,
    occurred_at: dt.datetime | None = None,
    receiver: User | None = None,
) -> Iterator[Change]:
    """Lock a task, ask the table of moves, let the verb set fields, then save them with their event.

    `occurred_at` (aware) is when it really happened, for imports. An exception in the block undoes everything.
    `receiver` is the person who may get the task: their row is locked first (always people before tasks, so that
    two verbs cannot wait for each other) and `change.receiver` is them, read anew.
    The instance in `change.task` is the fresh, locked one; its `last_event` is the number of the event written.
    """
    with transaction.atomic(savepoint=batches.savepoint()):
        locked = lock_person(receiver) if receiver else None
        row = lock(task if isinstance(task, int) else task.pk)
        guard(verb, row)
        work = Change(row, verb, actor, snapshot(row), occurred_at or clock.now(), occurred_at, receiver=locked)
        yield work
        save(work)


def save(work: Change) -> None:
    """Write the change of a task locked by the caller: row, event, involvement, backlog."""
    task, before = work.task, work.before
    changed = {name: getattr(task, name) for name in TRACKED if getattr(task, name) != before[name]}
    task.revision += 1
    task.changed_at = work.at
    written = changed | {"revision": task.revision, "changed_at": task.changed_at}
    if not _ALARMED.isdisjoint(changed):
        task.alarm_at = written["alarm_at"] = next_alarm(task, work.armed_from or clock.now())
    if not batches.holds(task.pk):
        _update(task.pk, written)
        if not search_index.INDEXED.isdisjoint(changed):
            search_index.refresh(task)
    payload = {"revision": task.revision, **work.extra}
    if changed:
        payload["changes"] = {name: [before[name], value] for name, value in changed.items()}
    work.event_id = events.write(
        work.verb,
        actor=work.actor,
        subject_kind="task",
        subject_id=task.pk,
        task_id=task.pk,
        department_id=task.department_id,
        from_state=before["state"],
        to_state=task.state,
        reverses_id=work.reverses_id,
        on_behalf_of=work.on_behalf_of,
        occurred_at=work.occurred_at,
        payload=payload,
    )
    task.last_event = work.event_id
    involve(task.pk, work.involve, work.at)
    tally(before, task)
    noticing.tell(work)


def _update(task_id: int, values: dict[str, Any]) -> None:
    """Write columns of a locked task: what is tracked is named as its column, and needs no conversion."""
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} = %s" for name in values)
        cursor.execute(f"UPDATE tasks_task SET {columns} WHERE id = %s", [*values.values(), task_id])


def involve(task_id: int, people: list[tuple[int, str]], at: dt.datetime) -> None:
    """Remember that people had a hand in a task; once each way."""
    rows = [(task_id, person_id, str(how), at) for person_id, how in people]
    batch = batches.current()
    if batch:
        batch.involved.extend(rows)
    else:
        batches.insert("tasks_involvement (task_id, person_id, how, since)", rows)


def share_of(state: str, assignee_id: int | None, minutes: int) -> tuple[int, int]:
    """What a task is of its department's backlog, in tasks and minutes: nothing once it is somebody's."""
    return (1, minutes) if state == State.OPEN and assignee_id is None else (0, 0)


def tally(before: dict[str, Any], task: Task) -> None:
    """Append what the change does to the backlog of the departments it touches."""
    work = batches.current() or batches.Batch()
    tasks, minutes = share_of(before["state"], before["assignee_id"], before["remaining_minutes"])
    work.count(before["department_id"], -tasks, -minutes)
    work.count(task.department_id, *share_of(task.state, task.assignee_id, task.remaining_minutes))
    if batches.current():
        return
    rows = [(place, count, minutes) for place, (count, minutes) in work.backlog.items() if count or minutes]
    batches.insert("tasks_tallydelta (department_id, tasks, minutes)", rows)


def needs_reason(reason: str) -> str:
    """The reason, stripped; raises Refused when there is none."""
    if not reason.strip():
        raise Refused(_("Say why: a reason is needed."), code="reason_missing", field="reason")
    return storable(reason.strip(), "reason")[:2000]


def storable(text: str, name: str) -> str:
    """The text, if a row can hold it. Raises Refused for NUL and for half of a surrogate pair."""
    if "\x00" in text or text.encode(errors="ignore").decode() != text:
        raise Refused(_("A character in it cannot be kept: type it anew."), code="text_invalid", field=name)
    return text
