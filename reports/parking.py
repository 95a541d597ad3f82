"""Parking a schedule whose reports keep failing: it stops, and its owner and the admins are told once.

Counted are reports in a row, each once however often it is tried: by a mark on the kept report, or by moving the
schedule on where not even asking worked. All under a lock on the schedule, so jobs may run twice.
"""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction

from core import clock
from organization.models import User
from organization.notices import News, notify
from records import events
from records.models import Run
from reports.models import KeptReport, Schedule
from reports.occurrences import first_after

log = structlog.get_logger(__name__)
IN_A_ROW = 5  # Schedule.Ended.FAILING says it in words


def made(schedule: Schedule) -> None:
    """A report of the schedule came about: failures are counted from nought again."""
    Schedule.objects.filter(pk=schedule.pk, ended="", failures__gt=0).update(failures=0, failed_at=None, trouble="")


def not_made(run: Run) -> None:
    """The run of a report was given up: count it, where it belongs to a schedule and was not counted before."""
    now = clock.now()
    kept = KeptReport.objects.filter(run=run.pk, schedule__isnull=False, failed_at=None)
    schedule_id = kept.values_list("schedule_id", flat=True).first()
    if schedule_id is None:
        return
    with transaction.atomic():
        schedule = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule_id)
        if kept.update(failed_at=now):
            _count(schedule, run.error, now)


def not_asked(schedule_id: int, trouble: str) -> None:
    """A due schedule's report could not even be asked for: count it, and go on to the next occurrence.

    Nothing happens where it is due no more: somebody else counted it, or asked for it after all.
    """
    now = clock.now()
    with transaction.atomic():
        due = Schedule.objects.due(now).filter(pk=schedule_id)
        schedule = due.select_for_update(of=("self",), skip_locked=True).first()
        if schedule is None:
            return
        Schedule.objects.filter(pk=schedule.pk).update(next_at=first_after(schedule, now))
        _count(schedule, trouble, now)


def _count(schedule: Schedule, trouble: str, now: dt.datetime) -> None:
    """One failure more of a locked schedule; the last of IN_A_ROW parks it. One that ended already stays as it is."""
    if not schedule.is_on:
        return
    failures = schedule.failures + 1
    row = Schedule.objects.filter(pk=schedule.pk)
    row.update(failures=failures, failed_at=now, trouble=trouble)
    if failures < IN_A_ROW:
        return
    row.update(ended=Schedule.Ended.FAILING, revision=schedule.revision + 1)
    with events.origin("job"):
        event = events.write(
            "park", actor=None, subject_kind="schedule", subject_id=schedule.pk, payload={"failures": failures}
        )
    _tell(schedule, now, f"event:{event}")
    log.warning("schedule_parked", schedule=schedule.pk)


def _tell(schedule: Schedule, now: dt.datetime, key: str) -> None:
    admins = User.objects.active().filter(is_admin=True).exclude(pk=schedule.owner_id)
    told = [(schedule.owner_id, ""), *((pk, "theirs") for pk in admins.order_by("pk").values_list("pk", flat=True))]
    notify(
        News(
            person_id=person,
            kind="schedule_parked",
            key=key,
            detail=detail,
            by_id=schedule.owner_id,
            subject_kind="schedule",
            subject_id=schedule.pk,
            moment=now,
        )
        for person, detail in told
    )
