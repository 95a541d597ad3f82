"""Runs show progress, go on where they were, and are parked when they keep killing their worker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from core import clock
from core.refusals import Refused
from records import runs
from records.models import Run

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
LATER = runs.LEASE + dt.timedelta(seconds=1)


class Killed(BaseException):
    """The process is gone: no `except Exception` sees it."""


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A kind of run whose steps the test decides: numbers done so far, and what happens at each."""
    told: dict[str, Any] = {"seen": [], "at": {}, "most": 6}

    def count(run: Run) -> dict[str, Any]:
        for number in range((run.place or 0) + 1, told["most"] + 1):
            told["seen"].append(number)
            happening = told["at"].get(number)
            if happening:
                happening(run)
            runs.progress(run, done=number, total=told["most"], place=number, result={"sum": number})
        return {"sum": told["most"]}

    monkeypatch.setitem(runs._kinds, "tests.count", count)
    with clock.at(NOW):
        yield told


def throw(error: BaseException) -> Any:
    def happen(run: Run) -> None:
        raise error

    return happen


def start_all() -> None:
    for pk in runs.hand_over(10):
        runs.perform(pk)


def test_a_run_goes_from_asked_to_done(work: dict[str, Any], make: Any) -> None:
    asker = make.person("Ada Stone")
    run = runs.ask("tests.count", actor=asker, parameters={"n": 6})
    assert (run.state, run.asked_by) == ("queued", asker)
    start_all()
    run.refresh_from_db()
    assert (run.state, run.done, run.total, run.result, run.attempts) == ("done", 6, 6, {"sum": 6}, 1)
    assert run.started_at == run.finished_at == NOW and run.lease_until is None and run.error == ""
    assert runs.hand_over(10) == []
    runs.perform(run.pk)
    assert work["seen"] == [1, 2, 3, 4, 5, 6]
    runs.perform(run.pk + 1)
    with pytest.raises(KeyError):
        runs.ask("tests.unknown", actor=None, parameters={})


def test_asking_is_part_of_the_verb(work: dict[str, Any]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        runs.ask("tests.count", actor=None, parameters={})
        raise ZeroDivisionError
    assert runs.hand_over(10) == []


def test_a_run_is_handed_over_once_in_half_a_minute(work: dict[str, Any]) -> None:
    run = runs.ask("tests.count", actor=None, parameters={})
    assert runs.hand_over(10) == [run.pk] and runs.hand_over(10) == []
    with clock.at(NOW + runs.HANDED + dt.timedelta(seconds=1)):
        assert runs.hand_over(10) == [run.pk]


def test_a_killed_run_is_taken_up_where_it_was(work: dict[str, Any]) -> None:
    run = runs.ask("tests.count", actor=None, parameters={})
    work["at"][4] = throw(Killed())
    with pytest.raises(Killed):
        start_all()
    run.refresh_from_db()
    assert (run.state, run.done, run.place, run.result) == ("running", 3, 3, {"sum": 3})
    work["at"].clear()
    start_all()
    assert work["seen"] == [1, 2, 3, 4]
    with clock.at(NOW + LATER):
        start_all()
    run.refresh_from_db()
    assert (run.state, run.done, run.attempts, run.started_at) == ("done", 6, 2, NOW)
    assert work["seen"] == [1, 2, 3, 4, 4, 5, 6]


def test_progress_renews_the_lease(work: dict[str, Any]) -> None:
    run = runs.ask("tests.count", actor=None, parameters={})
    later = NOW + runs.LEASE - dt.timedelta(seconds=1)

    def look(at: Run) -> None:
        with clock.at(later):
            assert runs.hand_over(10) == []
            runs.progress(at, done=1)
        with clock.at(NOW + LATER):
            assert runs.hand_over(10) == []

    work["at"][2] = look
    start_all()
    run.refresh_from_db()
    assert run.state == "done"


def test_a_run_that_keeps_killing_its_worker_is_parked(work: dict[str, Any]) -> None:
    run = runs.ask("tests.count", actor=None, parameters={})
    work["at"][1] = throw(Killed())
    tries = 0
    for turn in range(8):
        with clock.at(NOW + turn * LATER):
            try:
                start_all()
            except Killed:
                tries += 1
    run.refresh_from_db()
    assert (tries, run.state, run.attempts) == (5, "parked", 5) and run.error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Refused("There is no such file."), "There is no such file."),
        (ValueError("x" * 3000), "ValueError: " + "x" * 1988),
    ],
)
def test_an_exception_ends_it_with_a_sentence(work: dict[str, Any], error: Exception, told: str) -> None:
    run = runs.ask("tests.count", actor=None, parameters={})
    work["at"][3] = throw(error)
    start_all()
    run.refresh_from_db()
    assert (run.state, run.error, run.done, run.finished_at) == ("failed", told, 2, NOW)
    with clock.at(NOW + dt.timedelta(days=1)):
        assert runs.hand_over(10) == []


def test_who_lost_the_run_leaves_it_alone(work: dict[str, Any]) -> None:
    """A worker asleep for longer than its lease wakes up while another one does the run."""
    run = runs.ask("tests.count", actor=None, parameters={})

    def sleep(mine: Run) -> None:
        work["at"].clear()
        work["at"][5] = lambda other: work["seen"].append("other at five")
        with clock.at(NOW + LATER):
            start_all()
        Run.objects.update(done=4, state="running")

    work["at"][2] = sleep
    start_all()
    run.refresh_from_db()
    assert (run.attempts, run.done, run.state) == (2, 4, "running")
    assert work["seen"] == [1, 2, 2, 3, 4, 5, "other at five", 6]


def test_only_the_asker_and_admins_see_a_run(work: dict[str, Any], make: Any) -> None:
    asker, other, admin = make.person("Mira Holt"), make.person("Otto Weiss"), make.person("Ada Stone", is_admin=True)
    runs.ask("tests.count", actor=asker, parameters={})
    seen = [Run.objects.visible_to(person).count() for person in (asker, other, admin)]
    assert seen == [1, 0, 1]
