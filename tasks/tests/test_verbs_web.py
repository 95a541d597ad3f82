"""Every verb through the web: for the right and the wrong roles, from the right and the wrong state."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tasks import finishing, transitions
from tasks.models import Comment, Task
from tasks.tests import factories as make
from tasks.tests.doors import row_of
from tasks.tests.pages import as_person, part, text
from tasks.views.acts import ACTS

# A task and the hands it is in: mira has it, kofi is a member, ruth manages, cleo asked for it, otto is elsewhere.
ROLES = ("mira", "kofi", "ruth", "vera", "ada", "cleo", "otto")
REASON = {"reason": "because of the storm"}
# verb -> (state it starts from, what is posted, who may, the state it leads to)
TABLE: dict[str, tuple[str, dict[str, Any], set[str], str]] = {
    "claim": ("free", {}, {"mira", "kofi", "ruth"}, "open"),
    "start": ("open", {}, {"mira"}, "in_progress"),
    "complete": ("in_progress", {}, {"mira", "ruth", "vera", "ada"}, "done"),
    "submit": ("reviewed", {}, {"mira"}, "in_review"),
    "approve": ("in_review", {}, {"kofi", "ruth", "vera", "ada"}, "done"),
    "send-back": ("in_review", REASON, {"kofi", "ruth", "vera", "ada"}, "in_progress"),
    "wait": ("in_progress", {"kind": "outside"} | REASON, {"mira", "ruth", "vera", "ada"}, "waiting"),
    "resume": ("waiting", {}, {"mira", "ruth", "vera", "ada"}, "in_progress"),
    "release": ("in_progress", {}, {"mira", "ruth", "vera", "ada"}, "open"),
    "hand-off": ("in_progress", {"department": "archive"} | REASON, {"mira", "ruth", "vera", "ada"}, "open"),
    "assign": ("in_progress", {"to": "kofi"}, {"ruth", "vera", "ada"}, "open"),
    "take-over": ("in_progress", REASON, {"ruth"}, "in_progress"),
    "cancel": ("in_progress", REASON, {"ruth", "vera", "ada"}, "cancelled"),
    "reopen": ("done", REASON, {"ruth", "vera", "ada", "cleo"}, "open"),
    "edit": ("in_progress", {"title": "Other words"}, {"mira", "ruth", "vera", "ada"}, "in_progress"),
    "attach": ("in_progress", {}, {"mira", "kofi", "ruth", "vera", "ada", "cleo"}, "in_progress"),
    "comment": ("in_progress", {"text": "Look"}, {"mira", "kofi", "ruth", "vera", "ada", "cleo"}, "in_progress"),
    "mark-step": ("in_progress", {"step": "one", "done": "1"}, {"mira"}, "in_progress"),
}
ELSEWHERE = {"break-glass"}  # needs confidential work, which most of these do not see: test_glass.py
WRONG = {  # state -> the verbs that start from it
    "done": {"reopen", "comment", "attach"},
    "in_progress": set(TABLE) - {"claim", "start", "resume", "approve", "send-back", "reopen"},
}


def task_in(cast, state: str) -> Task:
    steps = [{"key": "one", "instruction": "One", "is_mandatory": False}]
    review = state in {"reviewed", "in_review"}
    task = make.task(cast.permits, make.procedure(steps=steps, review=review), requester=cast.cleo, title="Words")
    if state == "free":
        return task
    transitions.claim(task, actor=cast.mira)
    if state == "open":
        return task
    transitions.start(task, actor=cast.mira)
    if state == "waiting":
        transitions.wait(task, actor=cast.mira, kind="outside", reason="report")
    if state == "in_review":
        finishing.submit(task, actor=cast.mira)
    if state == "done":
        finishing.complete(task, actor=cast.mira)
    return task


def posted(cast, verb: str, task: Task) -> dict[str, Any]:
    data = dict(TABLE[verb][1])
    if "department" in data:
        data["department"] = cast.archive.pk
    if "to" in data:
        data["to"] = cast.kofi.pk
    if verb == "edit":
        data |= {"revision": Task.objects.get(pk=task.pk).revision, "initial-title": task.title, "text": ""}
        data |= {"priority": task.priority, "initial-priority": task.priority}
    if verb == "attach":
        data["file"] = SimpleUploadedFile("plan.pdf", b"%PDF-1.4 plan")
    return data


def knock(cast, who: str, verb: str, task: Task, htmx: bool = False):
    headers = part(f"/tasks/{task.reference}/") if htmx else {}
    client = as_person(getattr(cast, who))
    return client.post(f"/tasks/{task.reference}/{verb}/", posted(cast, verb, task), headers=headers)


def test_every_verb_has_its_row():
    assert set(TABLE) == set(ACTS) - ELSEWHERE | {"comment", "mark-step"}


@pytest.mark.parametrize("verb", TABLE)
def test_who_may(cast, verb):
    state, _data, allowed, leads_to = TABLE[verb]
    for who in ROLES:
        task = task_in(cast, state)
        before = row_of(task)
        answer = knock(cast, who, verb, task)
        if who in allowed:
            assert answer.status_code == 302, (verb, who, text(answer))
            assert Task.objects.get(pk=task.pk).state == leads_to, (verb, who)
            assert row_of(task)["events"] == before["events"] + 1
        else:
            assert answer.status_code == (404 if who == "otto" else 403), (verb, who)
            assert row_of(task) == before, (verb, who)


@pytest.mark.parametrize("verb", TABLE)
def test_the_answer_to_htmx(cast, verb):
    state, _data, allowed, _leads_to = TABLE[verb]
    who = "mira" if "mira" in allowed else "ruth"
    task = task_in(cast, state)
    answer = knock(cast, who, verb, task, htmx=True)
    assert answer.status_code == 200, text(answer)
    html = answer.content.decode()
    assert html.startswith("<title>") and 'id="task"' in html and "<body" not in html
    assert ("toast" in answer.headers["HX-Trigger"]) == (verb not in {"comment", "mark-step"})
    undo = f"/tasks/{task.reference}/undo/"
    assert (undo in answer.headers["HX-Trigger"]) == (verb not in {"comment", "mark-step", "edit", "attach"})


@pytest.mark.parametrize(
    ("verb", "state"),
    [(verb, state) for state in WRONG for verb in TABLE if verb not in {*WRONG[state], "submit"}],
)
def test_from_the_wrong_state(cast, verb, state):
    who = {"claim": "kofi", "start": "mira", "mark-step": "mira"}.get(verb, "ruth")
    task = task_in(cast, state)
    before = row_of(task)
    for htmx in (False, True):
        answer = knock(cast, who, verb, task, htmx)
        assert answer.status_code == 409, (verb, state, text(answer))
        assert task.reference in text(answer)
    assert row_of(task) == before


def test_submit_is_for_procedures_with_a_review(cast):
    task = task_in(cast, "in_progress")
    assert knock(cast, "mira", "submit", task).status_code == 403
    assert knock(cast, "mira", "complete", task_in(cast, "reviewed")).status_code == 403


@pytest.mark.parametrize("verb", [act.name for act in ACTS.values() if act.form and act.name not in ELSEWHERE])
def test_the_form_of_a_verb(cast, verb):
    state, _data, allowed, _leads_to = TABLE[verb]
    who = getattr(cast, "mira" if "mira" in allowed else "ruth")
    task = task_in(cast, state)
    url = f"/tasks/{task.reference}/{verb}/"
    whole, inside = as_person(who).get(url), as_person(who).get(url, headers=part())
    assert whole.status_code == inside.status_code == 200
    assert f'id="form-{verb}"' in whole.content.decode() and "<body" in whole.content.decode()
    assert inside.content.decode().lstrip().startswith(f'<form class="verb-form" id="form-{verb}"')
    assert as_person(cast.otto).get(url).status_code == 404
    before = row_of(task)
    for headers in ({}, part()):
        empty = as_person(who).post(url, {}, headers=headers)
        assert empty.status_code == 422 and "Nothing was saved" in text(empty), text(empty)
        assert (empty.headers.get("HX-Retarget") == "#verb-form") == bool(headers)
    assert row_of(task) == before


def test_verbs_without_a_form_are_post_only(cast):
    task = task_in(cast, "in_progress")
    client = as_person(cast.mira)
    for verb in ("complete", "release", "undo", "comment", "mark-step"):
        assert client.get(f"/tasks/{task.reference}/{verb}/").status_code == 405
    for verb in ("destroy", "open", "become-ready", "next", "send_back"):
        assert client.post(f"/tasks/{task.reference}/{verb}/").status_code == 404


def test_what_was_typed_comes_back(cast):
    task = task_in(cast, "in_progress")
    data = {"kind": "nonsense", "reason": "A long <b>story</b>", "until_time": "10:00"}
    html = as_person(cast.mira).post(f"/tasks/{task.reference}/wait/", data, headers=part()).content.decode()
    assert "A long &lt;b&gt;story&lt;/b&gt;" in html and 'value="10:00"' in html
    assert "Until: choose the day as well." in html


def test_wait_until_a_day_means_its_morning(cast):
    task = task_in(cast, "in_progress")
    day = dt.date.today() + dt.timedelta(days=7 - dt.date.today().weekday())  # next Monday
    data = {"kind": "later", "reason": "holidays", "until_day": day.isoformat()}
    assert as_person(cast.mira).post(f"/tasks/{task.reference}/wait/", data).status_code == 302
    until = Task.objects.get(pk=task.pk).waiting_until.astimezone(cast.permits.site.zone)
    assert (until.date(), until.hour) == (day, 9)
    past = {"kind": "later", "reason": "x", "until_day": "2020-01-01"}
    again = task_in(cast, "in_progress")
    answer = as_person(cast.mira).post(f"/tasks/{again.reference}/wait/", past)
    assert answer.status_code == 422 and "choose a time ahead" in text(answer)


def test_assigning_by_a_name(cast):
    task = task_in(cast, "in_progress")
    url = f"/tasks/{task.reference}/assign/"
    client = as_person(cast.ruth)
    form = text(client.get(url, headers=part()))
    assert "Kofi Adjei" in form and "Otto Weiss" not in form and "Mira Holt" not in form
    assert "choose one of the people shown" in text(client.post(url, {"to_name": ""}, headers=part()))
    assert "nobody there is called that" in text(client.post(url, {"to_name": "Otto"}, headers=part()))
    twin = make.person("Kofi Twin")
    make.member(twin, cast.permits)
    both = text(client.post(url, {"to_name": "kofi"}, headers=part()))
    assert "Kofi Adjei" in both and "Kofi Twin" in both
    assert client.post(url, {"to_name": "twin"}).status_code == 302
    assert Task.objects.get(pk=task.pk).assignee == twin


def test_a_manager_overrides_with_a_reason(cast):
    needed = make.qualification("Fire safety")
    task = make.task(cast.permits, make.procedure(requires=[(needed, 1)]))
    url = f"/tasks/{task.reference}/assign/"
    client = as_person(cast.ruth)
    refused = client.post(url, {"to": cast.kofi.pk}, headers=part())
    assert refused.status_code == 409 and "no valid qualification Fire safety" in text(refused)
    assert f'value="{cast.kofi.pk}" id="p-{cast.kofi.pk}" checked' in refused.content.decode()
    assert client.post(url, {"to": cast.kofi.pk, "override": "he trains today"}).status_code == 302
    assert "he trains today" in text(client.get(f"/tasks/{task.reference}/"))


def test_hand_off_offers_departments_that_may(cast):
    task = make.task(cast.permits, cast.permit)
    transitions.claim(task, actor=cast.mira)
    form = text(as_person(cast.mira).get(f"/tasks/{task.reference}/hand-off/", headers=part()))
    assert "Archive" not in form  # the procedure is of Permits alone
    data = {"department": cast.archive.pk, "reason": "theirs"}
    assert as_person(cast.mira).post(f"/tasks/{task.reference}/hand-off/", data).status_code == 422


def test_a_comment_for_the_requester_or_not(cast):
    task = task_in(cast, "in_progress")
    url = f"/tasks/{task.reference}/comment/"
    as_person(cast.mira).post(url, {"text": "inside"})
    as_person(cast.mira).post(url, {"text": "outside", "for_requester": "1"})
    as_person(cast.cleo).post(url, {"text": "from me"})
    assert list(Comment.objects.order_by("pk").values_list("text", "for_requester")) == [
        ("inside", False),
        ("outside", True),
        ("from me", True),
    ]
    for headers in ({}, part()):
        assert as_person(cast.mira).post(url, {"text": " "}, headers=headers).status_code == 422


def test_work_closed_by_its_subject_is_not_closed_here(cast):
    task = make.task(cast.permits, cast.closed, subject_ref="L-9")
    transitions.claim(task, actor=cast.mira)
    for verb in ("complete", "cancel", "reopen"):
        assert as_person(cast.ruth).post(f"/tasks/{task.reference}/{verb}/", REASON).status_code == 403
    assert "Complete" not in text(as_person(cast.mira).get(f"/tasks/{task.reference}/"))


def test_a_requester_withdraws_and_reopens(cast):
    task = task_in(cast, "free")
    client = as_person(cast.cleo)
    assert "Cancel the task" in text(client.get(f"/tasks/{task.reference}/"))
    assert client.post(f"/tasks/{task.reference}/cancel/", REASON).status_code == 302
    assert client.post(f"/tasks/{task.reference}/reopen/", REASON).status_code == 302
    transitions.claim(task, actor=cast.mira)
    assert client.post(f"/tasks/{task.reference}/cancel/", REASON).status_code == 403


def test_no_other_host_after_a_verb(cast):
    task = task_in(cast, "in_progress")
    url = f"/tasks/{task.reference}/release/"
    answer = as_person(cast.mira).post(url, {"next": "https://evil.example/x"})
    assert answer.url == f"/tasks/{task.reference}/?did=release"
    task = task_in(cast, "in_progress")
    answer = as_person(cast.mira).post(f"/tasks/{task.reference}/release/", {"next": "/queue/?sort=due&task=T-1"})
    assert answer.url == "/queue/?sort=due&task=T-1&did=release"
