"""The verbs that change a task's state or hands. Rights are asked by the caller (`rules`), moves and gate here.

Every verb takes the task (or its id) and a keyword-only `actor`, runs in one transaction, writes one event and
returns the fresh task. It raises `core.refusals.Refused` with a sentence when it cannot be done now.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import Department, User
from organization.standing import was_member
from tasks import clocks
from tasks.changes import Change, change, needs_reason
from tasks.eligibility import admit, works_there
from tasks.models import Procedure, Task
from tasks.models.traces import Involvement
from tasks.opening import check_instant
from tasks.states import State, WaitReason

Held = Involvement.How.HELD


def clear_wait(task: Task) -> None:
    """End a wait without counting it."""
    task.waiting_since = task.waiting_until = None
    task.waiting_kind = task.waiting_reason = ""


def _give(work: Change, person: User | None) -> None:
    task = work.task
    task.assignee = person
    task.claimed_at = work.at if person else None
    task.started_at = None
    if person:
        work.involve.append((person.pk, Held))


def begin(work: Change) -> None:
    """Set the task in progress as of the change's instant."""
    task = work.task
    task.state = State.IN_PROGRESS
    task.started_at = work.at
    task.first_started_at = task.first_started_at or work.at


def become_ready(task: Task | int) -> Task | None:
    """planned -> open, by the clock; None when its time has not come or somebody was faster."""
    try:
        with change("become_ready", task, actor=None) as work:
            if work.task.ready_at and work.task.ready_at > clock.now():
                raise Refused("not yet", code="not_ready")
            work.task.state = State.OPEN
    except Refused:
        return None
    return work.task


def claim(task: Task | int, *, actor: User, occurred_at: dt.datetime | None = None) -> Task:
    """open and nobody's -> open and mine, through the gate. The loser of a race is told who has it.

    `occurred_at` (aware) in the past is history: of the gate, membership on that day is asked and nothing of today.
    """
    with change("claim", task, actor=actor, occurred_at=occurred_at, receiver=actor) as work:
        if work.task.assignee_id is not None:
            raise taken(work.task, actor)
        if work.task.confidential:
            raise Refused(_("A confidential task is given out by its manager."), code="confidential")
        if occurred_at and occurred_at < clock.now():
            _admit_then(work, occurred_at)
        else:
            admit(work.taker, work.task)
        _give(work, actor)
    return work.task


def _admit_then(work: Change, at: dt.datetime) -> None:
    """The gate for a claim that is history (an import): being away, full or uncertified *today* says nothing about it.

    So absence, cap and qualification are not asked: what was valid then is not known for sure, and the work was done
    all the same. Membership is, on the department's day of that time: without it history would contradict who worked
    where, and the person would hold work outside of their reach.
    """
    department, taker = work.task.department, work.taker
    day = at.astimezone(department.site.zone).date()
    if not was_member(taker, department.pk, day):
        raise Refused(
            _("%(person)s was no member of %(department)s on %(day)s.")
            % {"person": taker.name, "department": department.name, "day": day.isoformat()},
            code="not_eligible_department",
            field="person",
            failure="department",
        )


def taken(task: Task, actor: User) -> Refused:
    """The refusal that tells who has a task."""
    holder = User.objects.get(pk=task.assignee_id)
    if holder.pk == actor.pk:
        return Refused(_("You already have %(task)s.") % {"task": task.reference}, code="already_yours")
    return Refused(
        _("%(person)s has %(task)s already.") % {"person": holder.name, "task": task.reference},
        code="taken",
        holder=holder.name,
    )


def start(task: Task | int, *, actor: User) -> Task:
    """open and mine -> in progress."""
    with change("start", task, actor=actor) as work:
        if work.task.assignee_id != actor.pk:
            raise Refused(_("Claim it first: only its owner starts a task."), code="not_yours")
        begin(work)
    return work.task


def release(task: Task | int, *, actor: User, reason: str = "") -> Task:
    """open, in progress or waiting -> open and nobody's."""
    with change("release", task, actor=actor) as work:
        if work.task.assignee_id is None:
            raise Refused(_("Nobody has %(task)s.") % {"task": work.task.reference}, code="nobodys")
        _end_wait(work)
        work.task.state = State.OPEN
        _give(work, None)
        _say(work, reason)
    return work.task


def can_receive(person: User, task: Task) -> None:
    """Raise Refused when somebody has a task already or has left."""
    if task.assignee_id == person.pk:
        raise Refused(
            _("%(person)s already has %(task)s.") % {"person": person.name, "task": task.reference},
            code="already_theirs",
        )
    if not person.is_active:
        raise Refused(_("%(person)s has left.") % {"person": person.name}, code="left", field="to")


def assign(task: Task | int, *, actor: User, to: User, override: str = "", on_behalf_of: User | None = None) -> Task:
    """Give a task to somebody through the gate; in progress becomes open. `override` is a manager's reason."""
    with change("assign", task, actor=actor, receiver=to) as work:
        can_receive(work.taker, work.task)
        work.extra |= admit(work.taker, work.task, manager_override=override)
        if work.task.state == State.IN_PROGRESS:
            work.task.state = State.OPEN
        work.on_behalf_of = on_behalf_of
        _give(work, to)
    return work.task


def take_over(task: Task | int, *, actor: User, reason: str, override: str = "") -> Task:
    """Another's open, started or waiting task becomes mine in the same state, with a reason."""
    with change("take_over", task, actor=actor, receiver=actor) as work:
        if work.task.assignee_id in {None, actor.pk}:
            raise Refused(_("There is nobody to take it over from. Claim it."), code="nobodys")
        work.extra["reason"] = needs_reason(reason)
        work.extra |= admit(work.taker, work.task, manager_override=_managers_reason(work, override))
        in_progress = work.task.state == State.IN_PROGRESS
        _give(work, actor)
        if in_progress:
            begin(work)
    return work.task


def wait(task: Task | int, *, actor: User, kind: str, reason: str, until: dt.datetime | None = None) -> Task:
    """open or in progress -> waiting, until an instant (aware, ahead) or open-ended."""
    if kind not in WaitReason.values:
        raise Refused(_("Choose what it waits for."), code="kind_unknown", field="kind")
    with change("wait", task, actor=actor) as work:
        check_instant(until, work.at, "until")
        if until and until <= work.at:
            raise Refused(_("Choose a time ahead to wait until."), code="until_past", field="until")
        row = work.task
        row.waiting_reason = needs_reason(reason)[:300]
        row.state, row.waiting_since, row.waiting_until, row.waiting_kind = (
            State.WAITING,
            work.at,
            until,
            kind,
        )
        work.extra["reason"] = row.waiting_reason
    return work.task


def _end_wait(work: Change) -> None:
    """Count a wait into a target's due time and clear it."""
    task = work.task
    if task.waiting_since:
        waited = clocks.extend_for_wait(task, task.waiting_since, work.at)
        if waited:
            work.extra["waited"] = waited
        clocks.set_clock(task)
        clear_wait(task)


def resume(task: Task | int, *, actor: User | None) -> Task:
    """waiting -> in progress if somebody has it, else open. `actor` None is the clock at "until".

    Nobody is given anything here, so the gate is not asked: what waits stays its owner's, and going on with it is not
    stopped by the cap (the clock could not be told no). But who left the office or the department meanwhile does not
    get it back: it goes to everybody.
    """
    with change("resume", task, actor=actor) as work:
        if actor is None and (work.task.waiting_until is None or work.task.waiting_until > work.at):
            raise Refused(_("It still waits."), code="not_yet")
        _end_wait(work)
        return_to_owner(work)
    return work.task


def return_to_owner(work: Change) -> None:
    """In progress at whoever has it and still works there, else open and nobody's."""
    owner = work.task.assignee
    if owner and works_there(owner, work.task):
        begin(work)
        return
    work.task.state = State.OPEN
    _give(work, None)


def cancel(task: Task | int, *, actor: User, reason: str, by_subject: bool = False) -> Task:
    """Any unfinished -> cancelled, with a reason."""
    with change("cancel", task, actor=actor) as work:
        veto(work.task, by_subject)
        work.extra["reason"] = needs_reason(reason)
        if work.task.requester_id == actor.pk and work.task.assignee_id and not _manages(actor, work.task):
            raise taken(work.task, actor)
        clear_wait(work.task)
        work.task.state, work.task.closed_at = State.CANCELLED, work.at
    return work.task


def _managers_reason(work: Change, override: str) -> str:
    """The reason for passing over the gate, a manager's alone. Raises PermissionDenied for anybody else's."""
    if override.strip() and not (work.actor and _manages(work.actor, work.task)):
        raise PermissionDenied("override")
    return override


def _manages(actor: User, task: Task) -> bool:
    from tasks.rules import is_manager

    return is_manager(actor, task)


def veto(task: Task, by_subject: bool) -> None:
    """Work closed by its subject is finished there, not here."""
    if task.procedure.closed_by_subject and not by_subject:
        words = _("%(task)s is finished by what it is about, not here.")
        if task.subject_ref:
            words = _("%(task)s is finished by what it is about: go to %(subject)s.")
        raise Refused(words % {"task": task.reference, "subject": task.subject_ref}, code="closed_by_subject")


def reopen(
    task: Task | int,
    *,
    actor: User,
    reason: str,
    to: User | None = None,
    override: str = "",
    by_subject: bool = False,
) -> Task:
    """done or cancelled -> open, nobody's or (through the gate, by a manager or the subject) `to`'s.

    A requester has the department's limit and gives it to nobody (PermissionDenied).
    """
    with change("reopen", task, actor=actor, receiver=to) as work:
        row = work.task
        veto(row, by_subject)
        work.extra["reason"] = needs_reason(reason)
        ended = row.closed_at or work.at
        limit = dt.timedelta(days=row.department.reopen_days)
        if row.requester_id == actor.pk and not _manages(actor, row) and work.at > ended + limit:
            raise Refused(
                _("It was finished more than %(days)s days ago. Ask for it anew.")
                % {"days": row.department.reopen_days},
                code="too_late",
            )
        row.state, row.closed_at, row.submitted_at = State.OPEN, None, None
        clocks.set_clock(row)
        if to and not by_subject and not _manages(actor, row):
            raise PermissionDenied("assign")
        if to:
            work.extra |= admit(work.taker, row, manager_override=_managers_reason(work, override))
        _give(work, to)
    return work.task


def hand_off(task: Task | int, *, actor: User, department: Department, reason: str) -> Task:
    """open, in progress or waiting -> open and nobody's in another department that may use the procedure.

    Procedure and due time stay; start-by and urgency follow the other department's calendar.
    """
    with change("hand_off", task, actor=actor) as work:
        row = work.task
        if row.department_id == department.pk:
            raise Refused(_("It is there already. Choose another department."), code="same_place", field="department")
        usable = Procedure.objects.usable_in(department.pk).filter(pk=row.procedure_id).exists()
        if not usable or not department.is_active:
            raise Refused(
                _("%(department)s does not use the procedure %(procedure)s.")
                % {"department": department.name, "procedure": row.procedure.name},
                code="procedure_not_used",
                field="department",
            )
        work.extra |= {"reason": needs_reason(reason), "from_department": row.department_id}
        _end_wait(work)
        row.department = Department.objects.select_related("site", "calendar").get(pk=department.pk)
        row.state = State.OPEN
        _give(work, None)
        clocks.set_clock(row)
    return work.task


def _say(work: Change, reason: str) -> None:
    if reason.strip():
        work.extra["reason"] = needs_reason(reason)
