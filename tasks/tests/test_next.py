"""Next serves the most urgent eligible task, own work first, and reads no more for a pile of work that is others'."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.refusals import Refused
from organization.models import Absence, Membership
from organization.setup import deactivate, save_absence, save_person
from organization.standing import forget
from tasks import finishing, transitions
from tasks import next as taking
from tasks.eligibility import check
from tasks.models import Task
from tasks.tallies import wrong_tallies
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh, refresh, row_of, trial

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 4, 11, tzinfo=ZoneInfo("Europe/Dublin"))
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with clock.at(NOW):
        yield


def served(who: Any) -> Task | None:
    found = taking.take_next(actor=who)
    return found.task if found else None


def test_next_claims_and_starts_in_one_event(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    found = taking.take_next(actor=cast.mira)
    assert found and not found.was_own and found.task.pk == task.pk
    row, event = fresh(task), events_of(task)[-1]
    assert (row.state, row.assignee, row.revision) == ("in_progress", cast.mira, 2)
    assert row.claimed_at == row.started_at == row.first_started_at == NOW
    assert (event.verb, event.actor, event.from_state, event.to_state) == ("next", cast.mira, "open", "in_progress")
    assert len(events_of(task)) == 2 and task.involvements.get(person=cast.mira).how == "held"
    assert not wrong_tallies()


def test_nothing_to_do_is_none(cast: Any) -> None:
    make.task(cast.archive, cast.anything)
    assert served(cast.mira) is None and served(cast.cleo) is None and served(cast.ada) is None
    assert not Task.objects.filter(assignee__isnull=False).exists()


def test_only_open_free_work_is_served(cast: Any) -> None:
    """Planned, waiting, held, in review, finished and confidential work stays where it is."""
    planned = make.task(cast.permits, cast.permit, ready_at=NOW + HOUR)
    secret = make.task(cast.permits, cast.permit, confidential=True)
    waiting, held, begun, review, done, gone = (
        make.task(cast.permits, cast.review if name == "review" else cast.permit)
        for name in ("waiting", "held", "begun", "review", "done", "gone")
    )
    transitions.wait(waiting, actor=cast.ruth, kind="later", reason=REASON)
    for task in (held, begun, review, done):
        transitions.claim(task, actor=cast.kofi)
    for task in (begun, review, done):
        transitions.start(task, actor=cast.kofi)
    finishing.submit(review, actor=cast.kofi)
    finishing.complete(done, actor=cast.kofi)
    transitions.cancel(gone, actor=cast.ruth, reason=REASON)
    everything = [planned, secret, waiting, held, begun, review, done, gone]
    before = [row_of(task) for task in everything]
    assert served(cast.mira) is None and [row_of(task) for task in everything] == before
    with clock.at(NOW + HOUR):
        transitions.become_ready(planned)
        assert served(cast.mira) == planned


def test_own_work_first_and_switchable(cast: Any) -> None:
    urgent, begun, claimed = (make.task(cast.permits, cast.permit, priority=n) for n in (1, 4, 2))
    transitions.claim(claimed, actor=cast.mira)
    transitions.claim(begun, actor=cast.mira)
    transitions.start(begun, actor=cast.mira)
    before = row_of(begun)
    for _ in range(2):
        found = taking.take_next(actor=cast.mira)
        assert found and found.was_own and found.task == begun and row_of(begun) == before
    finishing.complete(begun, actor=cast.mira)
    found = taking.take_next(actor=cast.mira)
    assert found and found.was_own and found.task == claimed and found.task.state == "in_progress"
    assert events_of(claimed)[-1].verb == "start"
    cast.mira.own_first = False
    save_person(cast.mira, actor=cast.mira)
    found = taking.take_next(actor=cast.mira)
    assert found and not found.was_own and found.task == urgent


def test_waiting_and_reviewed_work_of_ones_own_is_not_offered(cast: Any) -> None:
    one, two, free = make.task(cast.permits, cast.permit), make.task(cast.permits, cast.review), None
    for task in (one, two):
        transitions.claim(task, actor=cast.mira)
        transitions.start(task, actor=cast.mira)
    transitions.wait(one, actor=cast.mira, kind="outside", reason=REASON)
    finishing.submit(two, actor=cast.mira)
    assert served(cast.mira) is free
    free = make.task(cast.permits, cast.permit)
    assert served(cast.mira) == free


def test_who_holds_enough_or_is_away_is_told(cast: Any) -> None:
    Membership.objects.filter(person=cast.mira).update(cap=1)
    task = make.task(cast.permits, cast.permit)
    transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira)
    cast.mira.own_first = False
    save_person(cast.mira, actor=None)
    refresh(cast.mira)
    told(cast.mira, "not_eligible_cap")
    Membership.objects.filter(person=cast.mira).update(cap=None)
    save_absence(Absence(person=cast.mira, starts_at=NOW, ends_at=NOW + HOUR), actor=None)
    told(cast.mira, "not_eligible_absence")
    assert fresh(task).assignee is None
    with clock.at(NOW + HOUR):
        assert served(cast.mira) == task


def told(who: Any, code: str) -> None:
    with pytest.raises(Refused) as no:
        taking.take_next(actor=who)
    assert no.value.code == code


def test_a_full_department_leaves_the_others(cast: Any) -> None:
    """The cap is a department's: who holds enough here is still served there."""
    make.member(cast.mira, cast.archive)
    Membership.objects.filter(person=cast.mira, department=cast.permits).update(cap=1)
    transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira)
    make.task(cast.permits, cast.permit, priority=1)
    there = make.task(cast.archive, cast.anything, priority=4)
    type(cast.mira).objects.filter(pk=cast.mira.pk).update(own_first=False)
    assert served(cast.mira) == there


def test_nobody_who_left_is_served(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    deactivate(cast.mira, actor=None)
    told(cast.mira, "left")
    assert fresh(task).assignee is None


def test_claimed_work_taken_away_in_the_same_moment(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manager releases it between the look and the start: whoever asked gets the next free task."""
    claimed = make.task(cast.permits, cast.permit)
    transitions.claim(claimed, actor=cast.mira)
    start = transitions.start

    def late(task: Any, *, actor: Any) -> Task:
        transitions.release(task, actor=cast.ruth)
        return start(task, actor=actor)

    monkeypatch.setattr(taking, "start", late)
    found = taking.take_next(actor=cast.mira)
    assert found and not found.was_own and found.task == claimed
    assert [event.verb for event in events_of(claimed)] == ["open", "claim", "release", "next"]


# order

LANE = st.tuples(st.integers(0, 2), st.integers(0, 2))
TASKS = st.lists(st.tuples(LANE, st.integers(1, 4), st.integers(0, 6)), min_size=1, max_size=14)
few = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def lanes(cast: Any) -> Any:
    """Three departments in three zones, three procedures, of which two ask for something."""
    cast.checks = make.qualification()
    cast.places = [cast.permits, cast.archive, cast.hall]
    cast.how = [cast.anything, *(make.procedure(requires=[(cast.checks, level)]) for level in (1, 2))]
    return cast


@pytest.mark.database
@few
@given(tasks=TASKS, posts=st.sets(st.integers(0, 2)), level=st.integers(0, 2))
def test_the_order_is_urgency_then_number(lanes: Any, tasks: Any, posts: set[int], level: int) -> None:
    """Taking next until nothing is left gives exactly the eligible tasks, each the best of those still there."""
    with trial():
        who = make.person(own_first=False)
        for place in posts:
            make.member(who, lanes.places[place])
        if level:
            make.holding(who, lanes.checks, level)
        for (place, how), priority, hours in tasks:
            due = NOW + hours * HOUR
            make.task(lanes.places[place], lanes.how[how], priority=priority, due_at=due)
        free = list(Task.objects.free().for_detail())
        eligible = [task for task in free if check(who, task) is None]
        assert {task.pk for task in eligible} == {
            task.pk
            for task, ((place, how), *_rest) in zip(sorted(free, key=lambda t: t.pk), tasks, strict=True)
            if place in posts and level >= how
        }
        expected = [task.pk for task in sorted(eligible, key=lambda task: (task.urgent_at, task.pk))]
        given = []
        while (task := served(who)) is not None:
            given.append(task.pk)
        assert given == expected
        assert Task.objects.filter(assignee=who, state="in_progress").count() == len(expected)
        assert not wrong_tallies()


def test_ties_are_served_in_the_order_they_came(cast: Any) -> None:
    tasks = [make.task(cast.permits, cast.permit, due_at=NOW + 5 * HOUR) for _ in range(12)]
    assert len({task.urgent_at for task in tasks}) == 1
    found = []
    for _ in tasks:
        task = served(cast.mira)
        assert task
        found.append(task.pk)
        finishing.complete(task, actor=cast.mira)
    assert found == sorted(found)


# what it reads


def cost(who: Any) -> tuple[int, int]:
    """Rows of tasks the candidates' statement touched (returned and filtered out), and pages it looked at."""
    forget(who)
    places = {pk: str(post.day) for pk, post in who.standing.posts.items()}
    heads, most, _pause = taking.LOOKS[0]
    values = {"departments": [*places], "days": [*places.values()], "person": who.pk, "heads": heads, "most": most}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {taking._CANDIDATES}", values)
        found = cursor.fetchone()[0]
        plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]

    def rows(node: dict[str, Any]) -> int:
        own = 0
        if node.get("Relation Name") == "tasks_task":
            read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            own = round((read + node.get("Rows Removed by Index Recheck", 0)) * node["Actual Loops"])
        return own + sum(rows(child) for child in node.get("Plans", []))

    return rows(plan), plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def pile(like: Task, number: int, **fields: Any) -> None:
    """Many more tasks like one, more urgent than it, straight into the table."""
    values = {f.attname: getattr(like, f.attname) for f in Task._meta.concrete_fields if not f.primary_key} | fields
    values["urgent_at"] = like.urgent_at - 100 * HOUR
    Task.objects.bulk_create([Task(**values) for _ in range(number)], batch_size=1000)


@pytest.mark.database
def test_a_pile_of_others_work_costs_nothing(cast: Any) -> None:
    """Five thousand tasks of another department, another procedure, or already held: the same rows are read."""
    checks = make.qualification()
    certified = make.procedure(requires=[(checks, 3)])
    mine = [make.task(cast.permits, how) for how in (cast.permit, cast.anything) for _ in range(6)]
    others = make.task(cast.archive, cast.anything)
    needy = make.task(cast.permits, certified)
    found = []
    for _ in range(2):
        pile(others, 2000)
        pile(needy, 1000)
        pile(mine[0], 1000, assignee_id=cast.kofi.pk)
        pile(mine[0], 1000, state="done", closed_at=NOW)
        found.append(cost(cast.mira))
    # Pages hold what tests before this one rolled back; a walk through the pile would touch thousands of rows.
    assert all(rows < 60 and pages < 250 for rows, pages in found), found
    assert served(cast.mira) in mine
