"""Reminders: each moment once for each task, kind and due time, to whom it concerns."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import clock
from organization.models import CalendarWindow, Membership, Notice
from organization.setup import save_calendar, save_membership
from records import events, runs
from records.models import Event, Run
from tasks import alarms, finishing, invariants, reminders, transitions
from tasks.editing import edit
from tasks.models import Reminder, Task
from tasks.opening import Request, open_task
from tasks.procedures import save_procedure
from tasks.tests import factories as make
from tasks.tests.doors import fresh
from tasks.undo import undo

pytestmark = pytest.mark.django_db
DUBLIN = ZoneInfo("Europe/Dublin")
MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=DUBLIN)  # the working week is Monday to Friday, 9 to 17


def later(**span: float) -> dt.datetime:
    return MONDAY + dt.timedelta(**span)


def sweep(at: dt.datetime) -> None:
    """What the tick does at an instant, twice over."""
    with clock.at(at):
        while reminders.remind():
            pass
        assert reminders.remind() == 0


def opened(cast: Any, who: str = "mira", **fields: Any) -> Task:
    """Work of Permits, opened on Monday at ten, claimed by somebody."""
    fields.setdefault("due_at", later(hours=6))
    with clock.at(MONDAY):
        task = make.task(cast.permits, cast.permit, **fields)
        return transitions.claim(task, actor=getattr(cast, who)) if who else task


def said(task: Task) -> list[str]:
    """What was said, in the order of time."""
    return list(task.reminders.filter(superseded=False).order_by("moment").values_list("kind", flat=True))


def told(task: Task) -> list[tuple[str, str]]:
    """Who was told by which kind of notice."""
    rows = Notice.objects.filter(subject_kind="task", subject_id=task.pk).order_by("pk")
    return [(person.split()[0].lower(), kind) for person, kind in rows.values_list("person__name", "kind")]


def test_each_moment_comes_in_its_time_and_once(cast: Any) -> None:
    task = opened(cast)  # 15 minutes of work, due at 16:00; four working hours before it are 12:00
    for at, kinds in (
        (later(hours=1, minutes=59), []),
        (later(hours=2), ["due_soon"]),
        (later(hours=5, minutes=45), ["due_soon", "start_by"]),
        (later(hours=6), ["due_soon", "start_by", "overdue"]),
        (later(days=1, hours=5, minutes=59), ["due_soon", "start_by", "overdue"]),
        (later(days=1, hours=6), ["due_soon", "start_by", "overdue", "escalated"]),
        (later(days=300), ["due_soon", "start_by", "overdue", "escalated"]),
    ):
        sweep(at)
        assert said(task) == kinds, at
    assert told(task) == [
        ("mira", "due_soon"),
        ("mira", "start_by"),
        ("mira", "overdue"),
        ("mira", "escalated"),
        ("ruth", "escalated"),
    ]
    assert fresh(task).alarm_at is None


def test_escalation_raises_the_priority_and_the_place_in_the_queue(cast: Any) -> None:
    task = opened(cast)
    before = fresh(task)
    sweep(later(days=2))
    row = fresh(task)
    assert (before.priority, row.priority) == (3, 2)
    assert row.urgent_at < before.urgent_at and row.start_by == before.start_by and row.due_at == before.due_at
    event = Event.objects.get(task_id=task.pk, verb="escalate")
    assert (event.actor_id, event.origin, event.from_state, event.to_state) == (None, "job", "open", "open")
    assert not list(invariants.broken())


def test_urgent_work_escalates_without_an_event(cast: Any) -> None:
    task = opened(cast, priority=1)
    sweep(later(days=2))
    assert ("ruth", "escalated") in told(task)
    assert not Event.objects.filter(task_id=task.pk, verb="escalate").exists()


def test_after_an_outage_only_the_worst_is_said(cast: Any) -> None:
    task = opened(cast)
    sweep(later(hours=6, minutes=1))
    assert said(task) == ["overdue"]
    kept = {row.kind: row.superseded for row in task.reminders.all()}
    assert kept == {"due_soon": True, "start_by": True, "overdue": False}
    assert told(task) == [("mira", "overdue")]
    sweep(later(days=3))
    assert said(task) == ["overdue", "escalated"]


def test_another_due_time_arms_anew(cast: Any) -> None:
    task = opened(cast)
    sweep(later(hours=2))
    with clock.at(later(hours=3)):
        edit(task.pk, {"due_at": later(days=1, hours=6)}, actor=cast.ruth, revision=fresh(task).revision)
    sweep(later(hours=6))
    assert said(task) == ["due_soon"]
    sweep(later(days=1, hours=2))
    sweep(later(days=1, hours=6))
    assert said(task) == ["due_soon", "due_soon", "overdue"]
    assert task.reminders.filter(kind="due_soon").values("due_at").distinct().count() == 2


def test_the_same_due_time_twice_is_reminded_of_once(cast: Any) -> None:
    task = opened(cast)
    sweep(later(hours=2))
    with clock.at(later(hours=3)):
        edit(task.pk, {"due_at": later(days=5)}, actor=cast.ruth, revision=fresh(task).revision)
        edit(task.pk, {"due_at": later(hours=6)}, actor=cast.ruth, revision=fresh(task).revision)
    sweep(later(hours=3))
    assert said(task) == ["due_soon"]
    sweep(later(hours=6))
    assert said(task) == ["due_soon", "overdue"]


def test_finished_work_is_silent_and_reopened_work_speaks_of_what_is_ahead(cast: Any) -> None:
    task = opened(cast)
    with clock.at(later(hours=1)):
        finishing.complete(task, actor=cast.mira)
    assert fresh(task).alarm_at is None
    sweep(later(hours=5))
    assert said(task) == []
    with clock.at(later(hours=5, minutes=50)):
        transitions.reopen(task, actor=cast.ruth, reason="not yet", to=cast.kofi)
    sweep(later(hours=6))
    assert said(task) == ["overdue"]
    assert ("kofi", "overdue") in told(task)


def test_what_came_while_it_was_done_by_mistake_is_said(cast: Any) -> None:
    task = opened(cast)
    sweep(later(hours=5, minutes=50))
    with clock.at(later(hours=6, seconds=-20)):
        finishing.complete(task, actor=cast.mira)
    with clock.at(later(hours=6, seconds=20)):
        undo(task, actor=cast.mira)
    sweep(later(hours=6, minutes=1))
    assert said(task) == ["start_by", "overdue"]


def test_an_edit_before_a_late_sweep_loses_nothing(cast: Any) -> None:
    task = opened(cast)
    with clock.at(later(hours=6, minutes=2)):
        transitions.start(task, actor=cast.mira)
    sweep(later(hours=6, minutes=5))
    assert said(task) == ["overdue"]


def test_imported_work_does_not_speak_of_the_past(cast: Any) -> None:
    with clock.at(MONDAY), events.origin("import"):
        old = {"procedure": cast.permit, "department": cast.permits, "actor": cast.ruth}
        past = open_task(Request("past", due_at=later(days=-9)), occurred_at=later(days=-20), **old)
        near = open_task(Request("near", due_at=later(hours=1)), occurred_at=later(days=-20), **old)
    assert past.alarm_at is None
    sweep(later(days=30))
    assert said(past) == []
    assert list(near.reminders.order_by("moment").values_list("kind", "superseded")) == [
        ("overdue", True),
        ("escalated", False),
    ]
    assert not Notice.objects.filter(subject_id=past.pk).exists()


def test_nobodys_work_is_its_managers_and_without_one_the_one_above(cast: Any) -> None:
    task = opened(cast, who="")
    sweep(later(hours=5, minutes=59))
    assert said(task) == []
    sweep(later(hours=6))
    assert told(task) == [("ruth", "overdue_here")]
    Membership.objects.filter(person=cast.ruth).update(ends_on=dt.date(2026, 3, 2))
    sweep(later(days=2))
    assert told(task)[1:] == [("vera", "escalated")]


def test_a_substitute_manager_of_the_day_is_told(cast: Any) -> None:
    post = Membership.objects.get(person=cast.ruth)
    post.ends_on = dt.date(2026, 3, 1)
    save_membership(post, actor=None)
    make.member(cast.kofi, cast.hall, "manager")
    task = opened(cast, who="")
    sweep(later(hours=6))
    assert sorted(told(task)) == [("kofi", "overdue_here"), ("vera", "overdue_here")]


def test_who_has_begun_is_not_told_to_begin(cast: Any) -> None:
    task = opened(cast)
    with clock.at(later(hours=3)):
        transitions.start(task, actor=cast.mira)
    sweep(later(hours=5, minutes=50))
    assert said(task) == ["due_soon"]


def test_in_review_the_managers_are_told(cast: Any) -> None:
    with clock.at(MONDAY):
        task = make.task(cast.permits, cast.review, due_at=later(hours=6))
        transitions.claim(task, actor=cast.mira)
        transitions.start(task, actor=cast.mira)
        finishing.submit(task, actor=cast.mira)
    sweep(later(hours=6))
    assert told(task) == [("ruth", "overdue_here")]


def test_planned_work_is_silent_until_its_time(cast: Any) -> None:
    task = opened(cast, who="", due_at=later(hours=2), ready_at=later(hours=4))
    assert task.alarm_at is None
    with clock.at(later(hours=4)):
        transitions.become_ready(task)
    assert fresh(task).alarm_at == alarms.moments(fresh(task))[1][1]  # the escalation: due has passed in silence


@pytest.mark.parametrize(
    ("kind", "due", "silent"),
    [("outside", None, True), ("requester", None, True), ("colleague", None, False), ("outside", 6, False)],
)
def test_waiting_under_a_target_stands_still(cast: Any, kind: str, due: int | None, silent: bool) -> None:
    """For somebody outside the target is extended; any other due time does not move, and comes."""
    task = opened(cast, due_at=later(hours=due) if due else None)
    with clock.at(later(hours=1)):
        transitions.wait(task, actor=cast.mira, kind=kind, reason="a letter")
    sweep(later(days=20))
    assert (said(task) == []) == silent
    with clock.at(later(days=20)):
        transitions.resume(task, actor=cast.mira)
    row = fresh(task)
    assert (row.alarm_at is not None) == silent
    if silent:
        assert row.alarm_at > later(days=20)


def test_leads_are_the_procedures_and_a_change_arms_anew(cast: Any) -> None:
    task = opened(cast)
    cast.permit.remind_minutes, cast.permit.escalate_minutes = 0, 60
    with clock.at(later(hours=1)):
        save_procedure(cast.permit, actor=cast.ada)
        assert list(invariants.wrong_alarms()) == [task]
        Run.objects.update(state="queued")
        runs.perform(Run.objects.get(kind="tasks.rearm").pk)
        assert not list(invariants.wrong_alarms())
    assert fresh(task).alarm_at == later(hours=5, minutes=45)
    sweep(later(hours=7))
    assert said(task) == ["escalated"]


def test_other_hours_move_the_moments(cast: Any) -> None:
    with clock.at(MONDAY):
        task = make.task(cast.permits, cast.permit, due_on=MONDAY.date() + dt.timedelta(days=1))
        transitions.claim(task, actor=cast.mira)
        windows = [CalendarWindow(weekday=day, start=dt.time(9), end=dt.time(12)) for day in range(5)]
        save_calendar(cast.permits.calendar, actor=None, windows=windows, closures=[])
        Run.objects.update(state="queued")
        runs.perform(Run.objects.get(kind="tasks.recompute").pk)
    row = fresh(task)
    assert row.due_at == dt.datetime(2026, 3, 3, 12, tzinfo=DUBLIN)
    assert row.alarm_at == dt.datetime(2026, 3, 2, 11, tzinfo=DUBLIN)  # four working hours before


@pytest.mark.parametrize("day", [dt.date(2026, 3, 27), dt.date(2026, 3, 30), dt.date(2026, 10, 26)])
def test_due_days_around_clock_changes(cast: Any, day: dt.date) -> None:
    """A due day ends at 17 on the wall, four working hours before it is 13, on either side of a change."""
    with clock.at(dt.datetime.combine(day, dt.time(9), DUBLIN) - dt.timedelta(days=7)):
        task = make.task(cast.permits, cast.permit, due_on=day)
        transitions.claim(task, actor=cast.mira)
    found = dict(alarms.moments(fresh(task)))
    local = {kind: at.astimezone(DUBLIN) for kind, at in found.items()}
    assert (local["due_soon"].date(), local["due_soon"].hour) == (day, 13)
    assert (local["overdue"].date(), local["overdue"].hour) == (day, 17)


def test_a_due_day_is_said_as_that_day_in_every_zone(cast: Any) -> None:
    """Complaint 24: a due date one day off by the reader's zone."""
    cast.mira.time_zone = "Pacific/Kiritimati"
    cast.mira.save()
    with clock.at(MONDAY):
        task = make.task(cast.permits, cast.permit, due_on=dt.date(2026, 3, 3))
        transitions.claim(task, actor=cast.mira)
    sweep(later(days=1, hours=3))
    assert Notice.objects.get(person=cast.mira, kind="due_soon").day == dt.date(2026, 3, 3)


def test_two_at_once_and_rows_in_use(cast: Any) -> None:
    """Overdue mail at every sweep (complaint 11), or twice a day (12): the same sweep again says nothing."""
    tasks = [opened(cast, who="") for _ in range(3)]
    for _again in range(3):
        sweep(later(hours=6))
    assert Reminder.objects.count() == 3
    assert Notice.objects.filter(kind="overdue_here").count() == 3
    assert all(said(task) == ["overdue"] for task in tasks)


def test_a_sweep_costs_the_same_for_one_task_and_for_many(cast: Any, django_assert_num_queries: Any) -> None:
    for count in (1, 5):
        tasks = [opened(cast, who="mira") for _ in range(count)]
        with clock.at(later(hours=2)), django_assert_num_queries(6):  # transaction, tasks, said, notices, alarms
            assert reminders.remind() == count
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(alarm_at=None)
