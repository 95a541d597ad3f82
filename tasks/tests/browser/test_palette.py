"""The command palette by keyboard: go to, create, and do."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tasks import transitions
from tasks.models import Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def office(cast):
    cast.kiosk = make.task(cast.permits, cast.permit, title="Kiosk at the quay")
    transitions.claim(cast.kiosk, actor=cast.mira)
    return cast


def chosen(page):
    return page.locator("#palette-list [aria-selected=true]")


def opened(page, words=""):
    page.wait_for_load_state("load")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.type(words)


def test_go_to_a_task_by_a_begun_word(office, visit):
    page = visit(office.mira, "/queue/")
    opened(page, "kio")
    expect(page.locator("#po-task-1")).to_contain_text("Kiosk at the quay")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(chosen(page)).to_have_count(1)
    assert page.locator("#palette-q").get_attribute("aria-activedescendant") == chosen(page).get_attribute("id")
    while "Kiosk" not in chosen(page).inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Kiosk at the quay")


def test_act_on_the_open_task_and_create(office, visit):
    page = visit(office.mira, f"/tasks/{office.kiosk.reference}/")
    opened(page, "star")
    expect(page.locator("#pg-task")).to_have_text(f"On {office.kiosk.reference}")
    expect(chosen(page)).to_contain_text("Start")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Started")
    assert Task.objects.get(pk=office.kiosk.pk).state == "in_progress"
    opened(page, "hand")  # a verb that asks opens its form
    page.keyboard.press("Enter")
    expect(page.locator("#form-hand-off")).to_be_visible()
    opened(page, "permit check")
    expect(page.locator("#palette-list")).to_contain_text("New task: Permit check")
    while "New task" not in chosen(page).inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_procedure")).to_have_value(str(office.permit.pk))


def test_act_on_the_selection(office, visit):
    make.task(office.permits, office.permit)
    page = visit(office.ruth, "/department/PER/")
    page.wait_for_load_state("load")
    page.locator("input[name=task]").first.check()
    opened(page, "move to")
    expect(page.locator("#pg-pick")).to_have_text("On the selection")
    page.keyboard.press("Enter")
    expect(page.locator("#bulk-to")).to_be_focused()


def test_escape_gives_the_focus_back_and_nothing_is_done(office, visit):
    page = visit(office.mira, "/queue/")
    page.locator(f"#a{office.kiosk.pk}").focus()
    opened(page, "release")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(page.locator(f"#a{office.kiosk.pk}")).to_be_focused()
    assert Task.objects.get(pk=office.kiosk.pk).state == "open"


def test_slash_is_the_search(office, visit):
    page = visit(office.mira, "/queue/")
    page.wait_for_load_state("load")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("kiosk")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("Kiosk at the quay")
    page.locator("#search-q").fill("nothing of it")
    expect(page.locator("#found")).to_contain_text("Nothing found")
    expect(page.locator("#search-q")).to_be_focused()


def test_looks(office, visit, flaws):
    page = visit(office.mira, f"/tasks/{office.kiosk.reference}/")
    opened(page, "e")
    expect(page.locator("#pg-go")).to_be_visible()
    assert flaws(page) == []
