"""A file of tasks brought in by keyboard: its columns told, looked at, started, a row put right and run again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from records import runs
from records.models import Run
from tasks.models import Task
from tasks.tests.coming_in import row, text_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Any, name: str, role: str = "button") -> None:
    """Go to a button or link and press Enter on it."""
    found = page.get_by_role(role, name=name, exact=False).first
    found.focus()
    page.keyboard.press("Enter")


def perform() -> None:
    for run in Run.objects.filter(kind="tasks.import", state=Run.State.QUEUED):
        runs.perform(run.pk)


def test_from_the_file_to_a_row_put_right(cast: Any, visit: Any, flaws: Any, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text(text_of(row(1), row(2, until="5 March"), row(3)))
    page = visit(cast.ada, "/set-up/import-tasks/")
    press(page, "Bring a file", "link")
    page.wait_for_url("**/import-tasks/new/")
    page.set_input_files("#id_file", str(file))
    assert flaws(page) == []
    page.focus("#id_like")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/import-tasks/files/*/")
    expect(page.locator("#id_title")).to_have_value("what")
    page.focus("#id_source")
    page.keyboard.press("Control+a")
    page.keyboard.type("old-office")
    assert flaws(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/preview/")
    expect(page.locator(".import-counts")).to_contain_text("2")
    expect(page.get_by_role("table", name="What would be kept aside")).to_contain_text("Line 3")
    assert flaws(page) == []
    press(page, "Bring it in")
    page.wait_for_url("**/import-tasks/*/")
    expect(page.locator("#state")).to_contain_text("You can leave this page")
    perform()
    expect(page.locator("#state")).to_contain_text("Done", timeout=10_000)
    press(page, "Show what is aside", "link")
    press(page, "Line 3", "link")
    page.wait_for_url("**/rows/3/")
    expect(page.locator(":focus")).to_have_value("5 March")
    page.keyboard.press("Control+a")
    page.keyboard.type("2024-03-05 10:00")
    assert flaws(page) == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/import-tasks/*/")
    press(page, "Run the rows aside again")
    expect(page.locator("#state")).to_contain_text("You can leave this page")
    perform()
    page.reload()
    expect(page.get_by_text("No row is aside.")).to_be_visible()
    assert flaws(page) == []
    assert Task.objects.count() == 3
