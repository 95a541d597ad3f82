"""Asking for a report and making it: a run does the work, the kept report holds what came out."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import User
from records import events, files, limits, runs
from records.models import Attachment, Run
from reports import mails, papers, parking
from reports.catalogue import REPORTS
from reports.catalogue.base import Question
from reports.models import KeptReport, Reader, Schedule
from reports.scope import Scope, may_see, scope_of

KIND = "reports.make"
AT_ONCE = 5


def ask_report(
    name: str,
    *,
    actor: User,
    parameters: dict[str, Any],
    schedule: Schedule | None = None,
    occurrence_at: dt.datetime | None = None,
    readers: Iterable[User] = (),
) -> KeptReport:
    """Ask for a report of the catalogue; a run makes it in the background. One transaction, one event.

    `parameters` are those of its form, `about` among them. Relative periods are counted from today in the actor's
    zone or, for an occurrence of a schedule, from that instant in the schedule's zone. Raises Refused for what the
    actor may not see, and when AT_ONCE of their reports are being made already, TooMany beyond RATE_EXPORT.
    """
    scope = scope_of(actor, str(parameters["about"]))
    with transaction.atomic():
        if schedule is None:
            _refuse_too_many(actor)
            limits.demand("export", actor.pk)
        run = runs.ask(KIND, actor=actor, parameters={"report": name})
        kept = _expected(run, name, parameters, scope, schedule, occurrence_at)
        people = {actor.pk, *(person.pk for person in readers)}
        Reader.objects.bulk_create(Reader(report=kept, person_id=pk) for pk in sorted(people))
        events.write(
            "ask_report",
            actor=actor,
            subject_kind="report",
            subject_id=kept.pk,
            department_id=scope.root,
            payload={"report": name, "parameters": parameters, "schedule": schedule.pk if schedule else None},
        )
    return kept


def _refuse_too_many(actor: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    waiting = Run.objects.filter(asked_by=actor, kind=KIND, state__in=[Run.State.QUEUED, Run.State.RUNNING])
    if waiting.count() >= AT_ONCE:
        raise Refused(
            _("%(count)s of your reports are being made. Wait until one is ready.") % {"count": AT_ONCE},
            code="too_many_reports",
        )


def _expected(
    run: Run,
    name: str,
    parameters: dict[str, Any],
    scope: Scope,
    schedule: Schedule | None,
    occurrence_at: dt.datetime | None,
) -> KeptReport:
    """The row that waits for what the run makes."""
    assert run.asked_by is not None
    zone = zoneinfo.ZoneInfo(schedule.time_zone if schedule else run.asked_by.time_zone)
    now = clock.now()
    first, last = REPORTS[name].days(parameters, (occurrence_at or now).astimezone(zone).date())
    return KeptReport.objects.create(
        run=run,
        report=name,
        parameters=parameters,
        asked_by=run.asked_by,
        asked_at=now,
        person_id=scope.person_id,
        department_id=scope.root,
        departments=list(scope.departments),
        first_day=first,
        last_day=last,
        schedule=schedule,
        occurrence_at=occurrence_at,
        keep_until=now + dt.timedelta(days=settings.REPORTS_KEPT_DAYS),
    )


@runs.kind(KIND, given_up=parking.not_made)
def make_report(run: Run) -> dict[str, Any]:
    """Make the report of a run and keep it. Made anew from the start after an interruption; harmless when it is there.

    Raises Refused when who asked may not see it any more.
    """
    kept = KeptReport.objects.select_related("asked_by", "schedule", "department").filter(run=run).first()
    if kept is None or kept.is_ready:
        return {"kept": kept.pk if kept else None}
    scope = Scope(tuple(kept.departments), kept.person_id, kept.department_id)
    if not may_see(kept.asked_by, scope):
        raise Refused(_("Who asked for it may not see it any more."), code="not_yours")
    report = REPORTS[kept.report]
    as_of = clock.now()
    question = Question(scope, kept.days, kept.parameters, as_of)
    table = report.make(question, lambda done, total: runs.progress(run, done=done, total=total + 1))
    kept.table, kept.as_of = table.as_json(report.columns(kept.parameters)), as_of
    _keep(run, kept, papers.drawn_for(kept, _readers(kept), lambda: runs.progress(run, done=run.done)))
    return {"kept": kept.pk, "rows": len(table.rows)}


def _readers(kept: KeptReport) -> list[User]:
    """Who asked for it, then whom it is sent to."""
    return [kept.asked_by, *kept.readers.filter(is_active=True).exclude(pk=kept.asked_by_id).order_by("pk")]


def _keep(run: Run, kept: KeptReport, drawings: papers.Drawings) -> None:
    """Snapshot, PDFs and mails in one transaction, by whoever still has the run."""
    with transaction.atomic():
        runs.progress(run, done=(run.total or 1) - 1)
        if KeptReport.objects.select_for_update().get(pk=kept.pk).is_ready:
            return
        kept.save(update_fields=["table", "as_of"])
        papers.keep(kept, drawings, actor=kept.asked_by)
        if kept.schedule:
            parking.made(kept.schedule)
            mails.tell_readers(kept)


def retry(kept: KeptReport, *, actor: User) -> None:
    """Make a failed report after all. Raises Refused for one that did not fail."""
    runs.retry(kept.run, actor=actor)


def remove(kept: KeptReport, *, actor: User | None) -> None:
    """Forget a kept report with its files; its event stays. Raises Refused while it is made, or a hold keeps a file."""
    with transaction.atomic():
        row = KeptReport.objects.select_for_update(of=("self",)).select_related("run").get(pk=kept.pk)
        if row.run.state in {Run.State.QUEUED, Run.State.RUNNING}:
            raise Refused(_("It is being made. Wait until it is ready."), code="being_made")
        for attachment in Attachment.objects.of(papers.OWNER, row.pk):
            files.remove(attachment)
        events.write(
            "forget",
            actor=actor,
            subject_kind="report",
            subject_id=row.pk,
            department_id=row.department_id,
            payload={"report": row.report},
        )
        row.delete()
