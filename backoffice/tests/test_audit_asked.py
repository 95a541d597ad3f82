"""What was asked for stands in the audit in words: reports, exports, schedules, choices of imports, runs."""

from __future__ import annotations

from typing import Any

import pytest

from organization.tests.set_up_pages import as_person, words
from records import events
from records.auditing import asking
from records.models import Run
from reports import making
from tasks.importing import kept

pytestmark = pytest.mark.django_db


def said(person: Any, verb: str) -> str:
    page = as_person(person).get(f"/audit/?verb={verb}")
    assert page.status_code == 200
    told = words(page).partition("Newest first")[2].partition("As a file")[0]
    assert not set("{}[]") & set(told), "no JSON"
    return told


def test_a_report_says_what_it_is_about(cast: Any) -> None:
    asked = {"about": str(cast.permits.pk), "by": "procedure", "period": "dates"}
    days = {"first": "2026-10-01", "last": "2026-10-31", "dues": "target"}
    making.ask_report("on-time", actor=cast.ruth, parameters=asked | days)
    told = said(cast.ruth, "ask_report")
    assert "On time" in told and "About Permits A row for each procedure Days from one day to another" in told
    assert "First day 1 Oct 2026 Last day 31 Oct 2026" in told
    assert "Which due times targets of procedures" in told and "on-time" not in told
    making.ask_report("on-time", actor=cast.mira, parameters=asked | days | {"about": "own"})
    assert "About own work" in said(cast.ada, "ask_report")


def test_an_export_says_what_was_looked_for(cast: Any) -> None:
    look = {"person": cast.mira.pk, "on_behalf_of": None, "task": 10007, "department": cast.permits.pk}
    look |= {"verb": "hand_off", "origin": "import", "since": "2026-10-01T00:00:00+00:00", "until": None}
    asking.ask_export(actor=cast.ada, looked_for=look | {"reach": [cast.permits.pk, cast.archive.pk]})
    told = said(cast.ada, "export")
    assert "Done by Mira Holt" in told and "Task T-10007" in told and "What was done hand off" in told
    assert "Departments in reach Permits, Archive" in told and "From Thursday 1 October 2026" in told
    assert "On behalf of" not in told, "what was not asked is not said"


def test_choices_schedules_and_runs_are_said_in_words(cast: Any) -> None:
    named = {"column": "group", "empty": ["n/a", ""], "default": "Permits", "values": {"Grp 7": "Archive"}}
    mapping = {"source": "old", "external_reference": "id", "title": "what", "procedure": "what", "department": named}
    kept.save_mapping("Old list", mapping | {"labels": ["channel", "tag"]}, actor=cast.ada)
    told = said(cast.ada, "add")
    assert "What it is known by: id" in told and "Labels: channel, tag" in told and "Grp 7: Archive" in told
    payload = {"name": "Weekly", "report": "done", "parameters": {"about": "all"}, "every": "week", "weekday": 0}
    about = {"actor": cast.ada, "subject_kind": "schedule", "subject_id": 1}
    events.write("change", **about, payload=payload | {"recipients": [cast.mira.pk, cast.kofi.pk]})
    told = said(cast.ada, "change")
    assert "every week" in told and "Monday" in told and "Mira Holt, Kofi" in told
    assert "About all departments in reach" in told
    run = Run.objects.create(kind="tasks.import", parameters={})
    about = {"actor": cast.ada, "subject_kind": "run", "subject_id": run.pk}
    events.write("retry", **about, payload={"kind": run.kind})
    assert "Import of tasks" in said(cast.ada, "retry")
    events.write("verify", **about, payload={"seals": 3, "odd": {"deep": [{"far": None, "near": True}]}})
    assert "deep: near: yes" in said(cast.ada, "verify")
