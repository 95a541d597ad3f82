"""Opening a task: the one way work comes into the queue, for pages, API, jobs, imports and wings alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from core import clock
from core.prepared import Prepared
from core.refusals import Refused
from organization.models import Department, User
from records import events
from tasks import batches, clocks
from tasks.alarms import next_alarm
from tasks.changes import share_of, storable
from tasks.models import Label, Procedure, ProcedureVersion, Step, Task
from tasks.states import Priority, State

FURTHEST = dt.timedelta(days=3660)


@dataclass(frozen=True)
class Request:
    """What is asked for. Instants are aware; `due_on` is a date that stays a date. Empty means the procedure's."""

    title: str
    text: str = ""
    priority: int | None = None
    due_at: dt.datetime | None = None
    due_on: dt.date | None = None
    ready_at: dt.datetime | None = None
    confidential: bool = False
    labels: tuple[str, ...] = ()
    requester: User | None = None
    subject_kind: str = ""
    subject_id: int | None = None
    subject_ref: str = ""
    external_source: str = ""
    external_reference: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def open_task(
    request: Request,
    *,
    procedure: Procedure,
    department: Department,
    actor: User | None,
    version: ProcedureVersion | None = None,
    occurred_at: dt.datetime | None = None,
) -> Task:
    """Open a task (planned while `ready_at` is ahead), with its first event. Returns it.

    `department` comes with site and calendar selected; `version` (the published one) may be given to save a
    statement. `occurred_at` (aware) is when it really came in, for imports. Raises Refused when the department may
    not use the procedure, the procedure has no published version, a date is out of range, or the title is empty.
    """
    at = occurred_at or clock.now()
    version = version or published(procedure, department)
    _check(request, at)
    task = _new(request, procedure, department, version, at)
    with transaction.atomic(savepoint=batches.savepoint()):
        creator = actor if actor and actor.pk != task.requester_id else None
        batches.insert_task(task, creator, share_of(task.state, task.assignee_id, task.remaining_minutes))
        _write_down(task, request, actor, occurred_at)
        if request.labels:
            _label(task, labels_named(request.labels))
    return task


def _new(
    request: Request, procedure: Procedure, department: Department, version: ProcedureVersion, at: dt.datetime
) -> Task:
    """The task as it will be stored, with its clocks; nothing is written yet."""
    task = Task(
        title=request.title.strip(),
        text=request.text.strip(),
        state=State.PLANNED if request.ready_at and request.ready_at > at else State.OPEN,
        priority=request.priority or procedure.default_priority,
        procedure=procedure,
        version=version,
        department=department,
        requester=request.requester,
        confidential=request.confidential,
        ready_at=request.ready_at,
        due_at=request.due_at or at,
        due_from_target=request.due_at is None and request.due_on is None,
        subject_kind=request.subject_kind,
        subject_id=request.subject_id,
        subject_ref=request.subject_ref[:80],
        external_source=request.external_source,
        external_reference=request.external_reference,
        remaining_minutes=procedure.standard_minutes if version.timed_minutes is None else version.timed_minutes,
        opened_at=at,
        changed_at=at,
    )
    if request.due_on:
        task.due_at, task.due_is_date = clocks.due_on(task, request.due_on), True
    elif request.due_at is None:
        clocks.set_due_from_target(task)
    clocks.set_clock(task)
    # As of now, not of `occurred_at`: what was past when work came in is nobody's news.
    task.alarm_at = next_alarm(task, clock.now())
    return task


def _label(task: Task, labels: list[Label]) -> None:
    batch = batches.current()
    if batch:
        batch.labelled.extend((task.pk, label.pk) for label in labels)
    else:
        task.labels.set(labels)


def _write_down(task: Task, request: Request, actor: User | None, occurred_at: dt.datetime | None) -> None:
    payload = {
        "revision": task.revision,
        "title": task.title,
        "procedure": task.procedure_id,
        "priority": task.priority,
        "due_at": task.due_at,
        **request.extra,
    }
    task.last_event = events.write(
        "open",
        actor=actor,
        subject_kind="task",
        subject_id=task.pk,
        task_id=task.pk,
        department_id=task.department_id,
        to_state=task.state,
        occurred_at=occurred_at,
        payload=payload,
    )


def _published_of(procedure: int) -> QuerySet[ProcedureVersion]:
    users = Procedure.departments.through.objects.filter(procedure=OuterRef("procedure")).values("department_id")
    minutes = Step.objects.filter(version=OuterRef("pk")).order_by().values("version").annotate(sum=Sum("minutes"))
    return ProcedureVersion.objects.filter(procedure=procedure, stage=ProcedureVersion.Stage.PUBLISHED).annotate(
        users=ArraySubquery(users), step_minutes=Subquery(minutes.values("sum"))
    )


_published = Prepared(_published_of, procedure=int)
_published_in_reach = Prepared(
    lambda procedure, departments: (
        _published_of(procedure)
        .filter(procedure__in=Procedure.objects.of_departments(departments))
        .select_related("procedure")
    ),
    procedure=int,
    departments=list,
)


def procedure_in_reach(user: User, pk: int) -> Procedure | None:
    """The procedure behind a number, if the user sees it; its published version is at hand. One statement mostly."""
    if not user.is_admin:
        version = _published_in_reach.first(procedure=pk, departments=user.standing.departments)
        if version:
            version.procedure.at_hand = version
            return cast(Procedure, version.procedure)
    return Procedure.objects.visible_to(user).filter(pk=pk).first()


def published(procedure: Procedure, department: Department) -> ProcedureVersion:
    """The published version of a procedure the department may use; Refused otherwise."""
    if not procedure.is_active or not department.is_active:
        raise Refused(
            _("%(name)s is no longer in use.") % {"name": procedure.name if department.is_active else department.name},
            code="not_in_use",
            field="procedure" if department.is_active else "department",
        )
    version = procedure.at_hand or _published.first(procedure=procedure.pk)
    allowed = version.users if version else set(procedure.departments.values_list("pk", flat=True))
    if allowed and department.pk not in allowed:
        raise Refused(
            _("%(department)s does not use the procedure %(procedure)s.")
            % {"department": department.name, "procedure": procedure.name},
            code="procedure_not_used",
            field="department",
        )
    if version is None:
        raise Refused(
            _("The procedure %(procedure)s has no published version yet.") % {"procedure": procedure.name},
            code="not_published",
            field="procedure",
        )
    version.timed_minutes = version.step_minutes
    return cast(ProcedureVersion, version)


def check_title(title: str) -> str:
    """A title, stripped: Refused when empty, longer than 200 characters, or with a character no text may hold."""
    title = storable(title.strip(), "title")
    if not title:
        raise Refused(_("Give it a title."), code="title_missing", field="title")
    if len(title) > 200:
        raise Refused(_("Shorten the title to 200 characters."), code="title_too_long", field="title")
    return title


def check_instant(value: dt.datetime | None, at: dt.datetime, name: str) -> None:
    """Refuse an instant more than ten years from `at`: no calendar knows that far, it is a slip of the key."""
    if value is not None and abs(value - at) > FURTHEST:
        raise Refused(_("Choose a date within ten years."), code="date_out_of_range", field=name)


def _check(request: Request, at: dt.datetime) -> None:
    check_title(request.title)
    storable(request.text, "text")
    if request.priority is not None and request.priority not in Priority.values:
        raise Refused(_("Choose a priority."), code="priority_unknown", field="priority")
    check_instant(request.due_at, at, "due_at")
    check_instant(request.ready_at, at, "ready_at")
    if request.due_on and abs(request.due_on - at.date()) > FURTHEST:
        raise Refused(_("Choose a date within ten years."), code="date_out_of_range", field="due_on")


def labels_named(names: tuple[str, ...] | list[str]) -> list[Label]:
    """Labels by name, folded; new ones are made. Raises ValidationError for a name over 60 characters."""
    from core.folding import fold

    wanted = {fold(name)[:70]: name.strip() for name in names if name.strip()}
    if any(len(name) > 60 for name in wanted.values()):
        raise ValidationError(_("A label has 60 characters at the most."))
    batch = batches.current()
    if batch and wanted.keys() <= batch.labels.keys():
        return [batch.labels[folded] for folded in wanted]
    rows = [Label(name=name, folded_name=folded) for folded, name in wanted.items()]
    known = {label.folded_name: label for label in Label.objects.filter(folded_name__in=wanted)}
    missing = [row for row in rows if row.folded_name not in known]
    if missing:
        Label.objects.bulk_create(missing, ignore_conflicts=True)
        known = {label.folded_name: label for label in Label.objects.filter(folded_name__in=wanted)}
    if batch:
        batch.labels |= known
    return list(known.values())
