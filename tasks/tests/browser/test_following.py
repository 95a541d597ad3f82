"""What others do comes into the page, and what one types or chooses stays: home, board, drafts, names after an @."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tasks import transitions, unsent
from tasks.models import Comment, Draft
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = "document.dispatchEvent(new Event('visibilitychange'))"


def test_next_from_home_then_a_name_after_an_at(cast, visit, flaws):
    task = make.task(cast.permits, cast.permit, title="Kiosk at the quay", priority=1)
    page = visit(cast.mira, "/")
    page.wait_for_load_state("load")
    page.evaluate("window.stays = true")
    page.keyboard.press("n")
    expect(page.locator("#t-h")).to_be_focused()
    expect(page.locator("#say")).to_contain_text(f"{task.reference} is yours now. Urgent priority")
    expect(page).to_have_url(f"{page.url.split('/queue')[0]}/queue/?task={task.reference}")
    expect(page.locator("#nav [aria-current]")).to_contain_text("My queue")
    assert page.evaluate("window.stays")
    page.keyboard.press("m")
    page.keyboard.type("Look, @k")
    expect(page.locator("#mentions [aria-selected=true]")).to_have_text("KAKofi Adjei")
    expect(page.locator("#say")).to_have_text("1 people")
    assert flaws(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#c-text")).to_have_value("Look, @Kofi Adjei ")
    expect(page.locator("#mentions")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#task")).to_contain_text("Look, @Kofi Adjei")
    assert Comment.objects.get().text == "Look, @Kofi Adjei"


def test_a_draft_that_is_back_can_be_discarded_and_taken_back(cast, visit, flaws):
    task = make.task(cast.permits, cast.permit)
    unsent.keep(cast.mira, f"comment:{task.pk}", {"text": "Begun yesterday"})
    page = visit(cast.mira, f"/tasks/{task.reference}/")
    note = page.locator("[data-draft-note]")
    expect(note).to_contain_text("Your draft is here again.")
    assert flaws(page) == []
    note.get_by_role("button").press("Enter")
    expect(page.locator("#c-text")).to_have_value("")
    expect(note).to_contain_text("The draft is discarded.")
    expect(note.get_by_role("button")).to_be_focused()
    page.wait_for_function("!Object.keys(sessionStorage).some((key) => key.startsWith('draft:'))")
    assert not Draft.objects.exists()
    page.keyboard.press("Enter")
    expect(page.locator("#c-text")).to_have_value("Begun yesterday")
    expect(note).to_contain_text("Discard it")


def test_the_board_follows_and_keeps_what_is_chosen(cast, visit):
    first = make.task(cast.permits, cast.permit, title="First")
    page = visit(cast.ruth, "/department/PER/")
    page.wait_for_load_state("load")
    page.locator("input[name=task]").first.check()
    expect(page.locator("#bulk-picked")).to_contain_text("standard")  # the preview is there
    page.locator(".fig-table summary").first.click()
    box = page.locator(f"input[value='{first.pk}']")
    box.focus()
    transitions.claim(make.task(cast.permits, cast.permit, title="Taken"), actor=cast.kofi)
    make.task(cast.permits, cast.permit, title="Second", priority=1)
    page.evaluate(NOW)
    expect(page.locator("#work")).to_contain_text("Second")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.locator("[data-pick-count]")).to_have_text("1 selected")
    expect(page.locator(".fig-table").first).to_have_attribute("open", "")
    expect(page.locator("#nav-departments")).to_have_text("2 open")
