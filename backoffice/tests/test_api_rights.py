"""Who may do what by API: every verb by every role, on a task where its state allows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from backoffice.tests.api_caller import Caller, refusal
from records.models import Event
from tasks import finishing, rules, transitions
from tasks.api.drawn import Comment, File, Task
from tasks.tests import factories as make

# mira has the task in Permits, cleo asked for it; kofi is a member and ruth the manager there, vera manages from above;
# otto and arno belong to another department; ada is admin.
ROLES = ("mira", "kofi", "ruth", "vera", "ada", "cleo", "otto", "arno")
INSIDE = ("mira", "kofi", "ruth", "vera", "ada", "cleo")
MANAGERS = ("ruth", "vera", "ada")


@dataclass
class Try:
    """A verb, the state it is tried in, its body (a callable makes one of the cast), and who may."""

    verb: str
    state: str
    may: tuple[str, ...]
    body: Any = field(default_factory=dict)
    ok: int = 200
    refused: int = 403

    def __str__(self) -> str:
        return f"{self.verb} when {self.state}"


WHY = {"reason": "because"}
TABLE = [
    Try("claim", "free", ("mira", "kofi", "ruth")),
    Try("start", "claimed", ("mira",)),
    Try("release", "started", ("mira", *MANAGERS), WHY),
    Try("assign", "started", MANAGERS, lambda cast: {"to": cast.kofi.pk}),
    Try("take-over", "started", ("ruth",), WHY),
    Try("wait", "started", ("mira", *MANAGERS), WHY | {"kind": "outside"}),
    Try("resume", "waiting", ("mira", *MANAGERS)),
    Try("mark-step", "started", ("mira",), {"step": "look", "value": "seen"}),
    Try("submit", "review_started", ("mira",)),
    Try("approve", "in_review", ("kofi", *MANAGERS)),
    Try("send-back", "in_review", ("kofi", *MANAGERS), WHY),
    Try("complete", "started", ("mira", *MANAGERS)),
    Try("cancel", "started", MANAGERS, WHY),
    Try("cancel", "free", (*MANAGERS, "cleo"), WHY),
    Try("reopen", "done", (*MANAGERS, "cleo"), WHY),
    Try("reopen", "done", MANAGERS, lambda cast: WHY | {"to": cast.kofi.pk}),
    Try("hand-off", "started", ("mira", *MANAGERS), lambda cast: WHY | {"department": cast.hall.pk}),
    Try("edit", "started", ("mira", *MANAGERS), {"revision": 3, "title": "Other", "text": "words"}),
    Try("edit", "started", MANAGERS, {"revision": 3, "priority": 1}),
    Try("comment", "done", INSIDE, {"text": "well done"}, ok=201),
    Try("undo", "started", ("mira",), refused=409),
]


def prepared(cast, state):
    """A task in Permits, asked for by cleo, as mira left it."""
    procedure = cast.review if "review" in state else make.procedure(steps=[CHECK])
    task = make.task(cast.permits, procedure, requester=cast.cleo)
    if state != "free":
        task = transitions.claim(task, actor=cast.mira)
    if state not in {"free", "claimed"}:
        task = transitions.start(task, actor=cast.mira)
    if state == "waiting":
        return transitions.wait(task, actor=cast.mira, kind="outside", reason="post")
    if state == "in_review":
        return finishing.submit(task, actor=cast.mira)
    return finishing.complete(task, actor=cast.mira) if state == "done" else task


CHECK = {"key": "look", "value_kind": "text", "is_mandatory": False}


@pytest.mark.parametrize("tried", TABLE, ids=str)
def test_verbs(cast, tried):
    task = prepared(cast, tried.state)
    body = tried.body(cast) if callable(tried.body) else tried.body
    callers = {name: Caller(getattr(cast, name)) for name in ROLES}
    before = Event.objects.count()
    for name, caller in callers.items():
        with transaction.atomic():
            response = caller.verb(task, tried.verb, body)
            new = Event.objects.order_by("id")[before:]
            if name in tried.may:
                assert response.status_code == tried.ok, (name, response.content)
                model = Comment if tried.verb == "comment" else Task
                assert model.model_validate(response.json(), extra="forbid")
                wanted = [(tried.verb.replace("-", "_"), getattr(cast, name).pk, "api")]
                assert [(event.verb, event.actor_id, event.origin) for event in new] == wanted
            else:
                refusal(response, tried.refused if name in INSIDE else 404)
                assert not list(new), name
            transaction.set_rollback(True)


def test_attach(cast):
    task = prepared(cast, "started")
    for name in ROLES:
        with transaction.atomic():
            upload = SimpleUploadedFile("../../plan\u202e.txt", b"words")
            response = Caller(getattr(cast, name)).form(f"/tasks/{task.reference}/attach", {"file": upload})
            if name in INSIDE:
                assert response.status_code == 201, response.content
                file = File.model_validate(response.json(), extra="forbid")
                assert (file.name, file.size, file.for_requester) == ("plan.txt", 5, name == "cleo")
            else:
                refusal(response, 404)
            transaction.set_rollback(True)


def test_every_rule_is_tried():
    elsewhere = {"attach", "break_glass"}  # above, and in tasks/tests/test_glass.py
    assert {tried.verb.replace("-", "_") for tried in TABLE} == rules.RULES.keys() - elsewhere | {"undo"}


@pytest.mark.parametrize("tried", TABLE, ids=str)
def test_shape_comes_before_reach(cast, tried):
    """The same 422 whether the task can be reached or not; else it would tell what exists."""
    task = prepared(cast, tried.state)
    told = []
    for name in ("mira", "otto"):
        for body in ([], {"nonsense": 1}, {"revision": "1"}):
            problem = refusal(Caller(getattr(cast, name)).verb(task, tried.verb, body), 422, "invalid")
            told.append(problem)
    assert told[:3] == told[3:]
    unknown = [
        refusal(Caller(cast.otto).post(f"/tasks/T-999999999/{tried.verb}", body), 422)["errors"]
        for body in ([], {"nonsense": 1}, {"revision": "1"})
    ]
    assert unknown == [problem["errors"] for problem in told[3:]]


def test_shape_of_a_form_comes_before_reach_too(cast):
    task = prepared(cast, "started")
    for name in ("mira", "otto"):
        caller = Caller(getattr(cast, name))
        for fields in ({}, {"file": "no file"}, {"file": SimpleUploadedFile("a", b"x"), "for_requester": "maybe"}):
            refusal(caller.form(f"/tasks/{task.reference}/attach", fields), 422, "invalid")
        undeclared = {"file": SimpleUploadedFile("a", b"x"), "owner": "1"}
        refusal(caller.form(f"/tasks/{task.reference}/attach", undeclared), 422, "invalid")
    empty = {"file": SimpleUploadedFile("a", b"")}
    refusal(Caller(cast.mira).form(f"/tasks/{task.reference}/attach", empty), 409, "file_empty")


def test_only_a_manager_overrides_the_gate(cast):
    cast.permits.members_may_take_over = True
    cast.permits.cap = 1
    cast.permits.save()
    task = make.task(cast.permits, cast.permit)
    transitions.claim(task, actor=cast.mira)
    for name in ("kofi", "ruth"):
        transitions.claim(make.task(cast.permits, cast.permit), actor=getattr(cast, name))
    kofi, ruth = Caller(cast.kofi), Caller(cast.ruth)
    refusal(kofi.verb(task, "take-over", WHY), 409, "not_eligible_cap")
    refusal(kofi.verb(task, "take-over", WHY | {"override": "I want it"}), 403)
    assert ruth.verb(task, "take-over", WHY | {"override": "she is ill"}).status_code == 200
    event = Event.objects.filter(task_id=task.pk).latest("id")
    assert event.payload.body["override"]["reason"] == "she is ill"
    refusal(ruth.verb(task, "assign", {"to": cast.otto.pk, "override": "please"}), 409, "not_eligible_department")


def test_a_revision_may_be_carried_by_every_verb(cast):
    task = prepared(cast, "started")
    mira = Caller(cast.mira)
    problem = refusal(mira.verb(task, "complete", {"revision": 2}), 409, "stale")
    assert (problem["theirs"]["revision"], problem["mine"]["revision"]) == (3, 2)
    refusal(mira.verb(task, "comment", {"text": "x", "revision": 2}), 409, "stale")
    assert mira.verb(task, "complete", {"revision": 3}).status_code == 200


def test_a_stale_edit_gets_both_versions(cast):
    task = prepared(cast, "started")
    mira = Caller(cast.mira)
    refusal(mira.verb(task, "edit", {"title": "without revision"}), 422)
    assert mira.verb(task, "edit", {"revision": 3, "title": "First"}).json()["revision"] == 4
    problem = refusal(mira.verb(task, "edit", {"revision": 3, "title": "Second"}), 409, "stale")
    assert (problem["theirs"]["title"], problem["mine"]["title"]) == ("First", "Second")
    refusal(mira.verb(task, "edit", {"revision": 4, "title": None}), 422)


def test_naming_what_is_not_there(cast):
    task = prepared(cast, "started")
    ruth = Caller(cast.ruth)
    assert refusal(ruth.verb(task, "assign", {"to": 10**12}), 409, "to_unknown")["errors"][0]["field"] == "to"
    refusal(ruth.verb(task, "hand-off", WHY | {"department": 10**12}), 409, "department_unknown")
    refusal(Caller(cast.mira).verb(task, "mark-step", {"step": "dance"}), 409, "step_unknown")
    refusal(ruth.verb(task, "wait", {"reason": " ", "kind": "outside"}), 409, "reason_missing")
    refusal(ruth.verb(task, "wait", {"reason": "x", "kind": "outside", "until": "2001-01-01T00:00:00Z"}), 409)
    refusal(ruth.verb(task, "wait", {"reason": "x", "kind": "weather"}), 422)
