"""Background jobs of reports: what schedules are due for, and what has been kept long enough."""

from __future__ import annotations

import structlog
from django.db import InterfaceError, OperationalError

from core import clock
from core.refusals import Refused
from records import events
from records.jobs import on_tick
from reports.making import remove
from reports.models import KeptReport, Schedule
from reports.parking import not_asked
from reports.scheduling import ask_due

log = structlog.get_logger(__name__)
BATCH = 100


@on_tick
def ask_for_scheduled_reports() -> None:
    """Ask for the report of every schedule that has come; one that fails does not stop the others."""
    with events.origin("job"):
        for pk in Schedule.objects.due(clock.now()).order_by("next_at").values_list("pk", flat=True)[:BATCH]:
            try:
                _ask(pk)
            except Exception:
                log.exception("schedule_failed", schedule=pk)


def _ask(pk: int) -> None:
    """Ask for one; what went wrong counts against the schedule, unless it was the database: then the next tick asks."""
    try:
        ask_due(pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("schedule_failed", schedule=pk)
        not_asked(pk, f"{type(error).__name__}: {error}"[:2000])


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
