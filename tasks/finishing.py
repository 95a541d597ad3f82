"""Finishing work: complete, and the review by somebody who was not involved."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.refusals import Refused
from organization.models import User
from tasks import batches
from tasks.changes import change, needs_reason
from tasks.eligibility import OVERRIDABLE, facts_of, gate, need_of
from tasks.models import Involvement, Step, Task
from tasks.parts import needs_of
from tasks.rules import is_manager
from tasks.states import State
from tasks.transitions import return_to_owner, veto


def open_steps(task: Task) -> list[Step]:
    """Mandatory steps of the task that are not marked, in order."""
    # A batch has read the steps of its versions once: where none is mandatory there is nothing to ask.
    if batches.holds(task.pk) and not any(step.is_mandatory for step in task.version.steps.all()):
        return []
    marked = task.step_runs.filter(marked_at__isnull=False).values("step_id")
    return list(Step.objects.filter(version_id=task.version_id, is_mandatory=True).exclude(pk__in=marked))


def _refuse_open_steps(task: Task) -> None:
    missing = open_steps(task)
    if missing:
        raise Refused(
            ngettext(
                "%(count)s step is still to do: %(first)s",
                "%(count)s steps are still to do, the first is: %(first)s",
                len(missing),
            )
            % {"count": len(missing), "first": missing[0].instruction},
            code="steps_open",
            steps=[step.key for step in missing],
        )


def complete(
    task: Task | int, *, actor: User, by_subject: bool = False, occurred_at: dt.datetime | None = None
) -> Task:
    """open and mine, or in progress -> done.

    Refused while mandatory steps are open, where the procedure wants a review, and (unless the subject itself asks)
    for work closed by its subject.
    """
    with change("complete", task, actor=actor, occurred_at=occurred_at) as work:
        row = work.task
        veto(row, by_subject)
        if row.version.wants_review:
            raise Refused(_("This procedure wants a review: submit it instead."), code="wants_review")
        if row.state == State.OPEN and row.assignee_id != actor.pk:
            raise Refused(_("Claim it first: open work is completed by its owner."), code="not_yours")
        _refuse_open_steps(row)
        row.state, row.closed_at = State.DONE, work.at
    return work.task


def submit(task: Task | int, *, actor: User) -> Task:
    """in progress -> in review, where the procedure wants one and all mandatory steps are marked."""
    with change("submit", task, actor=actor) as work:
        if not work.task.version.wants_review:
            raise Refused(_("This procedure has no review: complete it instead."), code="no_review")
        _refuse_open_steps(work.task)
        work.task.state, work.task.submitted_at = State.IN_REVIEW, work.at
    return work.task


def reviewer_failure(task: Task, person: User) -> str:
    """Why somebody may not review a task, or an empty text: involved people may not, nor who is not eligible."""
    hands = Involvement.objects.filter(task=task, person=person).exclude(how=Involvement.How.REVIEWED)
    if task.requester_id == person.pk or hands.exists():
        return _("you were involved in it")
    if is_manager(person, task):
        return ""
    failure = gate(facts_of(person), need_of(task, needs_of(task)))
    return (
        failure.sentence if failure and (failure.code in OVERRIDABLE - {"cap"} or failure.code == "department") else ""
    )


def _refuse_reviewer(task: Task, person: User) -> None:
    why = reviewer_failure(task, person)
    if why:
        raise Refused(
            _("You cannot review %(task)s: %(why)s.") % {"task": task.reference, "why": why},
            code="not_a_reviewer",
        )


def approve(task: Task | int, *, actor: User, by_subject: bool = False) -> Task:
    """in review -> done, by an eligible member or a manager who was not involved (four eyes).

    It finishes the work, so (unless the subject itself asks) it is refused for work closed by its subject.
    """
    with change("approve", task, actor=actor) as work:
        veto(work.task, by_subject)
        _refuse_reviewer(work.task, actor)
        work.task.state, work.task.closed_at = State.DONE, work.at
        work.involve.append((actor.pk, Involvement.How.REVIEWED))
    return work.task


def send_back(task: Task | int, *, actor: User, reason: str) -> Task:
    """in review -> in progress at who did it, with a reason; to the queue where they left office or department."""
    with change("send_back", task, actor=actor) as work:
        _refuse_reviewer(work.task, actor)
        work.extra["reason"] = needs_reason(reason)
        work.task.submitted_at = None
        return_to_owner(work)
        work.involve.append((actor.pk, Involvement.How.REVIEWED))
    return work.task
