"""Forms: nothing stands in the way of saving, nothing typed is lost, and a day is a day."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tasks import presence, transitions
from tasks.models import Task
from tasks.opening import Request, open_task
from tasks.tests import factories as make
from tasks.tests.pages import as_person, text

pytestmark = pytest.mark.django_db


def test_03_the_session_slides_while_somebody_types(cast: SimpleNamespace) -> None:
    """Two days of writing one reply, saved as a draft with each pause: the session is still there at the end."""
    with time_machine.travel("2026-03-04T08:00:00Z", tick=False) as now:
        client = as_person(cast.mira)
        for words in range(6):
            now.shift(settings.SESSION_IDLE_AGE // 3)
            form = {"fields": f'{{"text": "{"word " * words}"}}'}
            assert client.post(reverse("tasks:draft", args=["new-task"]), form).status_code < 300
        assert client.get("/queue/").status_code == 200
        now.shift(settings.SESSION_IDLE_AGE)
        assert client.get("/queue/").status_code == 302, "nobody is there any more"


def edited(client: Client, task: Task, **changes: str) -> Any:
    """Open the form of a task as a browser does, change something, send it."""
    path = reverse("tasks:verb", args=[task.reference, "edit"])
    page = client.get(path)
    form = page.context["form"]
    fields = {name: form[name].value() for name in form.fields}
    fields |= {f"initial-{name}": form[name].initial for name in form.fields if name != "revision"}
    sent = {name: "" if value is None else value for name, value in fields.items() if value is not False}
    return client.post(path, sent | changes)


def test_15_no_lock_is_ever_asked_for(cast: SimpleNamespace) -> None:
    """Others at the task, an hour of thinking, a second tab and signing in anew: whoever may edit simply saves."""
    task = transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira)
    presence.beat(task, cast.kofi, editing=True)
    tabs = [as_person(cast.mira), as_person(cast.mira)]
    for number, tab in enumerate([*tabs, tabs[0]]):
        answer = edited(tab, task, title=f"Title {number}")
        assert answer.status_code == 302, text(answer)
    tabs[0].logout()
    assert edited(as_person(cast.mira), task, title="The last").status_code == 302
    task.refresh_from_db()
    assert task.title == "The last"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Asia/Kolkata", "America/St_Johns", "Pacific/Pago_Pago"])
def test_24_a_due_day_is_the_same_day_everywhere(cast: SimpleNamespace, zone: str) -> None:
    """From 14 hours ahead to 11 behind; saving the form without touching the day leaves it as well."""
    day = dt.date(2031, 3, 3)
    task = open_task(Request("A day", due_on=day), procedure=cast.permit, department=cast.permits, actor=cast.ruth)
    cast.ruth.time_zone = zone
    cast.ruth.save()
    client = as_person(cast.ruth)
    said = re.findall(r"\b\d{1,2} Mar(?:ch)? 2031|2031-03-\d\d", text(client.get(task.get_absolute_url())))
    assert said and all(re.match(r"0?3 Mar|2031-03-03", one) for one in said), said
    before = task.due_at
    assert edited(client, task, title="Another title").status_code == 302
    task.refresh_from_db()
    assert task.title == "Another title" and task.due_at == before and task.due_is_date
    assert edited(client, task, due_day="2031-03-04").status_code == 302
    said = text(client.get(task.get_absolute_url()))
    assert "4 Mar" in said and "3 Mar" not in said.replace("3 March 2031 to", "")
