"""A POST sent again with its key is done once, also when both come at the same time or something breaks between."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from backoffice.tests.api_caller import Caller, refusal
from core import clock
from organization import idempotency, jobs
from organization.models import IdempotentAnswer
from records.models import Attachment, Event
from tasks import transitions
from tasks.models import Comment, Task
from tasks.tests import factories as make


@pytest.fixture
def wanted(cast: Any) -> dict[str, Any]:
    return {"procedure": cast.permit.pk, "department": cast.permits.pk, "title": "Garden wall"}


def test_a_repeated_request_gets_the_same_answer(cast, wanted):
    mira = Caller(cast.mira)
    first = mira.post("/tasks", wanted, Idempotency_Key="one")
    again = mira.post("/tasks", wanted, Idempotency_Key="one")
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert Task.objects.count() == 1 == Event.objects.filter(verb="open").count()


def test_another_request_under_the_key_is_refused(cast, wanted):
    mira = Caller(cast.mira)
    task = make.task(cast.permits, cast.permit)
    mira.post("/tasks", wanted, Idempotency_Key="one")
    problem = refusal(mira.post("/tasks", wanted | {"title": "Shed"}, Idempotency_Key="one"), 422, "invalid")
    assert problem["errors"][0]["where"] == "header"
    refusal(mira.verb(task, "claim", Idempotency_Key="one"), 422)
    assert Task.objects.count() == 2


def test_keys_belong_to_their_token(cast, wanted):
    for caller in (Caller(cast.mira), Caller(cast.mira), Caller(cast.kofi)):
        assert caller.post("/tasks", wanted, Idempotency_Key="one").status_code == 201
    assert Task.objects.count() == 3


def test_refusals_and_empty_answers_are_kept_too(cast):
    task = make.task(cast.permits, cast.permit)
    transitions.claim(task, actor=cast.kofi)
    mira, otto = Caller(cast.mira), Caller(cast.otto)
    first = mira.verb(task, "claim", Idempotency_Key="k")
    transitions.release(task, actor=cast.kofi)
    again = mira.verb(task, "claim", Idempotency_Key="k")
    assert again.content == first.content and refusal(again, 409, "taken")
    assert mira.verb(task, "claim", Idempotency_Key="k2").status_code == 200
    assert otto.post("/tasks/next", Idempotency_Key="n").status_code == 204
    make.task(cast.archive, cast.anything)
    replay = otto.post("/tasks/next", Idempotency_Key="n")
    assert (replay.status_code, replay.content, replay.headers["Idempotency-Replayed"]) == (204, b"", "true")


def test_a_form_is_compared_by_its_parts(cast):
    task = make.task(cast.permits, cast.permit)
    mira = Caller(cast.mira)

    def attach(content, **fields):
        sent = {"file": SimpleUploadedFile("plan.txt", content)} | fields
        return mira.form(f"/tasks/{task.reference}/attach", sent, Idempotency_Key="f")

    first = attach(b"words")
    assert attach(b"words").content == first.content and first.status_code == 201
    refusal(attach(b"other words"), 422)
    refusal(attach(b"words", for_requester="true"), 422)
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schlüssel"])
def test_keys_are_visible_ascii(cast, key):
    task = make.task(cast.permits, cast.permit)
    refusal(Caller(cast.mira).verb(task, "claim", Idempotency_Key=key), 422)
    assert not Event.objects.filter(task_id=task.pk, verb="claim").exists()


def test_a_failure_undoes_the_verb_and_frees_the_key(cast, monkeypatch):
    task = make.task(cast.permits, cast.permit)
    mira = Caller(cast.mira)
    mira.client.raise_request_exception = False

    def broken(*args: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("tasks.api.verbs.task_drawn", broken)
        refusal(mira.verb(task, "claim", Idempotency_Key="k"), 500)
    task.refresh_from_db()
    assert task.assignee_id is None and not IdempotentAnswer.objects.exists()
    assert mira.verb(task, "claim", Idempotency_Key="k").status_code == 200


def test_a_crash_while_keeping_the_answer_undoes_the_verb(cast, monkeypatch):
    task = make.task(cast.permits, cast.permit)
    mira = Caller(cast.mira)
    mira.client.raise_request_exception = False

    def broken(*args: Any) -> bool:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "_keep", broken)
        refusal(mira.verb(task, "claim", Idempotency_Key="k"), 500)
    assert not Event.objects.filter(task_id=task.pk, verb="claim").exists()
    assert mira.verb(task, "claim", Idempotency_Key="k").status_code == 200


def test_an_answer_is_kept_a_day(cast, wanted):
    mira = Caller(cast.mira)
    mira.post("/tasks", wanted, Idempotency_Key="old")
    mira.post("/tasks", wanted, Idempotency_Key="young")
    day = dt.timedelta(hours=24)
    IdempotentAnswer.objects.filter(key="old").update(created_at=clock.now() - day)
    IdempotentAnswer.objects.filter(key="young").update(created_at=clock.now() - day + dt.timedelta(minutes=1))
    assert "Idempotency-Replayed" in mira.post("/tasks", wanted, Idempotency_Key="young").headers
    other = mira.post("/tasks", wanted | {"title": "Shed"}, Idempotency_Key="old")
    assert other.status_code == 201 and "Idempotency-Replayed" not in other.headers
    assert "Idempotency-Replayed" in mira.post("/tasks", wanted | {"title": "Shed"}, Idempotency_Key="old").headers
    assert Task.objects.count() == 3


def test_old_answers_are_swept(cast, wanted):
    mira = Caller(cast.mira)
    for number in range(4):
        mira.post("/tasks", wanted, Idempotency_Key=f"k{number}")
    old = IdempotentAnswer.objects.exclude(key="k0")
    old.update(created_at=clock.now() - dt.timedelta(hours=25))
    with clock.at(clock.now().replace(second=29)):
        jobs.forget_old_answers()
    assert IdempotentAnswer.objects.count() == 4
    assert idempotency.sweep(limit=2) == 2
    with clock.at(clock.now().replace(second=30) + dt.timedelta(minutes=1)):
        jobs.forget_old_answers()
    assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["k0"]


def in_thread(act: Any) -> Any:
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_at_work_the_second_is_told(cast, monkeypatch):
    task = make.task(cast.permits, cast.permit)
    mira = Caller(cast.mira)
    begun, go_on = threading.Event(), threading.Event()
    claim = transitions.claim

    def slow(*args: Any, **named: Any) -> Task:
        done = claim(*args, **named)
        begun.set()
        assert go_on.wait(20)
        return done

    monkeypatch.setattr("tasks.api.verbs.transitions.claim", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_thread, lambda: mira.verb(task, "claim", Idempotency_Key="k"))
        assert begun.wait(20)
        try:
            refusal(Caller.verb(mira, task, "claim", Idempotency_Key="k"), 409, "in_progress")
            refusal(mira.verb(task, "claim", {"revision": 1}, Idempotency_Key="k"), 409, "in_progress")
        finally:
            go_on.set()
        assert first.result().status_code == 200
    assert mira.verb(task, "claim", Idempotency_Key="k").content == first.result().content
    assert Event.objects.filter(task_id=task.pk, verb="claim").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_done_once(cast):
    task = make.task(cast.permits, cast.permit)
    mira = Caller(cast.mira)
    people = 6
    barrier = threading.Barrier(people)

    def send(key: str) -> Any:
        barrier.wait(20)
        return mira.verb(task, "comment", {"text": key}, Idempotency_Key=key)

    with ThreadPoolExecutor(people) as pool:
        for key in (f"round-{number}" for number in range(8)):
            answers = list(pool.map(lambda _n, key=key: send(key), range(people)))
            done = {answer.content for answer in answers if answer.status_code == 201}
            assert len(done) == 1 and all(answer.status_code in {201, 409} for answer in answers)
        list(pool.map(lambda _n: in_thread(lambda: barrier.wait(20)), range(people)))
    assert Comment.objects.count() == 8 == Event.objects.filter(verb="comment").count()


@pytest.mark.django_db(transaction=True)
def test_who_is_overtaken_undoes_its_own_and_repeats_the_other(cast, monkeypatch):
    """The lock was free because the first had just committed, and the look came before that commit."""
    task = make.task(cast.permits, cast.permit)
    mira = Caller(cast.mira)
    first = mira.verb(task, "comment", {"text": "x"}, Idempotency_Key="k")
    look, blind = idempotency._look, [True]

    def too_early(*args: Any) -> idempotency.Found:
        found = look(*args)
        return idempotency.Found(True, None, 0, b"", "") if blind and blind.pop() else found

    monkeypatch.setattr(idempotency, "_look", too_early)
    again = mira.verb(task, "comment", {"text": "x"}, Idempotency_Key="k")
    assert (again.status_code, again.content) == (201, first.content)
    assert not blind and Comment.objects.count() == 1 == Event.objects.filter(verb="comment").count()
