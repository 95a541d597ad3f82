"""Due, start-by and urgency: by hand in several zones, kept right by edits, marks and recomputing, by nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import clock
from core.refusals import Refused
from organization.models import CalendarClosure, CalendarWindow
from organization.setup import save_calendar, save_department, save_site
from records import runs
from records.models import Event, Run
from tasks import finishing, recompute, tallies, transitions
from tasks.editing import edit
from tasks.models import Tally, TallyDelta, Task
from tasks.procedures import save_procedure
from tasks.steps import Mark, mark_step
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh, row_of

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
DUBLIN, YORK = ZoneInfo("Europe/Dublin"), ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = DUBLIN) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


NOW = at("2026-03-04T11:00")  # a Wednesday; weeks are Monday to Friday, nine to five


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with clock.at(NOW):
        yield


def told(task: Task) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    row = fresh(task)
    return row.due_at, row.start_by, row.urgent_at


def edited(task: Task, actor: Any, **values: Any) -> Task:
    return edit(task.pk, values, actor=actor, revision=fresh(task).revision)


# by hand


@pytest.mark.parametrize(
    ("opened", "zone", "target", "standard", "due", "start_by"),
    [
        ("2026-03-04T11:00", DUBLIN, 120, 15, "2026-03-04T13:00", "2026-03-04T12:45"),
        ("2026-03-04T16:30", DUBLIN, 60, 45, "2026-03-05T09:30", "2026-03-04T16:45"),
        ("2026-03-06T16:00", DUBLIN, 120, 30, "2026-03-09T10:00", "2026-03-09T09:30"),
        ("2026-03-07T12:00", DUBLIN, 480, 480, "2026-03-09T17:00", "2026-03-09T09:00"),
        ("2026-03-27T16:00", DUBLIN, 120, 15, "2026-03-30T10:00", "2026-03-30T09:45"),  # summer time begins between
        ("2026-03-04T18:00", YORK, 2400, 60, "2026-03-11T17:00", "2026-03-11T16:00"),
        ("2026-10-30T16:30", YORK, 60, 60, "2026-11-02T09:30", "2026-10-30T16:30"),  # and ends
    ],
)
def test_a_target_counts_from_opening(
    make: Any, opened: str, zone: ZoneInfo, target: int, standard: int, due: str, start_by: str
) -> None:
    where = make.department(site=make.site(zone=zone.key))
    how = make.procedure(target_minutes=target, standard_minutes=standard)
    with clock.at(at(opened, zone)):
        task = make.task(where, how)
    assert told(task) == (at(due, zone), at(start_by, zone), at(start_by, zone))
    assert (task.due_from_target, task.due_is_date, task.remaining_minutes) == (True, False, standard)


@pytest.mark.parametrize(
    ("priority", "urgent_at"),
    [(1, "2026-03-05T12:00"), (2, "2026-03-10T12:00"), (3, "2026-03-11T12:00"), (4, "2026-03-13T12:00")],
)
def test_a_priority_moves_urgency_by_a_fixed_span(cast: Any, priority: int, urgent_at: str) -> None:
    """Four days and one day earlier, two days later, in working time; due and start-by stay."""
    how = make.procedure(standard_minutes=60)
    task = make.task(cast.permits, how, due_at=at("2026-03-11T13:00"), priority=priority)
    assert told(task) == (at("2026-03-11T13:00"), at("2026-03-11T12:00"), at(urgent_at))
    moved = make.task(cast.permits, how, due_at=at("2026-03-11T13:00"))
    edited(moved, cast.ruth, priority=priority)
    assert told(moved) == told(task)


def test_a_due_date_is_the_end_of_that_working_day_there(cast: Any) -> None:
    day = dt.date(2026, 3, 6)
    here, there = make.task(cast.permits, cast.anything, due_on=day), make.task(cast.archive, cast.anything, due_on=day)
    assert here.due_at == at("2026-03-06T17:00") and there.due_at == at("2026-03-06T17:00", YORK)
    assert here.due_is_date and not here.due_from_target
    exact = make.task(cast.permits, cast.anything, due_at=at("2026-03-06T15:20"))
    assert (exact.due_at, exact.due_is_date, exact.due_from_target) == (at("2026-03-06T15:20"), False, False)


def test_planned_work_has_its_target_from_its_day(cast: Any) -> None:
    how = make.procedure(target_minutes=480)
    planned = make.task(cast.permits, how, ready_at=at("2026-03-09T09:00"))
    assert planned.state == "planned" and planned.due_at == at("2026-03-09T17:00")
    past = make.task(cast.permits, how, ready_at=NOW - 9 * DAY)
    assert past.state == "open" and past.due_at == at("2026-03-05T11:00")


def test_edits_of_days_keep_the_clock_right(cast: Any) -> None:
    how = make.procedure(target_minutes=480, standard_minutes=60)
    task = make.task(cast.permits, how)
    assert task.due_at == at("2026-03-05T11:00")
    after = edited(task, cast.ruth, ready_at=at("2026-03-10T10:00"))
    assert (after.state, after.due_at, after.start_by) == ("planned", at("2026-03-11T10:00"), at("2026-03-11T09:00"))
    after = edited(task, cast.ruth, ready_at=None)
    assert (after.state, after.due_at) == ("open", at("2026-03-05T11:00"))
    after = edited(task, cast.ruth, due_at=at("2026-03-20T12:00"), ready_at=at("2026-03-10T10:00"))
    assert (after.due_at, after.due_from_target) == (at("2026-03-20T12:00"), False)
    after = edited(task, cast.ruth, due_on=dt.date(2026, 3, 20))
    assert (after.due_at, after.due_is_date) == (at("2026-03-20T17:00"), True)
    after = edited(task, cast.ruth, due_at=None, ready_at=None)
    assert (after.due_at, after.due_is_date, after.due_from_target) == (at("2026-03-05T11:00"), False, True)


def waited(cast: Any, how: Any, end: str = "resume") -> Task:
    """A task that waited three hours for somebody outside."""
    task = transitions.claim(make.task(cast.permits, how), actor=cast.mira)
    transitions.wait(task, actor=cast.mira, kind="outside", reason=REASON)
    with clock.at(NOW + 3 * HOUR):
        return getattr(transitions, end)(task, actor=cast.mira)


def test_an_edit_that_says_nothing_of_due_keeps_what_was_waited(cast: Any) -> None:
    task = waited(cast, make.procedure(target_minutes=480))
    assert task.due_at == at("2026-03-05T14:00")
    assert edited(task, cast.ruth, title="Renamed", due_at=None, ready_at=None).due_at == task.due_at
    edited(task, cast.ruth, due_at=at("2026-03-20T12:00"))
    assert edited(task, cast.ruth, due_at=None).due_at == task.due_at


def test_marks_take_their_minutes_off(cast: Any) -> None:
    steps = [{"minutes": 30}, {"minutes": 20}, {"is_mandatory": False}]
    how = make.procedure(steps=steps, standard_minutes=400)
    task = make.task(cast.permits, how, due_at=at("2026-03-04T16:00"))
    assert task.remaining_minutes == 50 and task.start_by == at("2026-03-04T15:10")
    transitions.claim(task, actor=cast.mira)
    transitions.start(task, actor=cast.mira)
    for key, done, left, start_by in (
        ("step-1", True, 20, "15:40"),
        ("step-3", True, 20, "15:40"),
        ("step-2", True, 0, "16:00"),
        ("step-1", False, 30, "15:30"),
    ):
        after = mark_step(task, Mark(key, done), actor=cast.mira)
        assert (after.remaining_minutes, after.start_by) == (left, at(f"2026-03-04T{start_by}"))
        assert after.urgent_at == after.start_by


# recomputation


def perform() -> list[Run]:
    """Do every run that is due; those that were."""
    due = runs.hand_over(100)
    for pk in due:
        runs.perform(pk)
    return list(Run.objects.filter(pk__in=due).order_by("pk"))


def other_hours(cast: Any, end: int, *closures: dt.date) -> None:
    calendar = cast.permits.calendar
    rows = [CalendarWindow(weekday=day, start=dt.time(9), end=dt.time(end % 24)) for day in range(5)]
    days = [CalendarClosure(day=day) for day in closures]
    save_calendar(calendar, actor=cast.ada, windows=rows, closures=days)


def test_other_hours_move_what_they_touch_and_nothing_else(cast: Any) -> None:
    elsewhere = make.department("Elsewhere")
    how = make.procedure(target_minutes=480, standard_minutes=60)
    target = make.task(cast.permits, how)
    dated = make.task(cast.permits, how, due_on=dt.date(2026, 3, 6))
    exact = make.task(cast.permits, how, due_at=at("2026-03-06T15:00"))
    held = waited(cast, how)
    returned = waited(cast, how, "release")
    done = finishing.complete(waited(cast, how), actor=cast.mira)
    other = make.task(elsewhere, how)
    untouched = [row_of(done), row_of(other)]
    other_hours(cast, 15, dt.date(2026, 3, 5))  # six hours a day, and tomorrow closed
    [run] = perform()
    assert (run.state, run.result, run.asked_by) == ("done", {"looked_at": 5, "moved": 5}, cast.ada)
    assert [row_of(done), row_of(other)] == untouched
    assert told(target)[:2] == (at("2026-03-06T13:00"), at("2026-03-06T12:00"))
    assert told(dated)[:2] == (at("2026-03-06T15:00"), at("2026-03-06T14:00"))
    assert told(exact)[:2] == (at("2026-03-06T15:00"), at("2026-03-06T14:00"))
    for task in (held, returned):  # eight hours and the three it waited
        assert told(task)[0] == at("2026-03-09T10:00")
    event = events_of(target)[-1]
    assert (event.verb, event.actor, event.origin) == ("recompute", cast.ada, "job")
    assert event.from_state == event.to_state == "open"


def test_running_again_changes_nothing(cast: Any) -> None:
    tasks = [make.task(cast.permits, cast.permit) for _ in range(3)]
    other_hours(cast, 15)
    perform()
    before, events = [row_of(task) for task in tasks], Event.objects.count()
    runs.ask("tasks.recompute", actor=None, parameters={"departments": [cast.permits.pk]})
    [run] = perform()
    assert run.result == {"looked_at": 3, "moved": 0}
    assert [row_of(task) for task in tasks] == before and Event.objects.count() == events


def test_other_standards_and_targets(cast: Any) -> None:
    steps = [{"is_mandatory": False}]
    how = make.procedure(target_minutes=480, standard_minutes=60, steps=steps)
    free, marked, other = (make.task(cast.permits, how) for _ in range(3))
    Task.objects.filter(pk=other.pk).update(procedure=cast.anything)
    moved = make.task(cast.permits, how)
    moved = transitions.hand_off(moved, actor=cast.ruth, department=cast.archive, reason=REASON)
    transitions.claim(marked, actor=cast.mira)
    transitions.start(marked, actor=cast.mira)
    mark_step(marked, Mark("step-1", True), actor=cast.mira)
    how.standard_minutes = 120
    save_procedure(how, actor=cast.ada)
    perform()
    for task in (free, marked, moved):
        row = fresh(task)
        assert (row.remaining_minutes, row.due_at) == (120, at("2026-03-05T11:00")), "due stays, where it came from too"
    assert fresh(free).start_by == fresh(marked).start_by == at("2026-03-05T09:00")
    how.target_minutes = 960
    save_procedure(how, actor=cast.ada)
    perform()
    assert fresh(free).due_at == at("2026-03-06T11:00") and fresh(other).revision == 1


def test_another_zone_moves_the_clocks(cast: Any) -> None:
    task = make.task(cast.permits, make.procedure(target_minutes=480), due_on=dt.date(2026, 3, 6))
    cast.permits.site.time_zone = "America/New_York"
    save_site(cast.permits.site, actor=cast.ada)
    perform()
    assert told(task)[0] == at("2026-03-06T17:00", YORK)


def test_a_day_that_ends_at_midnight_stays_that_day(cast: Any) -> None:
    other_hours(cast, 24)
    perform()
    task = make.task(cast.permits, cast.permit, due_on=dt.date(2026, 3, 6))
    assert task.due_at == at("2026-03-07T00:00")
    other_hours(cast, 17)
    perform()
    assert told(task)[0] == at("2026-03-06T17:00")


class Killed(BaseException):
    """The process is gone."""


def test_a_run_killed_in_the_middle_goes_on_there(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "BATCH", 3)
    tasks = [make.task(cast.permits, cast.permit) for _ in range(8)]
    other_hours(cast, 15)
    progress, calls = runs.progress, []

    def die(*args: Any, **fields: Any) -> None:
        calls.append(fields["done"])
        if len(calls) == 2:
            raise Killed
        progress(*args, **fields)

    monkeypatch.setattr(runs, "progress", die)
    with pytest.raises(Killed):
        perform()
    run = Run.objects.get()
    assert (run.done, run.place, run.result) == (3, tasks[2].pk, {"looked_at": 3, "moved": 3})
    with clock.at(NOW + 2 * runs.LEASE):
        perform()
    run.refresh_from_db()
    # The batch that was moved but not told of is looked at again and found right.
    assert (run.state, run.done, run.result) == ("done", 8, {"looked_at": 8, "moved": 5})
    assert Event.objects.filter(verb="recompute").count() == 8
    assert [fresh(task).revision for task in tasks] == [2] * 8


def test_what_was_finished_or_moved_meanwhile_is_left_alone(cast: Any) -> None:
    """Rows are read in batches: by the time one is locked somebody may have been there."""
    done, moved = (make.task(cast.permits, cast.permit) for _ in range(2))
    other_hours(cast, 15)
    old = [fresh(done), fresh(moved)]
    transitions.cancel(done, actor=cast.ruth, reason=REASON)
    assert recompute.recompute_one(fresh(moved), None) == 1
    before = [row_of(done), row_of(moved)]
    assert [recompute.recompute_one(row, None) for row in old] == [0, 0]
    assert [row_of(done), row_of(moved)] == before


def test_a_moved_department_takes_its_new_calendar(cast: Any) -> None:
    task = make.task(cast.permits, make.procedure(target_minutes=480))
    cast.permits.calendar = make.calendar(days=range(7), start=8, end=10)
    save_department(cast.permits, actor=cast.ada)
    perform()
    assert told(task)[0] == at("2026-03-08T10:00")  # two hours a day, weekends too, from tomorrow at eight


# kept counts


def test_the_kept_backlog_is_a_recount(cast: Any) -> None:
    tasks = [make.task(cast.permits, make.procedure(standard_minutes=minutes)) for minutes in (10, 20, 40)]
    make.task(cast.archive, cast.anything)
    make.task(cast.permits, cast.permit, ready_at=NOW + DAY)
    here = [cast.permits.pk]
    assert tallies.backlog_of(here) == tallies.Backlog(3, 70) and not Tally.objects.exists()
    tallies.fold()
    assert tallies.backlog_of(here) == tallies.Backlog(3, 70) and not TallyDelta.objects.exists()
    transitions.claim(tasks[0], actor=cast.mira)
    transitions.hand_off(tasks[1], actor=cast.ruth, department=cast.archive, reason=REASON)
    assert tallies.backlog_of(here) == tallies.Backlog(1, 40)
    assert tallies.backlog_of([*here, cast.archive.pk]) == tallies.Backlog(3, 75)
    tallies.fold(most=1)
    assert TallyDelta.objects.exists() and not tallies.wrong_tallies()
    TallyDelta.objects.all().delete()
    [(place, kept, counted)] = [row for row in tallies.wrong_tallies() if row[0] == cast.permits.pk]
    assert (place, counted) == (cast.permits.pk, tallies.Backlog(1, 40)) and kept != counted
    tallies.rebuild()
    assert not tallies.wrong_tallies() and tallies.backlog_of([]) == tallies.Backlog(0, 0)


def test_a_refused_verb_leaves_the_counts(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    with pytest.raises(Refused):
        transitions.claim(task, actor=cast.otto)
    assert TallyDelta.objects.count() == 1 and not tallies.wrong_tallies()
