"""Lists: what one has chosen stays chosen, and nothing in them is slow for being there."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tasks import presence, transitions
from tasks.models import Task
from tasks.saved_views import save_view
from tasks.tests import factories as make
from tasks.tests.pages import as_person, text

pytestmark = pytest.mark.django_db
CHOSEN = {"scope": "departments", "owner": "nobody", "sort": "oldest"}


def links(page: Any) -> list[str]:
    """Where the rows of a list lead."""
    found = re.findall(r'<a id="a\d+"[^>]* href="([^"]*)"|<a [^>]*href="([^"]*)"[^>]* id="a\d+"', page.content.decode())
    return [unescape(one or other) for one, other in found]


def back_of(client: Client, path: str) -> str:
    """Where the navigation's entry of the queue leads on a page."""
    page = client.get(path)
    assert page.status_code == 200, path
    return next(str(place.href) for place in page.context["shell"].places if place.key == "mine")


def test_05_filters_stay_when_a_task_is_opened_and_worked_on(cast: SimpleNamespace) -> None:
    tasks = [make.task(cast.permits, cast.permit) for _more in range(3)]
    client = as_person(cast.mira)
    page = client.get("/queue/", CHOSEN)
    rows = links(page)
    assert len(rows) == 3
    for row in rows:
        assert all(f"{name}={value}" in row for name, value in CHOSEN.items()), row
    opened = client.get("/queue/" + rows[0])
    assert len(links(opened)) == 3 and "Nobody" in text(opened)
    here = f"/queue/{rows[0]}"
    form = {"next": here, "revision": tasks[0].revision}
    done = client.post(reverse("tasks:verb", args=[tasks[0].reference, "claim"]), form)
    assert done.headers["Location"].startswith(here), "and without script"


def test_06_the_way_back_leads_to_the_saved_view(cast: SimpleNamespace) -> None:
    task = make.task(cast.permits, cast.permit)
    view = save_view("Unowned", "?scope=departments&owner=nobody", actor=cast.mira)
    client = as_person(cast.mira)
    assert client.get(f"/queue/{view.query}").status_code == 200
    assert back_of(client, task.get_absolute_url()) == f"/queue/{view.query}"


def test_09_other_sections_leave_the_view_alone(cast: SimpleNamespace) -> None:
    view = save_view("Waiting", "?scope=departments&state=waiting", actor=cast.mira)
    client = as_person(cast.mira)
    client.get(f"/queue/{view.query}")
    for name in ("home", "requests:index", "reports:index", "search", "profile", "notices"):
        assert back_of(client, reverse(name)) == f"/queue/{view.query}", name
    assert "Waiting" in text(client.get(f"/queue/{view.query}"))


def test_16_who_is_at_a_task_shows_in_the_list(cast: SimpleNamespace) -> None:
    task = make.task(cast.permits, cast.permit)
    presence.beat(task, cast.kofi, editing=True)
    list_ = as_person(cast.mira).get(reverse("tasks:live"), {"scope": "departments"}).content.decode()
    assert f'data-present="{task.pk}" data-editing title="Kofi Adjei is editing"' in list_


def test_17_an_owner_is_taken_away_in_bulk(cast: SimpleNamespace) -> None:
    """A verb of its own; moving without naming a person is refused instead of meaning anything."""
    tasks = [transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira) for _more in range(2)]
    client, chosen = as_person(cast.ruth), {"task": [task.pk for task in tasks], "sure": "1"}
    client.post(reverse("tasks:department_change", args=[cast.permits.code, "move"]), chosen | {"to": ""})
    assert set(Task.objects.values_list("assignee", flat=True)) == {cast.mira.pk}
    client.post(reverse("tasks:department_change", args=[cast.permits.code, "release"]), chosen)
    assert set(Task.objects.values_list("assignee", flat=True)) == {None}


def test_19_lists_read_no_texts(cast: SimpleNamespace) -> None:
    make.task(cast.permits, cast.permit, text="A long story. " * 1000)
    client = as_person(cast.mira)
    client.get("/queue/?scope=departments")
    with CaptureQueriesContext(connection) as seen:
        page = client.get("/queue/?scope=departments")
    assert "A long story" not in page.content.decode()
    assert not [one["sql"] for one in seen.captured_queries if '"tasks_task"."text"' in one["sql"]]
