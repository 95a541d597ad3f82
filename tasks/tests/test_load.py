"""The numbers of a department's page agree with a plain recount, and cost the same however much there is."""

import datetime as dt
import random
import re

import pytest
from django.utils import timezone

from core import clock
from organization.models import CalendarClosure
from tasks import load
from tasks.finishing import complete, submit
from tasks.load import Day, InHand, day_of, days_to_clear, figures_of, in_hand, start_of_days
from tasks.models import Task
from tasks.states import UNFINISHED
from tasks.tallies import Backlog
from tasks.tests import factories as make
from tasks.tests.plans import measured, pile, scans
from tasks.transitions import assign, cancel, claim, start, wait

pytestmark = pytest.mark.django_db
THURSDAY = dt.datetime(2026, 11, 19, 10, 42, tzinfo=dt.UTC)


def recount(department, person, now) -> InHand:
    """The same numbers the slow way."""
    held = list(Task.objects.filter(department=department, assignee=person, state__in=UNFINISHED))
    active = [task for task in held if task.state in ("open", "in_progress")]
    late = [task for task in held if task.due_at < now]

    def minutes(tasks):
        return sum(task.remaining_minutes for task in tasks)

    return InHand(
        person_id=person.pk,
        everything=len(held),
        tasks=len(active),
        minutes=minutes(active),
        in_progress=len([task for task in held if task.state == "in_progress"]),
        progress_minutes=minutes([task for task in held if task.state == "in_progress" and task not in late]),
        overdue=len(late),
        overdue_minutes=minutes([task for task in active if task in late]),
        waiting=len([task for task in held if task.state == "waiting"]),
        in_review=len([task for task in held if task.state == "in_review"]),
        planned=len([task for task in held if task.state == "planned"]),
    )


@pytest.mark.parametrize("seed", range(4))
def test_in_hand_is_a_recount(cast, seed):
    chance, now = random.Random(seed), timezone.now()
    for _ in range(30):
        when = {"due_at": now + dt.timedelta(hours=chance.randint(-50, 50))} if chance.random() < 0.7 else {}
        if chance.random() < 0.1:
            when["ready_at"] = now + dt.timedelta(days=2)
        where = chance.choice([cast.permits, cast.permits, cast.archive])
        task = make.task(where, chance.choice([cast.anything, cast.review]), **when)
        owner = chance.choice([None, cast.mira, cast.kofi] if where == cast.permits else [None, cast.otto])
        if owner is None:
            continue
        assign(task, actor=cast.ada, to=owner)
        after = chance.choice(["", "start", "wait", "review", "done", "cancel"])
        if task.state == "planned" or not after:
            continue
        if after == "wait":
            wait(task, actor=owner, kind="outside", reason="a letter")
        elif after == "cancel":
            cancel(task, actor=cast.ada, reason="twice")
        else:
            start(task, actor=owner)
            if after == "review" and task.version.wants_review:
                submit(task, actor=owner)
            if after == "done" and not task.version.wants_review:
                complete(task, actor=owner)
    now = timezone.now()
    found = in_hand(cast.permits.pk, now)
    for person in (cast.mira, cast.kofi):
        expected = recount(cast.permits, person, now)
        assert found.get(person.pk, InHand(person.pk)) == expected
        assert expected.held_minutes >= 0
    assert cast.otto.pk not in found


def test_nobody_holds_anything(cast, django_assert_num_queries):
    make.task(cast.permits, cast.anything)
    with django_assert_num_queries(1):
        assert in_hand(cast.permits.pk, timezone.now()) == {}


def test_a_pile_in_one_hand_is_read_up_to_a_limit(cast, monkeypatch):
    monkeypatch.setattr(load, "MOST", 3)
    for _ in range(5):
        claim(make.task(cast.permits, cast.anything), actor=cast.mira)
    hand = in_hand(cast.permits.pk, timezone.now())[cast.mira.pk]
    assert hand.capped and hand.everything == 4


def test_figures(cast):
    with clock.at(THURSDAY - dt.timedelta(hours=2)):
        late = [make.task(cast.permits, cast.anything, due_at=THURSDAY - dt.timedelta(hours=n)) for n in (3, 1)]
        make.task(cast.permits, cast.anything, due_at=THURSDAY + dt.timedelta(hours=1))
        make.task(cast.archive, cast.anything, due_at=THURSDAY - dt.timedelta(hours=9))
        assign(late[1], actor=cast.ruth, to=cast.mira)
    figures = figures_of(cast.permits, THURSDAY)
    assert figures.backlog == Backlog(2, 30)
    assert (figures.overdue, figures.oldest_due) == (2, THURSDAY - dt.timedelta(hours=3))


def test_on_time_looks_at_five_working_days(cast):
    """Done on time, done late, cancelled, and done before the five days."""
    for days, due_in, end in ((1, 5, complete), (2, -1, complete), (3, 5, cancel), (9, 5, complete)):
        with clock.at(THURSDAY - dt.timedelta(days=days)):
            task = make.task(cast.permits, cast.anything, due_at=clock.now() + dt.timedelta(hours=due_in))
            assign(task, actor=cast.ruth, to=cast.mira)
            if end is cancel:
                cancel(task, actor=cast.ruth, reason="twice")
            else:
                complete(task, actor=cast.mira)
    figures = figures_of(cast.permits, THURSDAY)
    assert (figures.done, figures.on_time, figures.partly) == (2, 1, False)


def test_the_days_are_working_days(cast):
    assert start_of_days(cast.permits, THURSDAY).isoformat() == "2026-11-13T00:00:00+00:00"  # Friday to Thursday
    saturday = THURSDAY + dt.timedelta(days=2)
    assert start_of_days(cast.permits, saturday).isoformat() == "2026-11-16T00:00:00+00:00"
    from organization.setup import save_calendar

    week = cast.permits.calendar
    closures = [CalendarClosure(day=dt.date(2026, 11, day)) for day in (16, 17)]
    save_calendar(week, actor=None, windows=list(week.windows.all()), closures=closures)
    assert start_of_days(cast.permits, THURSDAY).isoformat() == "2026-11-11T00:00:00+00:00"


def test_capped_overdue(cast, monkeypatch):
    monkeypatch.setattr(load, "CAP", 3)
    for _ in range(5):
        make.task(cast.permits, cast.anything, due_at=timezone.now() - dt.timedelta(hours=1))
    assert figures_of(cast.permits, timezone.now()).overdue == 3


@pytest.mark.parametrize(
    ("backlog", "day", "days"),
    [
        (Backlog(41, 2310), Day(capacity=2475, held=1938), 2310 / 537),
        (Backlog(0, 0), Day(0, 0), 0.0),
        (Backlog(1, 10), Day(capacity=60, held=60), None),
        (Backlog(1, 10), Day(capacity=60, held=90), None),
        (Backlog(1, 10), Day(0, 0), None),
    ],
)
def test_days_to_clear(backlog, day, days):
    assert days_to_clear(backlog, day) == days


def test_who_is_gone_today_is_in_neither_sum(cast):
    from organization.capacity import Member

    members = [
        Member(cast.mira, "assistant", 480, 480),
        Member(cast.kofi, "assistant", 480, 240),
        Member(cast.ruth, "manager", 480, 240, gone=True),
    ]
    hands = {person.pk: InHand(person.pk, minutes=100) for person in (cast.mira, cast.ruth, cast.otto)}
    assert day_of(members, hands) == Day(capacity=720, held=100)


def test_every_number_comes_from_its_index(cast):
    """Piles beside it are not read: other departments, the backlog, what is done."""
    now = timezone.now()
    for where in (cast.archive, cast.permits):
        pile(make.task(where, cast.anything), 700)
    elsewhere = make.task(cast.archive, cast.anything)
    claim(elsewhere, actor=cast.otto)
    elsewhere.refresh_from_db()
    pile(elsewhere, 700)
    done = make.task(cast.permits, cast.anything)
    claim(done, actor=cast.mira)
    complete(done, actor=cast.mira)
    done.refresh_from_db()
    pile(done, 700)
    for person in (cast.mira, cast.mira, cast.kofi):
        claim(make.task(cast.permits, cast.anything), actor=person)
    measured()
    found = scans(load._IN_HAND, {"department": cast.permits.pk, "now": now, "most": load.MOST})
    assert {index for index, _rows in found} <= {"task_held", "task_mine"}
    assert sum(rows for _index, rows in found) <= 3 + 2 + 1
    since = now + dt.timedelta(hours=1)
    found = scans(load._FIGURES, {"department": cast.permits.pk, "now": now, "cap": 100, "since": since, "recent": 500})
    assert {index for index, _rows in found} == {"task_due", "task_closed"}
    assert sum(rows for _index, rows in found) == 0


def test_states_in_the_statements_are_those_of_the_indexes():
    """The text must be the index's own condition word for word, or the planner cannot use it."""
    states = re.search(r"state IN \(([^)]*)\)", load._IN_HAND)
    assert states and [word.strip(" '") for word in states[1].split(",")] == [str(state) for state in UNFINISHED]
