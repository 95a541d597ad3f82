"""Breaking the glass: a reason, an hour, one event, everybody concerned told, and nothing more than to read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import clock
from organization.models import Notice
from organization.tokens import create_token
from records.models import Event
from tasks import editing, transitions
from tasks.glass import FOR
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.pages import as_person, part, statements, text

pytestmark = pytest.mark.django_db
TOLD = "Grievance of a colleague"
LISTS = ("/queue/?scope=departments", "/department/PER/", "/search/?q=grievance", "/search/palette/?q=grievance")


@pytest.fixture
def secret(cast: Any) -> Task:
    task = make.task(cast.permits, cast.permit, title=TOLD, text="What was said", confidential=True)
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    editing.comment(task, "Between us", actor=cast.mira)
    return task


def ask(person: Any, task: Task, **data: Any) -> Any:
    return as_person(person).post(
        f"/tasks/{task.reference}/break-glass/", data, headers=part(f"/tasks/{task.reference}/")
    )


def page(person: Any, task: Task) -> str:
    return text(as_person(person).get(f"/tasks/{task.reference}/"))


def test_an_admin_reads_it_for_an_hour_with_a_reason(cast: Any, secret: Task) -> None:
    with clock.at(clock.now()) as _:
        before = page(cast.ada, secret)
        assert TOLD not in before and "Open it all the same" in before
        assert "Reason is empty. Fill it in." in text(ask(cast.ada, secret, reason=" "))
        assert TOLD not in page(cast.ada, secret)
        answer = text(ask(cast.ada, secret, reason="The board asks"))
        for words in (TOLD, "What was said", "Between us", "You have opened it to read it until"):
            assert words in answer
        now = clock.now()
    with clock.at(now + FOR - dt.timedelta(minutes=1)):
        assert TOLD in page(cast.ada, secret)
    with clock.at(now + FOR + dt.timedelta(seconds=1)):
        assert TOLD not in page(cast.ada, secret)
        ask(cast.ada, secret, reason="Again")
        assert TOLD in page(cast.ada, secret)


def test_it_is_one_event_and_owner_and_managers_are_told(cast: Any, secret: Task) -> None:
    Notice.objects.all().delete()
    revision = Task.objects.get(pk=secret.pk).revision
    ask(cast.ada, secret, reason="The board asks")
    event = Event.objects.get(verb="break_glass")
    assert (event.actor, event.task_id, event.department_id) == (cast.ada, secret.pk, cast.permits.pk)
    assert event.payload.body["reason"] == "The board asks"
    assert Task.objects.get(pk=secret.pk).revision == revision  # nobody's edit is stale for it
    told = Notice.objects.filter(kind="glass").order_by("person")
    assert {one.person for one in told} == {cast.mira, cast.ruth} and all(one.mail_at for one in told)
    assert "Ada Stone opened" in text(as_person(cast.mira).get("/notices/"))
    history = page(cast.ruth, secret)
    assert "Ada Stone, an admin, opened it to read it" in history and "The board asks" in history
    with timezone.override("UTC"):
        audit = text(as_person(cast.ada).get("/audit/"))
    assert "opened it to read it" in audit and "The board asks" in audit and TOLD not in audit


def test_it_opens_its_page_and_nothing_else(cast: Any, secret: Task) -> None:
    other = make.task(cast.permits, cast.permit, title="Grievance of another", confidential=True)
    ask(cast.ada, secret, reason="The board asks")
    for path in LISTS:
        assert "Grievance of" not in text(as_person(cast.ada).get(path)), path
    assert "Grievance of" not in page(cast.ada, other)
    for verb in ("comment", "watch", "release", "cancel", "edit", "attach"):
        data = {"text": "I was here", "reason": "x"}
        answer = as_person(cast.ada).post(f"/tasks/{secret.reference}/{verb}/", data, headers=part())
        assert answer.status_code == 403, verb
    assert ask(cast.ada, secret, reason="Once more").status_code == 403  # it is open already


def test_nobody_else_may_and_who_does_not_know_of_it_learns_nothing(cast: Any, secret: Task) -> None:
    assert [ask(person, secret, reason="x").status_code for person in (cast.kofi, cast.otto, cast.cleo)] == [404] * 3
    assert [ask(person, secret, reason="x").status_code for person in (cast.mira, cast.ruth, cast.vera)] == [403] * 3
    plain = make.task(cast.permits, cast.permit)
    assert ask(cast.ada, plain, reason="x").status_code == 403
    ask(cast.ada, secret, reason="The board asks")
    assert ask(make.person("Eve Hart", is_admin=True), plain, reason="x").status_code == 403
    assert TOLD not in page(make.person("Eva Hart", is_admin=True), secret)


def test_files_and_the_api(cast: Any, secret: Task) -> None:
    file = editing.attach_file(secret, SimpleUploadedFile("plan.txt", b"words"), actor=cast.mira)
    bearer = {"Authorization": f"Bearer {create_token(cast.ada, actor=None, name='x')[1]}"}
    client = as_person(cast.ada)
    at = f"/api/v1/tasks/{secret.reference}"
    path = f"/tasks/{secret.reference}/files/{file.pk}/"
    assert client.get(path).status_code == 404
    assert client.get(at, headers=bearer).json()["title"] is None
    assert client.get(at, headers=bearer).json()["verbs"] == ["break-glass"]
    call = {"content_type": "application/json", "headers": bearer}
    assert client.post(f"{at}/break-glass", {}, **call).status_code == 422
    opened = client.post(f"{at}/break-glass", {"reason": "The board asks"}, **call)
    assert opened.status_code == 200 and opened.json()["title"] == TOLD
    assert client.get(at, headers=bearer).json()["text"] == "What was said"
    assert client.get(f"{at}/comments", headers=bearer).json()["items"][0]["text"] == "Between us"
    assert client.get(path).status_code == 200
    assert Event.objects.get(verb="break_glass").origin == "api"


def test_it_costs_the_queue_nothing(cast: Any, secret: Task) -> None:
    ask(cast.ada, secret, reason="The board asks")
    assert statements(as_person(cast.ada), "/queue/?scope=departments") == 6
