"""The numbers of every report equal a recount from events in Python, over random histories made through the verbs."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from organization.calendars import calendar_of
from organization.models import Department, User
from reports.catalogue.age import EDGES
from reports.tests.conftest import rows_of, totals_of
from reports.tests.life import lived
from reports.tests.recount import Recount
from tasks.models import Task
from tasks.tests.cast import gather

pytestmark = pytest.mark.django_db
MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
ASK = {"period": "dates", "first": "2026-03-01", "last": "2026-03-31"}


def counted(office) -> Recount:
    timed = set(Task.objects.filter(procedure=office.life.timed).values_list("pk", flat=True))
    return Recount(office.life.born, timed)


def names() -> dict:
    return {None: "", **dict(User.objects.values_list("pk", "name"))}


def places() -> dict[int, str]:
    return dict(Department.objects.values_list("pk", "name"))


@pytest.fixture(scope="module", params=[1, 2])
def built(request, django_db_setup, django_db_blocker):
    """An office with a history, lived once for the module in a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield lived(gather(), seed=request.param)
        transaction.set_rollback(True)


@pytest.fixture
def office(built, db):
    return built


def everywhere(office) -> set[int]:
    return {office.permits.pk, office.archive.pk, office.hall.pk}


def test_work_done_by_person(office, report):
    kept = report("done", office.ada, at=office.life.now, by="person", **ASK)
    recount = counted(office)
    finished = recount.finished(everywhere(office), *MARCH)
    assert len(finished) > 20 and any(not one.stands for one in finished)
    wanted = defaultdict(lambda: [0, 0, 0, 0, 0])
    for one in finished:
        row = wanted[one.department, one.person]
        row[0 if one.stands else 1] += 1
        row[2] += one.minutes if one.stands else 0
    worked, reviewed = recount.hands(everywhere(office), *MARCH)
    for key, tasks in worked.items():
        wanted[key][3] = len(tasks)
    for key, count in reviewed.items():
        wanted[key][4] = count
    people, where = names(), places()
    found = {
        (row["department"], row["group"]): [
            row[key] for key in ("finished", "reopened", "minutes", "worked_on", "reviewed")
        ]
        for row in rows_of(kept)
    }
    assert found == {(where[place], people[person]): row for (place, person), row in wanted.items()}
    assert totals_of(kept)["finished"] == sum(one.stands for one in finished)


@pytest.mark.parametrize(("dues", "from_target"), [("all", None), ("target", True), ("set", False)])
def test_on_time(office, report, dues, from_target):
    kept = report("on-time", office.ada, at=office.life.now, by="person", dues=dues, **ASK)
    finished = [one for one in counted(office).finished(everywhere(office), *MARCH) if one.stands]
    finished = [one for one in finished if from_target is None or one.from_target == from_target]
    on_time, late = Counter(), defaultdict(list)
    departments = Department.objects.select_related("site", "calendar").in_bulk()
    for one in finished:
        key = (departments[one.department].name, names()[one.person])
        on_time[key] += one.at <= one.due_at
        if one.at > one.due_at:
            late[key].append(calendar_of(departments[one.department]).minutes_between(one.due_at, one.at))
    found = {(row["department"], row["group"]): row for row in rows_of(kept)}
    assert found.keys() == on_time.keys() and found
    for key, row in found.items():
        assert (row["on_time"], row["late"]) == (on_time[key], len(late[key]))
        assert row["finished"] == row["on_time"] + row["late"]
        assert row["median_late"] == (round(median(late[key])) if late[key] else None)
        assert row["share"] == pytest.approx(row["on_time"] / row["finished"], abs=1e-4)


@pytest.mark.parametrize("measure", ["elapsed", "working"])
def test_time_in_each_state(office, report, measure):
    kept = report("states", office.ada, at=office.life.now, measure=measure, **ASK)
    departments = Department.objects.select_related("site", "calendar").in_bulk()
    spent, tasks = defaultdict(Counter), Counter()
    for one in counted(office).finished(everywhere(office), *MARCH):
        if not one.stands:
            continue
        tasks[one.department] += 1
        calendar = calendar_of(departments[one.department])
        for state, start, end in one.intervals:
            working = calendar.minutes_between(start, end)
            spent[one.department][state] += (
                working if measure == "working" else int((end - start).total_seconds() // 60)
            )
    found = {row["department"]: row for row in rows_of(kept)}
    assert found.keys() == {departments[pk].name for pk in tasks}
    states = ("planned", "open", "in_progress", "waiting", "in_review")
    for pk, count in tasks.items():
        row = found[departments[pk].name]
        assert row["finished"] == count
        assert [row[f"{state}_minutes"] for state in states] == [round(spent[pk][state] / count) for state in states]
    assert any(row["in_review_minutes"] for row in found.values())
    assert measure == "working" or any(row["waiting_minutes"] for row in found.values())


@pytest.mark.parametrize("by", ["person", "state", "department"])
def test_open_work_by_age(office, report, by):
    kept = report("age", office.ada, at=office.life.now, by=by)
    recount, now = counted(office), office.life.now
    wanted = defaultdict(Counter)
    for task, facts in recount.now.items():
        if facts["state"] in {"done", "cancelled"}:
            continue
        group = {"person": names()[facts["assignee_id"]], "state": facts["state"]}.get(by, "")
        row = wanted[places()[facts["department"]], group]
        age = now - office.life.born[task]["opened_at"]
        row[f"age_{sum(age >= dt.timedelta(days=edge) for edge in EDGES)}"] += 1
        row["open"] += 1
        row["minutes"] += facts["remaining_minutes"]
        due = facts["due_at"]
        row["overdue"] += (dt.datetime.fromisoformat(due) if isinstance(due, str) else due) < now
        row["oldest"] = max(row["oldest"], age.days)
    keys = [*(f"age_{number}" for number in range(len(EDGES) + 1)), "open", "overdue", "minutes", "oldest"]
    found = {(row["department"], row.get("group", "")): {key: row[key] for key in keys} for row in rows_of(kept)}
    assert found == {key: {name: row[name] for name in keys} for key, row in wanted.items()}
    assert sum(row["open"] for row in found.values()) > 20


def test_workload_of_the_week(office, report):
    now = office.life.now
    kept = report("workload", office.ada, at=now, by="person", week="this")
    recount, where, people = counted(office), places(), names()
    today = now.astimezone(ZoneInfo(office.ada.time_zone)).date()
    monday = today - dt.timedelta(days=today.weekday())
    before, due, tasks = Counter(), Counter(), Counter()
    for facts in recount.now.values():
        if facts["state"] not in {"planned", "open", "in_progress", "waiting"}:
            continue
        key = (where[facts["department"]], people[facts["assignee_id"]])
        at = facts["due_at"]
        at = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
        day = at.astimezone(ZoneInfo(recount.zones[facts["department"]])).date()
        if day < monday:
            before[key] += facts["remaining_minutes"]
        elif day <= monday + dt.timedelta(days=6):
            due[key] += facts["remaining_minutes"]
        else:
            continue
        tasks[key] += 1
    rows = {(row["department"], row["group"]): row for row in rows_of(kept)}
    for key, row in rows.items():
        assert (row["tasks"], row["before"], row["due"]) == (tasks[key], before[key], due[key]), key
        if key[1]:  # five days of eight hours: nobody is away, nothing is closed
            assert row["capacity"] == (2400 if row["capacity"] else None)
    assert tasks.keys() <= rows.keys() and sum(tasks.values()) > 5
    assert rows["Permits", "Mira Holt"]["capacity"] == 2400


def test_own_work_is_one_s_share_of_everybody_s(office, report):
    """What each finds as their own is what the managers find of them."""
    at = office.life.now
    everybody = rows_of(report("done", office.ada, at=at, by="person", **ASK))
    for person in (office.mira, office.otto, office.ruth, office.vera):
        own = rows_of(report("done", person, at=at, by="person", about="own", **ASK))
        assert own == [row for row in everybody if row["group"] == person.name], person.name
        assert own


def test_departments_add_up_to_the_whole(office, report):
    at = office.life.now
    whole = report("done", office.ada, at=at, by="procedure", **ASK)
    by_place = report("done", office.ada, at=at, by="department", **ASK)
    for key in ("finished", "reopened", "minutes"):
        assert totals_of(whole)[key] == totals_of(by_place)[key] == sum(row[key] for row in rows_of(whole))
