"""Typing is never lost, two people see each other, and lists follow without taking the focus."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tasks import presence, transitions
from tasks.models import Draft
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def office(cast):
    cast.kiosk = make.task(cast.permits, cast.permit, title="Kiosk at the quay")
    transitions.claim(cast.kiosk, actor=cast.mira)
    return cast


def sent(page):
    """The next draft that reaches the office."""
    return page.expect_response(lambda answer: "/drafts/" in answer.url and answer.request.method == "POST")


def test_a_comment_survives_an_expired_session(office, visit):
    path = f"/tasks/{office.kiosk.reference}/"
    page = visit(office.mira, path)
    page.wait_for_load_state("load")
    with sent(page):
        page.locator("#c-text").fill("Half a thought")
    Session.objects.all().delete()
    page.locator("#c-text").type(" and more")
    page.wait_for_timeout(1500)
    expect(page.locator("#c-text")).to_have_value("Half a thought and more")  # typing goes on
    assert Draft.objects.get().fields == {"text": "Half a thought"}
    again = visit(office.mira, path)  # another browser, signed in anew
    expect(again.locator("#c-text")).to_have_value("Half a thought")
    expect(again.locator("#say")).to_have_text("Your draft is here again.")
    other = visit(office.ruth, path)
    other.wait_for_timeout(500)
    expect(other.locator("#c-text")).to_have_value("")
    again.locator("#composer button[type=submit]").click()
    expect(again.locator("#task .log")).to_contain_text("Half a thought")
    expect(again.locator("#c-text")).to_have_value("")
    assert not Draft.objects.exists()


def test_what_was_typed_last_goes_before_signing_out_clears_the_tab(office, visit):
    path = f"/tasks/{office.kiosk.reference}/"
    page = visit(office.mira, path)
    page.wait_for_load_state("load")
    page.evaluate("sessionStorage.setItem('kept', 'by us')")
    page.locator("#c-text").fill("Typed in the last second")
    page.locator("form[data-sign-out]").evaluate("form => form.requestSubmit()")
    page.wait_for_url("**/accounts/login/**")
    assert Draft.objects.get().fields == {"text": "Typed in the last second"}
    assert page.evaluate("sessionStorage.length") == 0


def test_a_form_is_offered_back(office, visit):
    page = visit(office.ruth, f"/tasks/{office.kiosk.reference}/edit/")
    page.wait_for_load_state("load")
    with sent(page):
        page.locator("#f-title").fill("Kiosk on the pier")
    page.goto("/queue/")
    page.goto(f"/tasks/{office.kiosk.reference}/edit/")
    expect(page.locator("#f-title")).to_have_value("Kiosk on the pier")
    page.goto("/tasks/new/")
    with sent(page):
        page.locator("#id_title").fill("Begun")
    page.reload()
    expect(page.locator("#id_title")).to_have_value("Begun")


def test_two_people_on_one_task_see_each_other(office, visit):
    path = f"/tasks/{office.kiosk.reference}/"
    mine = visit(office.mira, path)
    mine.wait_for_load_state("load")
    expect(mine.locator("#task")).to_be_visible()
    theirs = visit(office.kofi, path)
    expect(theirs.locator("#present")).to_contain_text("Mira Holt is looking")
    listed = visit(office.ruth, "/queue/?scope=departments")
    expect(listed.locator(f"#r{office.kiosk.pk} .av-here").first).to_be_attached()


def test_the_list_follows_and_keeps_focus_and_typing(office, visit):
    first = make.task(office.permits, office.permit, title="Second in the list")
    page = visit(office.mira, f"/queue/?scope=departments&task={office.kiosk.reference}")
    page.wait_for_load_state("networkidle")
    page.locator("#c-text").type("still typing")
    page.locator(f"#a{first.pk}").focus()
    make.task(office.permits, office.permit, title="Came in meanwhile")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#rows")).to_contain_text("Came in meanwhile")
    expect(page.locator(f"#a{first.pk}")).to_be_focused()
    expect(page.locator("#c-text")).to_have_value("still typing")
    expect(page.locator("#say")).to_have_text("The list has changed.")
    expect(page.locator(f"#r{office.kiosk.pk}")).to_have_class("row-t is-on")
    transitions.cancel(first, actor=office.ruth, reason="twice")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(f"#a{first.pk}")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")


def test_looks(office, visit, flaws):
    presence.beat(office.kiosk, office.kofi, editing=True)
    page = visit(office.mira, f"/tasks/{office.kiosk.reference}/")
    expect(page.locator("#present")).to_contain_text("is editing")
    assert flaws(page) == []
    page.goto("/queue/views/?state=waiting")
    assert flaws(page) == []
