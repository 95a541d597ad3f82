"""Background jobs of the office's records: the tick, the seal, the mail, the runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog
from celery import current_app, shared_task
from django.db import connection
from kombu.exceptions import ChannelError

from core import clock
from records import chain, limits, outgoing, runs
from records.models import Heartbeat

log = structlog.get_logger(__name__)
BATCH = 200
LONG_SILENCE = dt.timedelta(seconds=15)
LONG_ASKED = dt.timedelta(seconds=3)
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
            for sweep in [seal_events, send_due, start_due_runs, ask_for_life, forget_full_buckets, *_sweeps]:
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


def ask_for_life() -> None:
    """Where the long queue's worker has been silent for a while, give it a job that only says it is there.

    A run at work tells so itself with its progress. Nothing is sent while others wait: nobody takes them.
    """
    now = clock.now()
    if Heartbeat.objects.filter(name=runs.SIGN_OF_LIFE, at__gt=now - LONG_SILENCE).exists():
        return
    asked, _new = Heartbeat.objects.get_or_create(name="long asked", defaults={"at": now - LONG_ASKED})
    if asked.at <= now - LONG_ASKED and not _waiting("long"):
        Heartbeat.objects.filter(pk=asked.pk).update(at=now)
        say_alive.apply_async(queue="long", expires=60)


def forget_full_buckets() -> None:
    """Once a minute, remove what the rate limits need no longer."""
    if clock.now().second == 45:
        limits.forget_full()


def _waiting(queue: str) -> int:
    with current_app.producer_pool.acquire(block=True) as producer:
        try:
            return int(producer.channel.queue_declare(queue=queue, passive=True).message_count)
        except ChannelError:  # no worker has declared it yet
            return 0


@shared_task(name="backoffice.records.say_alive", queue="long")
def say_alive() -> None:
    """The long queue is taken from."""
    runs.sign_of_life()


@shared_task(name="backoffice.records.deliver_outgoing", queue="mail")
def deliver_outgoing(*, message_id: int) -> None:
    """Send one message."""
    outgoing.deliver(message_id)


@shared_task(name="backoffice.records.perform_run", queue="long")
def perform_run(*, run_id: int) -> None:
    """Do one run."""
    runs.perform(run_id)
