"""Changes of several tasks from the queue by keyboard: chosen, kept while others work, done, told, taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tasks import transitions
from tasks.models import Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HERE = "/queue/?scope=departments"


@pytest.fixture
def office(cast):
    cast.tasks = [
        make.task(cast.permits, cast.permit, title=f"Task {number}", priority=number) for number in (1, 2, 3, 4)
    ]
    return cast


def picked(page):
    return page.locator("input[name=task]:checked")


def test_choose_act_and_take_back_by_keyboard(office, visit):
    page = visit(office.ruth, HERE)
    page.wait_for_load_state("load")
    for key in ("j", "x", "Shift+j"):
        page.keyboard.press(key)
    expect(page.locator("[data-pick-count]")).to_have_text("2 selected")
    expect(page.locator("#say")).to_have_text("2 selected")
    page.keyboard.press("j")
    page.keyboard.press("Shift+x")
    expect(picked(page)).to_have_count(3)
    page.keyboard.press("*")
    expect(picked(page)).to_have_count(4)
    # Somebody else takes one: the list follows, what is chosen stays.
    transitions.claim(office.tasks[3], actor=office.kofi)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(f"#r{office.tasks[3].pk}")).to_contain_text("KA")
    expect(picked(page)).to_have_count(4)
    page.keyboard.press("g")
    expect(page.locator(".done-note")).to_contain_text("3 tasks are yours now, 1 skipped")
    expect(page.locator(".done-note")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("3 tasks are yours now")
    expect(picked(page)).to_have_count(1)  # what was skipped stays chosen
    page.keyboard.press("z")
    expect(page.locator("#toasts")).not_to_contain_text("yours now")
    assert Task.objects.filter(assignee=office.ruth).count() == 0


def test_a_form_of_the_bar_and_the_palette(office, visit, flaws):
    page = visit(office.ruth, f"{HERE}&task={office.tasks[0].reference}")
    page.wait_for_load_state("load")
    page.locator("input[name=task]").nth(1).check()
    page.keyboard.press("Control+k")
    page.keyboard.type("assig")
    expect(page.locator("#pg-pick")).to_have_text("On the selection")
    page.keyboard.press("Enter")
    expect(page.locator("#b-to_name")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-errors]")).to_be_focused()
    page.locator("#b-to_name").press_sequentially("mir")
    expect(page.locator("#b-people input")).to_have_count(2)  # nobody, and her
    assert flaws(page) == []
    for key in ("Tab", "ArrowDown", "Control+Enter"):
        page.keyboard.press(key)
    expect(page.locator("#toasts")).to_contain_text("1 task moved to Mira Holt")
    expect(page.locator("#bulk")).not_to_be_visible()
    page.locator("input[name=task]").first.check()
    page.keyboard.press("Escape")
    expect(picked(page)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_looks(office, visit, flaws, scheme):
    for width in (1280, 320):
        page = visit(office.ruth, HERE, color_scheme=scheme, viewport={"width": width, "height": 700})
        page.locator("input[name=task]").first.check()
        expect(page.locator("#bulk")).to_be_visible()
        assert flaws(page) == []
