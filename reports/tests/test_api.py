"""The API of reports: the list by pages, the numbers as numbers, the same statements for one row and three."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from organization.tokens import create_token
from reports.making import ask_report
from reports.tests.conftest import made
from tasks import finishing, transitions
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 2, 10, tzinfo=dt.UTC)
ASKED = {"period": "last_month", "by": "person", "about": "all"}


@pytest.fixture
def get(cast):
    """`get(path, query)` with a token of the manager."""
    with clock.at(dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)):
        finishing.complete(transitions.claim(make.task(cast.permits, cast.anything), actor=cast.mira), actor=cast.mira)
    with clock.at(NOW):
        token, text = create_token(cast.ruth, actor=None, name="test")
        type(token).objects.filter(pk=token.pk).update(last_used_at=NOW)
        client = Client(headers={"Authorization": f"Bearer {text}"})
        yield lambda path, query=None: client.get(f"/api/v1{path}", query)


def test_one_report(cast, get):
    kept = made("done", cast.ruth, **ASKED)
    body = get(f"/reports/{kept.pk}").json()
    assert body["report"] == "done" and body["state"] == "done" and body["about"] == "1 department"
    assert [column["key"] for column in body["columns"]][:4] == ["department", "group", "finished", "reopened"]
    assert body["rows"] == [["Permits", "Mira Holt", 1, 0, 0.25, 1, 0]]
    assert body["first_day"] == "2026-03-01" and body["url"].endswith(f"/reports/{kept.pk}/")


def test_one_being_made(cast, get):
    kept = ask_report("done", actor=cast.ruth, parameters=ASKED)
    body = get(f"/reports/{kept.pk}").json()
    assert body["state"] == "queued" and body["rows"] == [] and body["as_of"] is None


def test_the_list_goes_by_pages(cast, get):
    kept = [made("done", cast.ruth, **ASKED).pk for _ in range(3)]
    first = get("/reports", {"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == [kept[2], kept[1]]
    second = get("/reports", {"limit": 2, "place": first["next"]}).json()
    assert [one["id"] for one in second["items"]] == [kept[0]] and second["next"] is None
    assert get("/reports", {"place": "nonsense"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same(cast, get, rows):
    for _ in range(rows):
        made("done", cast.ruth, **ASKED)
    get("/reports")
    with CaptureQueriesContext(connection) as captured:
        assert len(get("/reports").json()["items"]) == rows
    assert len(captured) == 4
