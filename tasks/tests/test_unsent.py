"""Drafts of what is typed: theirs alone, on the server, gone when sent."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from core import clock
from tasks import unsent
from tasks.models import Comment, Draft, Task
from tasks.tests import factories as make
from tasks.tests.pages import as_person

pytestmark = pytest.mark.django_db


def kept(client: Any, form: str) -> dict[str, str] | None:
    answer = client.get(f"/drafts/{form}/")
    return answer.json()["fields"] if answer.status_code == 200 else None


def keep(client: Any, form: str, **fields: Any) -> int:
    return int(client.post(f"/drafts/{form}/", {"fields": json.dumps(fields)}).status_code)


def test_a_draft_survives_signing_out_and_is_nobody_elses(cast: Any) -> None:
    client = as_person(cast.mira)
    assert kept(client, "comment:7") is None
    assert keep(client, "comment:7", text="half a sent") == 204
    assert keep(client, "comment:7", text="half a sentence") == 204
    client.post("/accounts/logout/")
    assert client.get("/drafts/comment:7/").status_code == 302
    assert keep(client, "comment:7", text="nobody's") == 302
    assert kept(as_person(cast.mira), "comment:7") == {"text": "half a sentence"}
    for who in (cast.kofi, cast.ruth, cast.ada, cast.cleo):
        assert kept(as_person(who), "comment:7") is None
    assert kept(as_person(cast.mira), "comment:8") is None


def test_what_is_emptied_is_no_draft(cast: Any) -> None:
    client = as_person(cast.mira)
    keep(client, "new-task", title="x")
    assert keep(client, "new-task", title="") == 204
    assert keep(client, "wait:3") == 204
    assert not Draft.objects.exists()


def test_only_texts_of_a_sane_size_and_no_secrets(cast: Any) -> None:
    client = as_person(cast.mira)
    assert keep(client, "edit:1", title="a\x00b", csrfmiddlewaretoken="t", password="p", list=["x"], n=1) == 204
    assert kept(client, "edit:1") == {"title": "ab"}
    assert keep(client, "edit:1", text="x" * (unsent.LARGEST + 1)) == 400
    assert client.post("/drafts/edit:1/", {"fields": "[1]"}).status_code == 400
    assert client.post("/drafts/edit:1/", {"fields": "{"}).status_code == 400
    assert client.post("/drafts/Edit:x/", {"fields": "{}"}).status_code == 404
    assert kept(client, "edit:1") == {"title": "ab"}


def test_a_comment_that_was_sent_leaves_no_draft_and_a_refused_one_does(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    client, form = as_person(cast.mira), f"comment:{task.pk}"
    keep(client, form, text="Seen")
    assert client.post(f"/tasks/{task.reference}/comment/", {"text": " "}).status_code == 422
    assert kept(client, form) == {"text": "Seen"}
    keep(as_person(cast.kofi), form, text="Mine")
    client.post(f"/tasks/{task.reference}/comment/", {"text": "Seen"})
    assert Comment.objects.get().text == "Seen"
    assert kept(client, form) is None
    assert kept(as_person(cast.kofi), form) == {"text": "Mine"}


def test_a_verb_and_a_new_task_forget_theirs(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    client = as_person(cast.ruth)
    keep(client, f"cancel:{task.pk}", reason="twice")
    client.post(f"/tasks/{task.reference}/cancel/", {"reason": "twice"})
    assert kept(client, f"cancel:{task.pk}") is None
    keep(client, "new-task", title="Kiosk")
    known = {"procedure": cast.permit.pk, "department": cast.permits.pk, "title": ""}
    assert client.post("/tasks/new/", known).status_code == 422
    assert kept(client, "new-task") == {"title": "Kiosk"}
    client.post("/tasks/new/", known | {"title": "Kiosk"})
    assert Task.objects.filter(title="Kiosk").exists()
    assert kept(client, "new-task") is None


def test_thirty_days_later_it_is_erased(cast: Any) -> None:
    now = clock.now()
    for days, form in ((31, "comment:1"), (29, "comment:2")):
        with clock.at(now - dt.timedelta(days=days)):
            unsent.keep(cast.mira, form, {"text": "x"})
    assert unsent.erase_old() == 1
    assert [draft.form for draft in Draft.objects.all()] == ["comment:2"]
    assert unsent.erase_old() == 0
