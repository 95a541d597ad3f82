"""An admin sets up the office by keyboard: a place, a department, a procedure that is published, somebody away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import expect

from backoffice.tests.ways.hands import Hands
from organization.models import Absence, Department, Membership, Site, User
from tasks import transitions
from tasks.models import Procedure, Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def typed(day: dt.date) -> str:
    """A day as it is typed into a date field of this browser."""
    return f"{day:%m%d%Y}"


def test_a_place_and_a_department(cast: Any, visit: Any) -> None:
    hands = Hands(visit(cast.ada, "/"))
    hands.press("Tab", "Enter")  # the skip link
    hands.follow("Set-up").follow("Sites").follow("Add a site")
    hands.type("Name", "Quay").type("Time zone", "Europe/Lisbon").type("Country", "Portugal").send()
    expect(hands.page.locator("main")).to_contain_text("Quay")
    assert Site.objects.get(name="Quay").country == "PT"
    hands.follow("Departments").follow("Add a department")
    hands.type("Name", "Quay works").send()
    expect(hands.page.locator("[data-errors]")).to_be_focused()
    hands.type("Code", "QUAY").type("Site", "Quay").type("Working calendar", "Week").send()
    expect(hands.page.locator("h1")).to_have_text("Departments")
    assert Department.objects.get(code="QUAY").site.name == "Quay"


def test_a_procedure_is_written_and_published(cast: Any, visit: Any) -> None:
    hands = Hands(visit(cast.ada, "/set-up/procedures/"))
    hands.follow("Add a procedure")
    hands.type("Name", "Berth permit").type("Standard", "45").send()
    row = Procedure.objects.get(name="Berth permit")
    hands.follow("Begin the next version")
    hands.type("Instruction", "Ask for the drawing").follow("Add a step")
    hands.to("Remove step 2").type("Instruction", "Look at the berth").follow("Save and publish")
    expect(hands.page.locator("main")).to_contain_text("Look at the berth")
    hands.follow("Publish")
    assert row.versions.get(stage="published").steps.count() == 2


def test_somebody_comes_is_away_and_leaves(cast: Any, visit: Any) -> None:
    hands = Hands(visit(cast.ada, "/set-up/people/"))
    hands.follow("Add a person")
    hands.type("Name", "Nora Quill").type("E-mail", "nora@permits.example").send()
    nora = User.objects.get(name="Nora Quill")
    hands.page.goto(f"/set-up/people/{nora.pk}/")
    hands.follow("Add a department")
    hands.type("Department", "Permits").type("Role", "Assistant").send()
    assert Membership.objects.get(person=nora).department == cast.permits
    task = transitions.claim(make.task(cast.permits, cast.anything, title="Copies"), actor=nora)
    hands.follow("Add an absence")
    today = dt.date.today()
    hands.type("First day", typed(today)).type("Last day", typed(today + dt.timedelta(days=3)))
    hands.type("Substitute", "Mira Holt").send()
    expect(hands.page.locator("main")).to_contain_text("Copies")
    hands.follow("Save and move the work")
    assert Absence.objects.get(person=nora).substitute == cast.mira
    assert Task.objects.get(pk=task.pk).assignee == cast.mira
    hands.follow("Leaves the office")
    hands.follow("Let them leave")
    assert not User.objects.get(pk=nora.pk).is_active
