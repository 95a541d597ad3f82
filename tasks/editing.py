"""Editing a task, leaving comments and files on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused, Stale
from organization.models import User
from records import events
from records.files import attach
from records.models import Attachment
from tasks import clocks, search_index
from tasks.changes import Change, change, lock, storable
from tasks.models import Comment, Involvement, Task
from tasks.noticing import tell_comment
from tasks.opening import check_instant, check_title, labels_named
from tasks.rules import can_edit_all, can_edit_text, sees_internal
from tasks.states import Priority, State

TEXT_FIELDS = frozenset({"title", "text"})
ALL_FIELDS = TEXT_FIELDS | {"priority", "due_at", "due_on", "ready_at", "labels", "confidential"}
SHOWN = ("title", "text", "priority", "due_at", "ready_at", "confidential")


def edit(task: Task | int, values: dict[str, Any], *, actor: User, revision: int) -> Task:
    """Change fields of unfinished work. `revision` is that of the row the person read.

    `values` may hold title, text, priority, due_at (aware, or None for the procedure's target), due_on (a date),
    ready_at, labels (names), confidential. Title and text are the assignee's and the manager's, the rest the manager's
    (PermissionDenied). Raises Stale with both versions when the row moved on, Refused for a value out of range.
    """
    unknown = values.keys() - ALL_FIELDS
    if unknown:
        raise Refused(_("There is no field %(name)s.") % {"name": min(unknown)}, code="field_unknown")
    with change("edit", task, actor=actor) as work:
        row = work.task
        if not can_edit_text(actor, row) or (values.keys() - TEXT_FIELDS and not can_edit_all(actor, row)):
            raise PermissionDenied("edit")
        if row.revision != revision:
            raise _stale(row, values)
        _set_plain(work, values)
        _set_times(work, values)
        if "labels" in values:
            _set_labels(work, values["labels"])
        clocks.set_clock(row)
        work.involve.append((actor.pk, Involvement.How.EDITED))
    return work.task


def _stale(row: Task, values: dict[str, Any]) -> Stale:
    theirs = {name: getattr(row, name) for name in SHOWN} | {"revision": row.revision}
    if "labels" in values:
        theirs["labels"] = [label.name for label in row.labels.all()]
    return Stale(
        _("%(task)s was changed by somebody else while you typed. Nothing was overwritten; compare and save again.")
        % {"task": row.reference},
        theirs=theirs,
        mine=values,
    )


def _set_plain(work: Change, values: dict[str, Any]) -> None:
    row = work.task
    if "title" in values:
        row.title = check_title(values["title"])
    if "text" in values:
        row.text = storable(values["text"].strip(), "text")
    if "priority" in values:
        if values["priority"] not in Priority.values:
            raise Refused(_("Choose a priority."), code="priority_unknown", field="priority")
        row.priority = values["priority"]
    if "confidential" in values:
        row.confidential = bool(values["confidential"])


def _set_times(work: Change, values: dict[str, Any]) -> None:
    row = work.task
    if values.get("due_on"):
        due = clocks.due_on(row, _near(values["due_on"], work.at))
        row.due_at, row.due_is_date, row.due_from_target = due, True, False
    elif "due_at" in values and values["due_at"] is not None:
        check_instant(values["due_at"], work.at, "due_at")
        row.due_at, row.due_is_date, row.due_from_target = values["due_at"], False, False
    elif "due_at" in values or "due_on" in values:
        row.due_is_date, row.due_from_target = False, True
    if "ready_at" in values:
        check_instant(values["ready_at"], work.at, "ready_at")
        row.ready_at = values["ready_at"]
    moved = (row.due_from_target, row.ready_at) != (work.before["due_from_target"], work.before["ready_at"])
    if row.due_from_target and moved:
        clocks.set_due_from_target(row, clocks.waited_minutes(row.pk))
    if "ready_at" in values:
        ahead = row.ready_at is not None and row.ready_at > work.at
        if row.state == State.OPEN and row.assignee_id is None and ahead:
            row.state = State.PLANNED
        elif row.state == State.PLANNED and not ahead:
            row.state = State.OPEN


def _near(day: dt.date, at: dt.datetime) -> dt.date:
    check_instant(dt.datetime.combine(day, dt.time(), dt.UTC), at, "due_on")
    return day


def _set_labels(work: Change, names: list[str]) -> None:
    before = sorted(label.name for label in work.task.labels.all())
    labels = labels_named(names)
    work.task.labels.set(labels)
    after = sorted(label.name for label in labels)
    if after != before:
        work.extra["labels"] = [before, after]


def comment(task: Task | int, text: str, *, actor: User, for_requester: bool = False) -> Comment:
    """Leave a comment, internal or seen by the requester; who only asked for the task writes visible ones.

    The row's revision stays: a comment makes nobody's edit stale. Raises Refused for an empty or endless text.
    """
    text = storable(text.strip(), "text")
    if not text:
        raise Refused(_("Write something first."), code="text_missing", field="text")
    if len(text) > 20_000:
        raise Refused(_("Shorten the comment to 20,000 characters."), code="text_too_long", field="text")
    with transaction.atomic():
        row = lock(task if isinstance(task, int) else task.pk)
        visible = for_requester or not sees_internal(actor, row)
        written = Comment.objects.create(
            task=row, author=actor, text=text, for_requester=visible, written_at=clock.now()
        )
        _note(row, "comment", actor, {"comment": written.pk, "for_requester": visible})
        search_index.add_comment(written)
        tell_comment(row, written, actor=actor)
    return written


def attach_file(task: Task | int, upload: File[Any], *, actor: User, for_requester: bool = False) -> Attachment:
    """Put a file to a task; who only asked for the task sees what they attach. Raises Refused as `records.files`."""
    with transaction.atomic():
        row = lock(task if isinstance(task, int) else task.pk)
        released = for_requester or not sees_internal(actor, row)
        kept = attach(upload, owner_kind="task", owner_id=row.pk, actor=actor, released=released)
        _note(row, "attach", actor, {"attachment": kept.pk, "name": kept.name, "for_requester": released})
    return kept


def _note(row: Task, verb: str, actor: User, payload: dict[str, Any]) -> None:
    events.write(
        verb,
        actor=actor,
        subject_kind="task",
        subject_id=row.pk,
        task_id=row.pk,
        department_id=row.department_id,
        from_state=row.state,
        to_state=row.state,
        payload=payload,
    )
