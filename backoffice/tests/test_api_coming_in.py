"""Opening tasks and taking the next one by API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.tests.api_caller import Caller, refusal
from core import clock
from organization.models import Department
from records.models import Event
from tasks import transitions
from tasks.api.drawn import Task as Drawn
from tasks.models import Task
from tasks.tests import factories as make


@pytest.fixture
def wanted(cast):
    return {"procedure": cast.permit.pk, "department": cast.permits.pk, "title": "Garden wall"}


def created(response):
    assert response.status_code == 201, response.content
    assert Drawn.model_validate(response.json(), extra="forbid")
    return response.json()


def test_open(cast, wanted):
    due = (clock.now() + dt.timedelta(days=9)).replace(microsecond=0)
    body = created(
        Caller(cast.mira).post(
            "/tasks",
            wanted
            | {
                "text": "Two metres",
                "priority": 2,
                "due_at": due.astimezone(dt.timezone(dt.timedelta(hours=-5))).isoformat(),
                "labels": ["Wall", "wall"],
                "requester": cast.cleo.pk,
                "external_source": "counter",
                "external_reference": "A/1",
            },
        )
    )
    task = Task.objects.get(pk=body["reference"].removeprefix("T-"))
    assert (task.title, task.text, task.priority, task.due_at) == ("Garden wall", "Two metres", 2, due)
    assert (task.requester, task.external_source, task.external_reference) == (cast.cleo, "counter", "A/1")
    assert [label.name for label in task.labels.all()] in (["Wall"], ["wall"])
    assert Event.objects.get(task_id=task.pk, verb="open").actor == cast.mira


def test_a_day_stays_a_day_and_the_future_is_planned(cast, wanted):
    day = (clock.now() + dt.timedelta(days=9)).date()
    ready = clock.now() + dt.timedelta(days=2)
    body = created(
        Caller(cast.ruth).post("/tasks", wanted | {"due_on": day.isoformat(), "ready_at": ready.isoformat()})
    )
    assert (body["state"], body["due_is_date"], body["due_at"][:10]) == ("planned", True, day.isoformat())


def test_an_external_reference_comes_once(cast, wanted):
    mira = Caller(cast.mira)
    named = wanted | {"external_source": "counter", "external_reference": "A/1"}
    first = created(mira.post("/tasks", named))
    problem = refusal(mira.post("/tasks", named), 409, "external_reference_taken")
    assert problem["existing"] == first["reference"]
    assert problem["errors"][0]["field"] == "external_reference"
    created(mira.post("/tasks", named | {"external_source": "elsewhere"}))
    created(mira.post("/tasks", wanted))
    created(mira.post("/tasks", wanted))
    assert Task.objects.count() == 4 == Event.objects.filter(verb="open").count()


def test_colleagues_ask_for_what_is_open_to_requests(cast, wanted):
    cleo = Caller(cast.cleo)
    asked = {"procedure": cast.request.pk, "department": cast.permits.pk, "title": "A badge"}
    body = created(cleo.post("/tasks", asked))
    assert body["requester"] == {"id": cast.cleo.pk, "name": "Cleo Marsh"}
    assert [row["reference"] for row in cleo.get("/tasks", {"scope": "asked"}).json()["items"]] == [body["reference"]]
    created(cleo.post("/tasks", asked | {"due_on": (clock.now() + dt.timedelta(days=9)).date().isoformat()}))
    for more in (
        {"requester": cast.mira.pk},
        {"priority": 1},
        {"labels": ["first of all"]},
        {"confidential": True},
        {"external_reference": "A/1"},
        {"ready_at": (clock.now() + dt.timedelta(days=9)).isoformat()},
    ):
        refusal(cleo.post("/tasks", asked | more), 403, "not_permitted")
    refusal(cleo.post("/tasks", asked | {"procedure": cast.anything.pk}), 403, "not_permitted")
    refusal(cleo.post("/tasks", wanted), 409, "procedure_unknown")
    assert Task.objects.count() == 2


def test_what_cannot_be_opened(cast, wanted):
    mira = Caller(cast.mira)
    refusal(mira.post("/tasks", wanted | {"procedure": 10**12}), 409, "procedure_unknown")
    refusal(mira.post("/tasks", wanted | {"department": 10**12}), 409, "department_unknown")
    refusal(mira.post("/tasks", wanted | {"requester": 10**12}), 409, "requester_unknown")
    refusal(mira.post("/tasks", wanted | {"department": cast.archive.pk}), 403)
    refusal(Caller(cast.otto).post("/tasks", wanted | {"department": cast.archive.pk}), 409, "procedure_unknown")
    refusal(Caller(cast.ada).post("/tasks", wanted | {"department": cast.archive.pk}), 409, "procedure_not_used")
    refusal(mira.post("/tasks", wanted | {"procedure": cast.closed.pk}), 409, "closed_by_subject")
    refusal(mira.post("/tasks", wanted | {"title": "  "}), 409, "title_missing")
    for field in ("due_at", "ready_at"):
        refusal(mira.post("/tasks", wanted | {field: "9999-12-31T23:59:59-12:00"}), 409, "date_out_of_range")
    refusal(mira.post("/tasks", wanted | {"due_on": "0001-01-01"}), 409, "date_out_of_range")
    Department.objects.filter(pk=cast.permits.pk).update(is_active=False)
    refusal(Caller(cast.ada).post("/tasks", wanted), 409, "not_in_use")
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": None},
        {"title": ""},
        {"title": "x" * 201},
        {"title": "a\x00b"},
        {"title": "\ud800"},
        {"priority": 5},
        {"priority": "high"},
        {"due_at": "2026-11-30T09:00:00"},
        {"due_at": 1764493200},
        {"due_on": "2026-02-30"},
        {"procedure": "1"},
        {"procedure": 2**63},
        {"labels": "wall"},
        {"labels": ["x" * 61]},
        {"labels": [""]},
        {"confidential": "yes"},
        {"state": "done"},
        {"subject_ref": "mine now"},
        {"external_reference": "x" * 121},
    ],
)
def test_misshapen(cast, wanted, wrong):
    problem = refusal(Caller(cast.mira).post("/tasks", wanted | wrong), 422, "invalid")
    assert problem["errors"][0]["field"].split(".")[0] == next(iter(wrong))
    assert not Task.objects.exists()


def test_next(cast):
    first = make.task(cast.permits, cast.permit, priority=1)
    make.task(cast.permits, cast.permit)
    mira = Caller(cast.mira)
    body = mira.post("/tasks/next").json()
    assert Drawn.model_validate(body, extra="forbid")
    assert (body["reference"], body["state"], body["assignee"]["id"]) == (first.reference, "in_progress", cast.mira.pk)
    assert mira.post("/tasks/next", {}).json()["reference"] == first.reference
    nothing = Caller(cast.otto).post("/tasks/next")
    assert (nothing.status_code, nothing.content) == (204, b"")
    refusal(mira.post("/tasks/next", {"department": 1}), 422)


def test_next_is_refused_as_on_the_page(cast):
    make.task(cast.permits, cast.permit)
    Department.objects.filter(pk=cast.permits.pk).update(cap=1)
    cast.mira.own_first = False
    cast.mira.save()
    mira = Caller(cast.mira)
    assert mira.post("/tasks/next").status_code == 200
    problem = refusal(mira.post("/tasks/next"), 409, "not_eligible_cap")
    assert problem["detail"] == "You hold as many tasks as allowed. Finish or release one first."


def statements(act):
    with CaptureQueriesContext(connection) as seen:
        act()
    ours = ("SAVEPOINT", "RELEASE")
    return [one["sql"] for one in seen.captured_queries if not one["sql"].startswith(ours)]


def test_next_and_complete_cost_little_more_than_their_verbs(cast):
    from tasks.finishing import complete
    from tasks.next import take_next

    for _more in range(3):
        make.task(cast.permits, cast.permit)
    cast.mira.own_first = False
    cast.mira.save()
    served = []
    verb = statements(lambda: served.append(take_next(actor=cast.mira)))
    finish = statements(lambda: complete(served[0].task, actor=cast.mira))
    mira = Caller(cast.mira)
    by_api = statements(lambda: served.append(mira.post("/tasks/next").json()["reference"]))
    assert len(by_api) == len(verb) + 2, by_api  # the token, its rate
    by_api = statements(lambda: mira.post(f"/tasks/{served[1]}/complete"))
    # The token with its standing, its rate, and the task in reach.
    assert len(by_api) == len(finish) + 3, by_api


def test_a_task_of_another_is_told_with_its_holder(cast):
    task = make.task(cast.permits, cast.permit)
    transitions.claim(task, actor=cast.kofi)
    problem = refusal(Caller(cast.mira).verb(task, "claim"), 409, "taken")
    assert (problem["detail"], problem["holder"]) == (f"Kofi Adjei has {task.reference} already.", "Kofi Adjei")
