"""Background jobs of the office's records: the tick, the seal, the mail, the runs."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from celery import shared_task
from django.db import connection

from core import clock
from records import chain, outgoing, runs
from records.models import Heartbeat

log = structlog.get_logger(__name__)
BATCH = 200
_sweeps: list[Callable[[], None]] = []


def on_tick(sweep: Callable[[], None]) -> Callable[[], None]:
    """Register a sweep of due rows that every tick makes; it must be quick and safe to run twice."""
    _sweeps.append(sweep)
    return sweep


@shared_task(name="backoffice.records.tick")
def tick() -> None:
    """Sign of life, then hand every due row to its queue. One tick at a time; a second one leaves at once."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [chain.ADVISORY_LOCK + 1])
        if not cursor.fetchone()[0]:
            return
        try:
            for sweep in [seal_events, send_due, start_due_runs, *_sweeps]:
                _guarded(sweep)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [chain.ADVISORY_LOCK + 1])


def _guarded(sweep: Callable[[], None]) -> None:
    try:
        sweep()
    except Exception:
        log.exception("sweep_failed", sweep=sweep.__name__)


def seal_events() -> None:
    """Seal what can no longer change."""
    chain.seal()


def send_due() -> None:
    """Hand due messages to the mail queue; the lease keeps a doubled hand-over harmless."""
    for pk in outgoing.hand_over(BATCH):
        deliver_outgoing.apply_async(kwargs={"message_id": pk}, queue="mail", expires=60)


def start_due_runs() -> None:
    """Hand due runs to the long queue; a doubled hand-over finds the run taken."""
    for pk in runs.hand_over(BATCH):
        perform_run.apply_async(kwargs={"run_id": pk}, queue="long", expires=60)


@shared_task(name="backoffice.records.deliver_outgoing", queue="mail")
def deliver_outgoing(*, message_id: int) -> None:
    """Send one message."""
    outgoing.deliver(message_id)


@shared_task(name="backoffice.records.perform_run", queue="long")
def perform_run(*, run_id: int) -> None:
    """Do one run."""
    runs.perform(run_id)
