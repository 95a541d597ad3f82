"""The first page: each role has its parts, few statements, and nothing it may not see."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import expect

from backoffice import health
from core import clock
from organization import setup
from organization.models import Absence, Department, User
from tasks import editing, finishing, transitions
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.pages import as_person, statements, text


@pytest.fixture(autouse=True)
def _at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the office is at work is told by `test_health`; here it is."""
    monkeypatch.setattr("backoffice.homes.office.check_all", lambda: {"database": {"ok": True}})


def late(task: Task) -> Task:
    Task.objects.filter(pk=task.pk).update(due_at=clock.now() - dt.timedelta(days=1))
    return task


def held(cast: Any, title: str, **fields: Any) -> Task:
    row = make.task(cast.permits, cast.anything, title=title, **fields)
    transitions.assign(row, actor=cast.ruth, to=cast.mira)
    return transitions.start(row, actor=cast.mira)


def test_an_assistant_has_their_work_and_the_next_step(cast: Any) -> None:
    held(cast, "Copies of the deed")
    make.task(cast.permits, cast.anything, title="Somebody else’s")
    said = text(as_person(cast.mira).get("/"))
    assert "Take next" in said and "Copies of the deed" in said and "Somebody else’s" not in said
    assert "Needs you" not in said and "The office" not in said


def test_take_next_from_here_leads_to_the_task(cast: Any) -> None:
    row = make.task(cast.permits, cast.anything)
    answer = as_person(cast.kofi).post("/queue/next/")
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"task={row.reference}")


def test_an_answer_that_came_is_said_until_it_goes_on(cast: Any) -> None:
    row = held(cast, "Badge", requester=cast.cleo)
    transitions.wait(row, actor=cast.mira, kind="requester", reason="day")
    assert "Answers that came" not in text(as_person(cast.mira).get("/"))
    editing.comment(row, "Thursday", actor=cast.cleo, for_requester=True)
    assert "Cleo Marsh answered" in text(as_person(cast.mira).get("/"))
    transitions.resume(row, actor=cast.mira)
    assert "Answers that came" not in text(as_person(cast.mira).get("/"))


def test_who_is_away_today_in_ones_own_departments(cast: Any) -> None:
    now = clock.now()
    for person in (cast.kofi, cast.otto):
        away = {"starts_at": now - dt.timedelta(hours=1), "ends_at": now + dt.timedelta(days=1)}
        setup.save_absence(Absence(person=person, **away), actor=None)
    said = text(as_person(cast.mira).get("/"))
    assert "Kofi Adjei is away" in said and "Otto Weiss" not in said


def test_a_manager_is_told_what_needs_them(cast: Any) -> None:
    late(make.task(cast.permits, cast.anything))
    late(held(cast, "late and held"))
    late(make.task(cast.archive, cast.anything))
    review = make.task(cast.permits, cast.review)
    transitions.assign(review, actor=cast.ruth, to=cast.mira)
    finishing.submit(transitions.start(review, actor=cast.mira), actor=cast.mira)
    soon = clock.now() + dt.timedelta(days=2)
    setup.save_absence(Absence(person=cast.kofi, starts_at=soon, ends_at=soon + dt.timedelta(days=1)), actor=None)
    (needs,) = as_person(cast.ruth).get("/").context["needs"]
    assert (needs.name, needs.late, needs.free, needs.review, needs.away) == ("Permits", "2", "1", "1", "1")
    assert {one.name for one in as_person(cast.vera).get("/").context["needs"]} == {"Permits", "Town hall"}


def test_a_colleague_has_what_they_asked_for(cast: Any) -> None:
    make.task(cast.permits, cast.request, requester=cast.cleo, title="A badge for my guest")
    said = text(as_person(cast.cleo).get("/"))
    assert "A badge for my guest" in said and "Ask for something" in said and "Take next" not in said


def test_an_admin_is_told_what_is_left_and_what_fails(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = text(as_person(cast.ada).get("/"))
    assert "are at work" in said and "Create the first task" in said and "Add a site" not in said
    checks = {"database": {"ok": True}, "broker": {"ok": False}}
    monkeypatch.setattr("backoffice.homes.office.check_all", lambda: checks)
    assert "Not at work: the broker" in text(as_person(cast.ada).get("/"))
    assert set(health.BEATS) < {"database", "broker", *health.BEATS}


def test_an_empty_office_says_the_first_steps(db: None) -> None:
    admin = make.person("Ada Stone", is_admin=True)
    assert not Department.objects.exists() and User.objects.count() == 1
    said = text(as_person(admin).get("/"))
    assert "Add a site" in said and "Add a department" in said and "Add people" in said


LITERAL = {"mira": 10, "ruth": 11, "cleo": 5, "ada": 7}


@pytest.mark.parametrize("who", list(LITERAL))
def test_as_many_statements_with_one_row_as_with_three(cast: Any, who: str) -> None:
    counts = set()
    for number in range(3):
        held(cast, f"Work {number}", requester=cast.cleo)
        late(make.task(cast.permits, cast.anything))
        if number in {0, 2}:
            counts.add(statements(as_person(getattr(cast, who)), "/"))
    assert counts == {LITERAL[who]}


@pytest.mark.browser
def test_the_page_by_keyboard(cast: Any, visit: Any, flaws: Any) -> None:
    late(held(cast, "Copies of the deed", requester=cast.cleo))
    for person in (cast.ruth, cast.cleo, cast.ada):
        assert flaws(visit(person, "/")) == [], person
    page = visit(cast.mira, "/")
    assert flaws(page) == []
    page.keyboard.press("n")
    page.wait_for_url("**/queue/?task=T-*")
    expect(page.locator("#task")).to_contain_text("Copies of the deed")
