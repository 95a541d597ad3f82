"""People and departments from a file as an admin brings them, by keyboard; for axe in light and dark, at 320 px."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from backoffice.tests.looks import every_look
from organization.importing.run import KIND
from organization.models import Department
from records import runs
from records.models import Run
from tasks.tests.browser.conftest import flaws, visit  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = "Code;Name;Site\nQUAY;Quay;Annex\nPER;Permits and plans;\nARC;;\nBIN;Bins;Piér\n".encode("cp1252")


def test_a_file_is_brought_looked_at_and_carried_out(cast: Any, visit: Any, flaws: Any) -> None:  # noqa: F811
    page = visit(cast.ada, "/set-up/import-people/")
    assert every_look(page, flaws) == []
    page.locator("#id_file").set_input_files({"name": "office.csv", "mimeType": "text/csv", "buffer": FILE})
    page.locator("#id_file").press("Control+Enter")
    expect(page.locator(".preview tbody tr")).to_have_count(4)
    expect(page.locator(".preview")).to_contain_text("Permits and plans")
    assert every_look(page, flaws) == []
    page.get_by_role("button", name="Carry out 2 rows").press("Enter")
    expect(page.locator("#state")).to_contain_text("Waiting to start")
    runs.perform(Run.objects.get(kind=KIND).pk)
    expect(page.locator("#state")).to_contain_text("kept aside")
    expect(page.locator("#say")).to_have_text("The import has ended.")
    page.get_by_role("link", name="Show what is aside").press("Enter")
    expect(page.locator(".ledger")).to_contain_text("Piér")
    assert every_look(page, flaws) == []
    page.get_by_role("link", name="Line 5").press("Enter")
    page.locator("#id_site").fill("Annex")
    assert every_look(page, flaws) == []
    page.locator("#id_site").press("Enter")
    page.get_by_role("button", name="Run the rows aside again").press("Enter")
    expect(page.locator("#state")).to_contain_text("Waiting to start")
    runs.perform(Run.objects.latest("pk").pk)
    expect(page.locator("#say")).to_have_text("The import has ended.")
    assert Department.objects.get(code="BIN").site.name == "Annex"
