"""Reading tasks by API: lists, one, what is hidden from whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.tests.api_caller import Caller, refusal
from core import clock
from tasks import editing, finishing, transitions
from tasks.api.drawn import Comments, Detail, Rows
from tasks.steps import Mark, mark_step
from tasks.tests import factories as make

SECRET = "Wilhelmina"


def references(caller, **query):
    response = caller.get("/tasks", query)
    assert response.status_code == 200, response.content
    return [row["reference"] for row in Rows.model_validate(response.json(), extra="forbid").model_dump()["items"]]


def test_scopes(cast):
    free = make.task(cast.permits, cast.permit)
    mine = make.task(cast.permits, cast.permit)
    transitions.claim(mine, actor=cast.mira)
    asked = make.task(cast.archive, cast.request, requester=cast.mira)
    foreign = make.task(cast.archive, cast.anything)
    mira, otto, ada = Caller(cast.mira), Caller(cast.otto), Caller(cast.ada)
    assert references(mira) == references(mira, scope="mine") == [mine.reference]
    assert references(mira, scope="departments") == [free.reference, mine.reference]
    assert references(mira, scope="asked") == [asked.reference]
    assert references(otto, scope="departments") == [asked.reference, foreign.reference]
    assert len(references(ada, scope="departments")) == 4
    assert references(Caller(cast.cleo), scope="departments") == []


def test_filters(cast):
    tasks = [
        make.task(cast.permits, cast.permit, title="Garden wall 100%", priority=1, labels=("Überfällig",)),
        make.task(cast.permits, cast.anything, title="Shed", priority=4),
        make.task(cast.hall, cast.anything, title="Roof"),
        make.task(cast.permits, cast.permit, title="Old", ready_at=clock.now() + dt.timedelta(days=3)),
    ]
    one, two, three, four = (task.reference for task in tasks)
    transitions.claim(tasks[1], actor=cast.mira)
    finishing.complete(tasks[1], actor=cast.mira)
    vera = Caller(cast.vera)

    def found(**query):
        return set(references(vera, scope="departments", **query))

    assert found() == {one, three, four}
    assert found(state="planned") == {four}
    assert found(state="done") == found(state="finished") == {two}
    assert found(state="unfinished") == {one, three, four}
    assert found(department=cast.hall.pk) == {three}
    assert found(department=[cast.hall.pk, cast.permits.pk]) == {one, three, four}
    assert found(department=cast.archive.pk) == set()
    assert found(priority=[1, 4]) == {one}
    assert found(procedure=cast.permit.pk) == {one, four}
    assert found(assignee=cast.mira.pk, state="done") == {two}
    assert found(assignee=0) == {one, three, four}
    assert found(label="uberfallig") == {one}
    assert found(label="nobody wrote this") == set()
    assert found(title="wall 100%") == {one}
    assert found(overdue="true") == set()


def test_sorts(cast):
    late = make.task(cast.permits, cast.permit, priority=4)
    urgent = make.task(cast.permits, cast.permit, priority=1)
    early = make.task(cast.permits, cast.permit, due_at=clock.now() + dt.timedelta(hours=1))
    editing.edit(late, {"title": "Changed"}, actor=cast.ruth, revision=1)
    ruth = Caller(cast.ruth)

    def order(sort):
        return references(ruth, scope="departments", sort=sort)

    assert order("newest") == [early.reference, urgent.reference, late.reference]
    assert order("oldest") == order("newest")[::-1]
    assert order("due")[0] == early.reference
    assert order("urgent").index(urgent.reference) < order("urgent").index(late.reference)
    assert order("changed")[0] == late.reference


@pytest.mark.parametrize(
    "query",
    [
        {"scope": "everything"},
        {"sort": "title"},
        {"state": "lost"},
        {"priority": 5},
        {"priority": "high"},
        {"assignee": -1},
        {"assignee": "me"},
        {"department": 2**63},
        {"department": "null"},
        {"overdue": "1"},
        {"title": "a\x00"},
        {"limit": "1000"},
    ],
)
def test_wrong_filters_are_refused(cast, query):
    refusal(Caller(cast.mira).get("/tasks", query), 422, "invalid")


@pytest.mark.parametrize(
    "place", ["x", "WyJ1cmdlbnQiLCJub3doZXJlIiwxLDBd", "WyJ1cmdlbnQiLDEsMSwwXQ", "WyJuZXdlc3QiLDEsMSwwXQ"]
)
def test_a_place_of_another_list_is_not_found(cast, place):
    refusal(Caller(cast.mira).get("/tasks", {"place": place}), 404, "not_found")


@pytest.mark.parametrize("sort", ["urgent", "due", "newest", "oldest", "changed"])
def test_a_walk_gives_every_task_once(cast, sort):
    due = clock.now() + dt.timedelta(days=4)
    for number in range(7):
        make.task(
            cast.permits if number % 2 else cast.hall, cast.anything, due_at=due, occurred_at=due - dt.timedelta(9)
        )
    vera = Caller(cast.vera)
    whole = references(vera, scope="departments", sort=sort)
    there, back, place = [], [], ""
    while place is not None:
        page = vera.get("/tasks", {"scope": "departments", "sort": sort, "limit": 3, "place": place}).json()
        there += [row["reference"] for row in page["items"]]
        last, place = place, page["next"]
    place = last
    while place is not None:
        page = vera.get("/tasks", {"scope": "departments", "sort": sort, "limit": 3, "place": place}).json()
        back = [row["reference"] for row in page["items"]] + back
        place = page["previous"]
    assert there == back == whole and len(set(whole)) == 7


def test_one_task_with_everything_on_it(cast):
    steps = [{"value_kind": "number", "minutes": 5}, {"is_mandatory": False}]
    task = make.task(cast.permits, make.procedure(steps=steps), labels=("Wall",), text="All of it", requester=cast.cleo)
    transitions.claim(task, actor=cast.mira)
    transitions.start(task, actor=cast.mira)
    mark_step(task, Mark("step-1", True, "240.50"), actor=cast.mira)
    upload = SimpleUploadedFile("plan.txt", b"plain words")
    editing.attach_file(task, upload, actor=cast.mira)
    body = Caller(cast.mira).get(f"/tasks/{task.reference}").json()
    assert Detail.model_validate(body, extra="forbid")
    assert (body["text"], body["labels"], body["requester"]["name"]) == ("All of it", ["Wall"], "Cleo Marsh")
    assert [(step["done"], step["value"]) for step in body["steps"]] == [(True, "240.5"), (False, None)]
    assert body["steps"][0]["marked_by"] == {"id": cast.mira.pk, "name": "Mira Holt"}
    assert [(file["name"], file["size"], file["for_requester"]) for file in body["files"]] == [("plan.txt", 11, False)]
    assert set(body["verbs"]) == {"wait", "release", "mark-step", "complete", "hand-off", "edit", "comment", "attach"}


@pytest.mark.parametrize("reference", ["T-999999999", "T-0", "T--1", "x", "T-99999999999999999999", "%00", "T-١"])
def test_what_is_no_task_is_not_found(cast, reference):
    refusal(Caller(cast.mira).get(f"/tasks/{reference}"), 404, "not_found")


def test_references_are_read_as_people_type_them(cast):
    task = make.task(cast.permits)
    for reference in (task.reference, task.reference.lower(), str(task.pk)):
        assert Caller(cast.mira).get(f"/tasks/{reference}").status_code == 200


def test_reach(cast):
    task = make.task(cast.permits, cast.permit)
    hidden = make.task(cast.permits, cast.permit, confidential=True)
    seen = {name: Caller(getattr(cast, name)) for name in ("mira", "ruth", "vera", "ada", "otto", "arno", "cleo")}
    for name, caller in seen.items():
        inside = name in {"mira", "ruth", "vera", "ada"}
        assert caller.get(f"/tasks/{task.reference}").status_code == (200 if inside else 404)
        manages = name in {"ruth", "vera", "ada"}
        assert caller.get(f"/tasks/{hidden.reference}").status_code == (200 if manages else 404)
        assert caller.get(f"/tasks/{hidden.reference}/comments").status_code == (
            403 if name == "ada" else 200 if manages else 404
        )


def test_an_admin_knows_that_confidential_work_exists_not_what_it_says(cast):
    task = make.task(
        cast.permits,
        make.procedure(steps=[{"instruction": f"Call {SECRET}"}]),
        title=f"About {SECRET}",
        text=SECRET,
        labels=(SECRET,),
        subject_ref=SECRET,
        external_reference=SECRET,
        confidential=True,
    )
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    editing.comment(task, SECRET, actor=cast.mira)
    editing.attach_file(task, SimpleUploadedFile(f"{SECRET}.txt", b"x"), actor=cast.mira)
    transitions.wait(task, actor=cast.mira, kind="outside", reason=SECRET)
    ada = Caller(cast.ada)
    one = ada.get(f"/tasks/{task.reference}")
    rows = ada.get("/tasks", {"scope": "departments"})
    assert one.json()["masked"] and Detail.model_validate(one.json(), extra="forbid")
    assert [row["masked"] for row in rows.json()["items"]] == [True]
    assert SECRET.encode() not in one.content + rows.content
    for probe in ({"title": SECRET}, {"label": SECRET}):
        assert ada.get("/tasks", {"scope": "departments"} | probe).json()["items"] == []
    for verb, body in (
        ("comment", {"text": "x"}),
        ("edit", {"revision": 4, "title": "x"}),
        ("cancel", {"reason": "x"}),
    ):
        assert SECRET not in str(refusal(ada.verb(task, verb, body), 403, "not_permitted"))
    assert SECRET.encode() in Caller(cast.ruth).get(f"/tasks/{task.reference}").content


def test_who_asked_sees_what_is_meant_for_them(cast):
    task = make.task(cast.permits, make.procedure(steps=[{"instruction": "Look it up"}]), requester=cast.cleo)
    transitions.claim(task, actor=cast.mira)
    editing.comment(task, "for us", actor=cast.mira)
    editing.comment(task, "for you", actor=cast.mira, for_requester=True)
    editing.attach_file(task, SimpleUploadedFile("inner.txt", b"1"), actor=cast.mira)
    editing.attach_file(task, SimpleUploadedFile("outer.txt", b"2"), actor=cast.mira, for_requester=True)
    transitions.wait(task, actor=cast.mira, kind="requester", reason="she never answers")
    cleo = Caller(cast.cleo)
    body = cleo.get(f"/tasks/{task.reference}").json()
    assert [file["name"] for file in body["files"]] == ["outer.txt"]
    assert (body["steps"], body["waiting_reason"], body["waiting_kind"]) == ([], None, "requester")
    comments = cleo.get(f"/tasks/{task.reference}/comments").json()
    assert Comments.model_validate(comments, extra="forbid")
    assert [comment["text"] for comment in comments["items"]] == ["for you"]
    inner = Caller(cast.kofi).get(f"/tasks/{task.reference}/comments", {"limit": 1}).json()
    assert [comment["text"] for comment in inner["items"]] == ["for us"]
    following = Caller(cast.kofi).get(f"/tasks/{task.reference}/comments", {"place": inner["next"]}).json()
    assert [comment["text"] for comment in following["items"]] == ["for you"]
    cleo.verb(task, "comment", {"text": "here is my answer"})
    assert cleo.get(f"/tasks/{task.reference}/comments").json()["items"][-1]["for_requester"] is True


@pytest.mark.parametrize(("path", "statements"), [("/tasks?scope=departments", 4), ("/tasks", 4), ("one", 7)])
def test_statements_do_not_grow_with_rows(cast, path, statements):
    steps = [{"value_kind": "text"}, {}]
    counts = []
    task = make.task(cast.permits, make.procedure(steps=steps), labels=("a",), requester=cast.cleo)
    transitions.claim(task, actor=cast.mira)
    mira = Caller(cast.mira)
    url = f"/tasks/{task.reference}" if path == "one" else path
    for number in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert mira.get(url).status_code == 200
        counts.append(len(seen))
        for more in range(3):
            transitions.claim(make.task(cast.permits, cast.anything), actor=cast.mira)
            editing.attach_file(task, SimpleUploadedFile(f"{number}{more}", b"x"), actor=cast.mira)
    assert counts == [statements] * 2


def test_files_are_given_to_who_sees_them(cast):
    task = make.task(cast.permits, cast.permit, requester=cast.cleo)
    inner = editing.attach_file(task, SimpleUploadedFile("inner.html", b"<script>1</script>"), actor=cast.mira)
    outer = editing.attach_file(task, SimpleUploadedFile("outer.txt", b"2"), actor=cast.mira, for_requester=True)
    other = make.task(cast.permits, cast.permit)
    for name, seen in (("mira", {inner, outer}), ("ada", {inner, outer}), ("cleo", {outer}), ("otto", set())):
        caller = Caller(getattr(cast, name))
        for file in (inner, outer):
            response = caller.get(f"/tasks/{task.reference}/files/{file.pk}", Accept="image/png")
            if file in seen:
                assert b"".join(response.streaming_content) in {b"<script>1</script>", b"2"}
                assert response.headers["Content-Disposition"].startswith("attachment")
                assert "sandbox" in response.headers["Content-Security-Policy"]
            else:
                refusal(response, 404)
            refusal(caller.get(f"/tasks/{other.reference}/files/{file.pk}"), 404)


def test_why_not_me(cast):
    task = make.task(cast.permits, cast.permit, requester=cast.cleo)
    answers = {
        name: Caller(getattr(cast, name)).get(f"/tasks/{task.reference}/why-not-me") for name in ("mira", "vera")
    }
    assert answers["mira"].json() == {"eligible": True, "code": None, "why": None}
    assert answers["vera"].json() == {"eligible": False, "code": "department", "why": "no member of Permits today"}
    transitions.claim(task, actor=cast.kofi)
    taken = Caller(cast.mira).get(f"/tasks/{task.reference}/why-not-me").json()
    assert (taken["code"], taken["why"]) == ("taken", "Kofi Adjei has it")
    assert Caller(cast.kofi).get(f"/tasks/{task.reference}/why-not-me").json()["eligible"]
    refusal(Caller(cast.cleo).get(f"/tasks/{task.reference}/why-not-me"), 403)
    refusal(Caller(cast.otto).get(f"/tasks/{task.reference}/why-not-me"), 404)
