"""Runs: work a person asked for that goes on in the background, with progress, and can be taken up again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from records import events, requests
from records.models import Heartbeat, Run

log = structlog.get_logger(__name__)
LEASE = dt.timedelta(minutes=1)
HANDED = dt.timedelta(seconds=30)
ATTEMPTS = 5
TRIES = 3
SIGN_OF_LIFE = "long"
Work = Callable[[Run], dict[str, Any]]
GivenUp = Callable[[Run], None]
_kinds: dict[str, Work] = {}
_given_up: dict[str, GivenUp] = {}


class Lost(Exception):
    """Another process took the run up: this one leaves it alone."""


def kind(name: str, *, given_up: GivenUp | None = None) -> Callable[[Work], Work]:
    """Register the function that does a kind of run; it gets the run and returns its result (JSON-able).

    It must be safe to run again from `run.place`, and call `progress` at least twice a minute. `given_up(run)` is
    called in the transaction that ends a run as failed or parked, again when one that was tried anew fails.
    """

    def register(work: Work) -> Work:
        _kinds[name] = work
        if given_up:
            _given_up[name] = given_up
        return work

    return register


def ask(name: str, *, actor: Any | None, parameters: dict[str, Any]) -> Run:
    """Write a run into the present transaction; the tick starts it. Raises KeyError for an unknown kind."""
    _kinds[name]
    return Run.objects.create(kind=name, parameters=parameters, asked_by=actor)


def progress(
    run: Run, *, done: int, total: int | None = None, place: Any = None, result: dict[str, Any] | None = None
) -> None:
    """Tell how far a run is, renew its lease, and give a sign of life.

    `place` is where to go on after an interruption, `result` what is known so far. Raises Lost when the lease ran out
    and somebody else took the run up.
    """
    run.done = done
    run.total = total if total is not None else run.total
    run.place = place if place is not None else run.place
    run.result = result if result is not None else run.result
    run.lease_until = clock.now() + LEASE
    fields = {name: getattr(run, name) for name in ("done", "total", "place", "result", "lease_until")}
    if not Run.objects.filter(pk=run.pk, attempts=run.attempts).update(**fields):
        raise Lost(f"run {run.pk} is in other hands")
    sign_of_life()


def sign_of_life() -> None:
    """The worker of runs is there. Waits for nobody: while another writes the same, that is sign enough."""
    now = clock.now()
    with transaction.atomic():
        beat = Heartbeat.objects.select_for_update(skip_locked=True).filter(pk=SIGN_OF_LIFE)
        if not Heartbeat.objects.filter(pk__in=beat.values("pk")).update(at=now):
            Heartbeat.objects.bulk_create([Heartbeat(name=SIGN_OF_LIFE, at=now)], ignore_conflicts=True)


def hand_over(limit: int) -> list[int]:
    """Numbers of due runs to publish; they are offered again in half a minute if nobody took them."""
    now = clock.now()
    due = list(Run.objects.due(now).order_by("id").values_list("pk", flat=True)[:limit])
    Run.objects.due(now).filter(pk__in=due).update(state=Run.State.QUEUED, lease_until=now + HANDED)
    return due


def perform(run_id: int) -> None:
    """Do one queued run to its end; harmless when it is gone, finished, or in other hands.

    Five starts without an end park it. Exceptions end it as failed with a sentence kept for the person.
    """
    run = _take(run_id)
    if run is not None:
        with requests.of(run.request_id, run=run.pk, kind=run.kind):
            _perform(run)


def _perform(run: Run) -> None:
    sign_of_life()
    try:
        result = _kinds[run.kind](run)
    except Refused as refused:
        _finish(run, Run.State.FAILED, error=str(refused.sentence))
        log.info("run_refused", code=refused.code)
    except Lost:
        log.warning("run_lost")
    except Exception as error:
        log.exception("run_failed")
        _finish(run, Run.State.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
    else:
        _finish(run, Run.State.DONE, result=result)
        log.info("run_done")


def _take(run_id: int) -> Run | None:
    now = clock.now()
    with transaction.atomic():
        queued = Run.objects.filter(pk=run_id, state=Run.State.QUEUED)
        run = queued.select_for_update(skip_locked=True).first()
        if run is None:
            return None
        if run.attempts >= ATTEMPTS:
            _finish(run, Run.State.PARKED, error="It ended five times without finishing.")
            return None
        Run.objects.filter(pk=run_id).update(
            state=Run.State.RUNNING,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            started_at=run.started_at or now,
        )
    return Run.objects.get(pk=run_id)


def _finish(run: Run, state: str, **fields: Any) -> None:
    """End a run that is still this process's, and let its kind know where it was given up."""
    with transaction.atomic():
        mine = Run.objects.filter(pk=run.pk, attempts=run.attempts)
        ended = mine.update(state=state, finished_at=clock.now(), lease_until=None, **fields)
        if ended and state != Run.State.DONE and run.kind in _given_up:
            run.state, run.error = state, str(fields.get("error", ""))
            _given_up[run.kind](run)


def patiently(act: Callable[[], None]) -> None:
    """Do a batch, whole or not at all; one that was the victim of a deadlock is done again, TRIES times in all."""
    for attempt in range(1, TRIES + 1):
        try:
            act()
            return
        except OperationalError:
            if attempt == TRIES or not connection.is_usable():
                raise


def retry(run: Run, *, actor: Any | None) -> Run:
    """Put a failed or parked run back to the queue, to go on from its place. Raises Refused for any other."""
    with transaction.atomic():
        row = Run.objects.select_for_update().get(pk=run.pk)
        if row.state not in {Run.State.FAILED, Run.State.PARKED}:
            raise Refused(_("Only what failed or was parked is tried again."), code="not_failed", state=row.state)
        row.state, row.attempts, row.error = Run.State.QUEUED, 0, ""
        row.lease_until = row.finished_at = None
        row.save(update_fields=["state", "attempts", "error", "lease_until", "finished_at"])
        events.write("retry", actor=actor, subject_kind="run", subject_id=row.pk, payload={"kind": row.kind})
    return row
