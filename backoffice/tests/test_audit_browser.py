"""The audit page as somebody uses it: narrowed by keyboard, what changed opened, verified; for axe, at 320 px."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from records import runs
from records.auditing import asking
from records.models import Run
from tasks import transitions
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def office(cast: Any) -> Any:
    cast.task = make.task(cast.permits, cast.anything, actor=cast.ruth, title="Copies of the deed")
    transitions.claim(cast.task, actor=cast.mira)
    return cast


def test_the_main_way(office: Any, visit: Any, flaws: Any) -> None:
    page = visit(office.ada, "/audit/")
    page.focus("#q-by")
    page.keyboard.type("mira")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/?by=mira**")
    expect(page.locator(".events > li")).to_have_count(1)
    page.locator(".ev-more > summary").press("Enter")
    expect(page.locator(".ev-more dl")).to_contain_text("Mira Holt")
    assert flaws(page) == []


def test_the_chain_is_verified_and_the_part_says_so(office: Any, visit: Any, flaws: Any) -> None:
    page = visit(office.ada, "/audit/")
    page.get_by_role("button", name="Verify now").press("Enter")
    expect(page.locator("#chain")).to_contain_text("Being verified")
    runs.perform(Run.objects.get(kind=asking.VERIFY).pk)
    expect(page.locator("#chain")).to_contain_text("Whole:")
    expect(page.locator("#say")).to_have_text("The chain is whole.")
    assert flaws(page) == []
