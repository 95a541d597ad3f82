"""Background jobs of reports: what schedules are due for, and what has been kept long enough."""

from __future__ import annotations

import structlog

from core import clock
from core.refusals import Refused
from records import events
from records.jobs import on_tick
from reports.making import remove
from reports.models import KeptReport, Schedule
from reports.scheduling import ask_due

log = structlog.get_logger(__name__)
BATCH = 100


@on_tick
def ask_for_scheduled_reports() -> None:
    """Ask for the report of every schedule that has come; one that fails does not stop the others."""
    with events.origin("job"):
        for pk in Schedule.objects.due(clock.now()).order_by("next_at").values_list("pk", flat=True)[:BATCH]:
            try:
                ask_due(pk)
            except Exception:
                log.exception("schedule_failed", schedule=pk)


@on_tick
def forget_old_reports() -> None:
    """Once a minute, remove reports that have been kept long enough; what a hold keeps stays."""
    now = clock.now()
    if now.second != 45:
        return
    with events.origin("job"):
        for kept in KeptReport.objects.out_of_date(now).order_by("keep_until")[:BATCH]:
            try:
                remove(kept, actor=None)
            except Refused:
                continue
