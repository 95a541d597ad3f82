"""The verbs of schedules: save, stop, start again, leave, and ask for what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused, Stale
from organization.models import User
from records import events
from reports.making import ask_report
from reports.models import KeptReport, Schedule
from reports.occurrences import first_after, last_until
from reports.periods import Period
from reports.scope import Scope, may_see, scope_of

MOST_RECIPIENTS = 30
MOST_SCHEDULES = 50
KEPT = ("name", "report", "parameters", "every", "weekday", "day", "at", "time_zone")


def save_schedule(schedule: Schedule, *, actor: User, recipients: Iterable[User], read: int | None = None) -> Schedule:
    """Store a new or changed schedule of the actor, in their zone, with who gets its mails.

    Raises Refused for what the actor may not see, for a recipient who may not see all of it, for days that do not move
    on, and Stale when `read` is no longer the schedule's revision.
    """
    people = sorted({person.pk: person for person in recipients}.values(), key=lambda person: person.pk)
    schedule.time_zone = actor.time_zone
    _check(schedule, actor, people)
    with transaction.atomic():
        before = _locked(schedule, read) if schedule.pk else None
        if before is None:
            _refuse_too_many(actor)
        schedule.owner, schedule.ended = actor, ""
        schedule.failures, schedule.failed_at, schedule.trouble = 0, None, ""
        schedule.next_at = first_after(schedule, clock.now())
        schedule.revision = (before.revision if before else 0) + 1
        schedule.save()
        schedule.recipients.set(people)
        payload = {name: getattr(schedule, name) for name in KEPT} | {"recipients": [person.pk for person in people]}
        events.write(
            "change" if before else "add",
            actor=actor,
            subject_kind="schedule",
            subject_id=schedule.pk,
            payload=payload,
        )
    return schedule


def _refuse_too_many(owner: User) -> None:
    if Schedule.objects.filter(owner=owner, ended="").count() >= MOST_SCHEDULES:
        raise Refused(_("You have %(most)s schedules. Stop one first.") % {"most": MOST_SCHEDULES}, code="too_many")


def _locked(schedule: Schedule, read: int | None) -> Schedule:
    row: Schedule = Schedule.objects.select_for_update(of=("self",)).select_related("owner").get(pk=schedule.pk)
    if read is not None and read != row.revision:
        raise Stale(
            _("The schedule was changed meanwhile. Look at it again."),
            theirs={"revision": row.revision},
            mine={"revision": read},
        )
    return row


def _check(schedule: Schedule, actor: User, people: list[User]) -> None:
    if schedule.parameters.get("period") == Period.DATES:
        raise Refused(
            _("Fixed days would give the same report each time. Choose days that move on."),
            code="period_fixed",
            field="period",
        )
    scope = scope_of(actor, str(schedule.parameters["about"]))
    if len(people) > MOST_RECIPIENTS:
        raise Refused(
            _("Name %(most)s recipients at the most.") % {"most": MOST_RECIPIENTS},
            code="too_many_recipients",
            field="recipients",
        )
    for person in people:
        if not may_see(person, scope):
            raise Refused(
                _("%(person)s may not see what the report covers. Take them off, or choose less.")
                % {"person": person.name},
                code="recipient_may_not_see",
                field="recipients",
                person=person.pk,
            )


def stop_schedule(schedule: Schedule, *, actor: User | None, why: str = Schedule.Ended.STOPPED) -> None:
    """End a schedule; what it made stays. Harmless for one that ended already."""
    with transaction.atomic():
        if not Schedule.objects.filter(pk=schedule.pk, ended="").update(ended=why, revision=schedule.revision + 1):
            return
        events.write("stop", actor=actor, subject_kind="schedule", subject_id=schedule.pk, payload={"why": str(why)})


def start_again(schedule: Schedule, *, actor: User) -> None:
    """Let a schedule that ended go on from its next occurrence; what was due meanwhile is not made.

    Harmless for one that is on. Raises Refused where its owner may no longer see what it covers, or has too many.
    """
    with transaction.atomic():
        row = _locked(schedule, None)
        if row.is_on:
            return
        scope = _scope_of_owner(row)
        if scope is None:
            raise Refused(_("Its owner may no longer see what it covers."), code="owner_may_not_see")
        _refuse_too_many(row.owner)
        Schedule.objects.filter(pk=row.pk).update(
            ended="",
            failures=0,
            failed_at=None,
            trouble="",
            next_at=first_after(row, clock.now()),
            revision=row.revision + 1,
        )
        payload = {"why": row.ended}
        events.write("start_again", actor=actor, subject_kind="schedule", subject_id=row.pk, payload=payload)


def _scope_of_owner(schedule: Schedule) -> Scope | None:
    """What the schedule covers, None where its owner is gone or may not see it."""
    try:
        scope = scope_of(schedule.owner, str(schedule.parameters["about"]))
    except Refused:
        return None
    return scope if schedule.owner.is_active and may_see(schedule.owner, scope) else None


def leave_schedule(schedule: Schedule, *, actor: User) -> None:
    """Get no more mails of somebody's schedule. Raises Refused for one that sends the actor nothing."""
    with transaction.atomic():
        locked = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
        if not locked.recipients.filter(pk=actor.pk).exists():
            raise Refused(_("This schedule sends you nothing."), code="not_a_recipient")
        locked.recipients.remove(actor)
        events.write("leave", actor=actor, subject_kind="schedule", subject_id=schedule.pk)


def ask_due(schedule_id: int) -> KeptReport | None:
    """Ask for the report of a due schedule, once for all occurrences that were missed; None when nothing is due.

    Exactly once however often it is called: the schedule's row is locked and moved on in the same transaction, and no
    two reports have the same schedule and occurrence. Who may no longer see it gets nothing; an owner who may not ends
    the schedule.
    """
    with transaction.atomic():
        rows = Schedule.objects.due(clock.now()).filter(pk=schedule_id)
        schedule = rows.select_for_update(of=("self",), skip_locked=True).select_related("owner").first()
        if schedule is None:
            return None
        now: dt.datetime = clock.now()
        occurrence = last_until(schedule, now)
        Schedule.objects.filter(pk=schedule.pk).update(next_at=first_after(schedule, now))
        scope = _scope_of_owner(schedule)
        if scope is None:
            stop_schedule(schedule, actor=None, why=Schedule.Ended.REACH)
            return None
        readers = [person for person in schedule.recipients.active() if may_see(person, scope)]
        return ask_report(
            schedule.report,
            actor=schedule.owner,
            parameters=schedule.parameters,
            schedule=schedule,
            occurrence_at=occurrence,
            readers=readers,
        )
