"""What managers arrange, by keyboard: somebody is away and their work moves, a shared view gets another name."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from backoffice.tests.looks import every_look
from core import clock
from organization.models import Absence
from tasks import saved_views
from tasks.models import SavedView
from tasks.tests import factories as make
from tasks.tests.browser.conftest import flaws, visit  # noqa: F401 - fixtures
from tasks.transitions import assign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_is_away_and_a_view_is_renamed(cast: Any, visit: Any, flaws: Any) -> None:  # noqa: F811
    task = make.task(cast.permits, cast.permit, title="Fence at Lock Side", actor=cast.ruth)
    assign(task, actor=cast.ruth, to=cast.mira)
    saved_views.save_view("Late", "?scope=departments&overdue=1", actor=cast.ruth, department=cast.permits)
    page = visit(cast.ruth, "/absences/")
    assert every_look(page, flaws) == []
    page.get_by_role("link", name="Add an absence of Mira Holt").press("Enter")
    today = clock.now().date().isoformat()
    page.fill("#id_first_day", today)
    page.fill("#id_last_day", today)
    page.focus("#id_substitute")
    page.keyboard.type("kofi")
    expect(page.locator("#names option")).to_have_attribute("value", f"Kofi Adjei (#{cast.kofi.pk})")
    assert every_look(page, flaws) == []
    page.keyboard.press("Control+Enter")
    page.get_by_text("Fence at Lock Side").wait_for()
    assert every_look(page, flaws) == []
    page.get_by_role("button", name="Save and move the work").press("Enter")
    page.wait_for_url("**/absences/")
    task.refresh_from_db()
    assert task.assignee == cast.kofi and Absence.objects.get().person == cast.mira
    page.goto("/set-up/views/")
    assert every_look(page, flaws) == []
    page.get_by_role("link", name="Late", exact=True).last.press("Enter")
    page.fill("#id_name", "Overdue")
    assert every_look(page, flaws) == []
    page.press("#id_name", "Enter")
    page.wait_for_url("**/set-up/views/")
    assert SavedView.objects.get().name == "Overdue"
