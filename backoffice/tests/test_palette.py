"""What the command palette offers to whom."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.tests import factories as make
from tasks.tests.pages import as_person, statements, text

pytestmark = pytest.mark.django_db


def offers(person: Any, words: str = "") -> str:
    return text(as_person(person).get("/search/palette/", {"q": words}))


def test_without_words_it_is_the_way_around(cast: Any) -> None:
    assert "Go to My queue Department" in offers(cast.mira)
    assert "Set-up" in offers(cast.ada) and "Set-up" not in offers(cast.mira)
    assert "Department" not in offers(cast.cleo)
    assert offers(cast.mira).endswith("Create New task")


def test_departments_in_reach_by_folded_name_or_code(cast: Any) -> None:
    cast.permits.name = "Pérmits & Räume"
    cast.permits.save()
    for words in ("raume", "PER", "per"):
        assert "Pérmits & Räume" in offers(cast.mira, words)
        assert "Pérmits" not in offers(cast.otto, words)
        assert "Pérmits" not in offers(cast.cleo, words)


def test_tasks_and_procedures(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, title="Permit for a kiosk")
    assert f"Permit for a kiosk {task.reference}" in offers(cast.mira, "permit")
    assert "New task: Permit check" in offers(cast.mira, "permit")
    assert offers(cast.otto, "permit").count("Permit") == 0
    page = as_person(cast.mira).get("/search/palette/", {"q": "permit ch"}).content.decode()
    assert f'data-href="/tasks/new/?procedure={cast.permit.pk}"' in page
    assert 'data-href="/search/?q=permit+ch"' in page


def test_statements_do_not_depend_on_rows(cast: Any) -> None:
    client = as_person(cast.mira)
    for _ in range(2):
        for number in (1, 2):
            make.task(cast.permits, cast.permit, title="Permit")
            make.procedure(f"Permit {number} {_}", departments=[cast.permits])
        assert statements(client, "/search/palette/?q=permit") == 10
    assert statements(client, "/search/palette/") == 3
