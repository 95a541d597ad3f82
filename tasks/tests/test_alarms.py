"""Alarms under random changes and sweeps: each moment that came while it stood is said, once; none that was past."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from tasks import invariants, reminders, transitions
from tasks.alarms import is_right, moments
from tasks.editing import edit
from tasks.models import Reminder
from tasks.tests import factories as make
from tasks.tests.doors import fresh

START = dt.datetime(2026, 3, 26, 9, tzinfo=ZoneInfo("Europe/Dublin"))  # the clocks go forward on the 29th
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1800),  # minutes that pass
        st.sampled_from(["due", "due", "sweep", "sweep", "claim", "start", "release", "wait", "resume"]),
        st.integers(-2000, 6000),  # minutes from then to the new due time
    ),
    min_size=1,
    max_size=12,
)


def do(cast: Any, task: Any, what: str, minutes: int) -> None:
    row = fresh(task)
    if what == "due":
        edit(row, {"due_at": clock.now() + dt.timedelta(minutes=minutes)}, actor=cast.ruth, revision=row.revision)
    elif what == "claim" and row.is_free:
        transitions.claim(row, actor=cast.mira)
    elif what == "start" and row.state == "open" and row.assignee_id:
        transitions.start(row, actor=cast.mira)
    elif what == "release" and row.assignee_id and row.state in {"open", "in_progress", "waiting"}:
        transitions.release(row, actor=cast.ruth)
    elif what == "wait" and row.state in {"open", "in_progress"}:
        transitions.wait(row, actor=cast.ruth, kind="colleague", reason="why not")
    elif what == "resume" and row.state == "waiting":
        transitions.resume(row, actor=cast.ruth)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_each_moment_that_came_is_said_once(cast: Any, steps: list[tuple[int, str, int]]) -> None:
    """The model: between two changes, whatever of the moments lies in between has come."""
    with transaction.atomic():
        now, come = START, set()
        with clock.at(now):
            task = make.task(cast.permits, cast.permit, due_at=START + dt.timedelta(days=2))
        for minutes, what, due in steps:
            before, row = now, fresh(task)
            now = now + dt.timedelta(minutes=minutes)
            come |= {(kind, row.due_at) for kind, at in moments(row) if before < at <= now}
            with clock.at(now):
                # What came must be said before it is moved away: a late sweep says the rest of it.
                while reminders.remind():
                    pass
                if what != "sweep":
                    do(cast, task, what, due)
                assert is_right(fresh(task), now)
                assert not list(invariants.wrong_alarms())
        kept = set(Reminder.objects.filter(task=task).values_list("kind", "due_at"))
        assert kept == come
        transaction.set_rollback(True)
