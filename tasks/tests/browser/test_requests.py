"""A colleague asks, answers and rates by keyboard, in both themes and on a narrow screen."""

import pytest
from playwright.sync_api import expect

from tasks import editing, finishing, transitions
from tasks.models import Rating, Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_the_main_way(cast, visit, flaws):
    page = visit(cast.cleo, "/requests/new/")
    page.get_by_role("link", name="Badge").press("Enter")
    page.wait_for_url("**/requests/new/*/")
    page.get_by_label("What do you need?").fill("A badge for Ann")
    page.get_by_label("Who does it").select_option(label="Permits")
    page.get_by_role("button", name="Ask for it").press("Enter")
    page.wait_for_url("**/requests/T-*/")
    expect(page.locator("h1")).to_have_text("A badge for Ann")
    task = Task.objects.get(title="A badge for Ann")
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(task, actor=cast.mira)
    editing.comment(task, "Which day?", actor=cast.mira, for_requester=True)
    transitions.wait(task, actor=cast.mira, kind="requester", reason="day")
    page.goto("/requests/")
    expect(page.locator(".asked")).to_contain_text("Your answer is wanted")
    assert flaws(page) == []
    page.get_by_role("link", name="A badge for Ann").press("Enter")
    page.get_by_label("Your answer").fill("Thursday")
    page.get_by_role("button", name="Answer").press("Enter")
    expect(page.locator("main")).to_contain_text("You answered, they will go on")
    transitions.resume(task, actor=cast.mira)
    finishing.complete(task, actor=cast.mira)
    page.goto(f"/requests/{task.reference}/")
    page.get_by_label("4, good").press("Space")
    assert flaws(page) == []
    page.get_by_role("button", name="Rate it").press("Enter")
    expect(page.get_by_role("button", name="Change it")).to_be_visible()
    assert Rating.objects.get(task=task).stars == 4


def test_withdrawing_by_keyboard(cast, visit, flaws):
    task = make.task(cast.permits, cast.request, actor=cast.cleo, requester=cast.cleo, title="Badge for nobody")
    page = visit(cast.cleo, f"/requests/{task.reference}/")
    page.locator("summary", has_text="Withdraw it").press("Enter")
    page.get_by_label("Why").fill("not needed")
    assert flaws(page) == []
    page.get_by_role("button", name="Withdraw", exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text("Will not be done")
