"""A day at the queue by keyboard, without a mouse, with what the other half of the screen does meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tasks import transitions
from tasks.models import Comment, Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PASSWORD = "a long enough phrase"
STEPS = [
    {"key": "drawings", "instruction": "Drawings are complete"},
    {"key": "class", "instruction": "Fee class", "value_kind": "choice", "choices": ["A, dwelling", "B, frontage"]},
    {"key": "fee", "instruction": "Fee to ask for", "value_kind": "number"},
    {"key": "visit", "instruction": "Site visit needed?", "value_kind": "yes_no"},
    {"key": "note", "instruction": "Note", "value_kind": "text", "is_mandatory": False},
]


@pytest.fixture
def office(cast):
    """One urgent task with steps, two more nobody has, one that kofi has; mira can sign in."""
    shop = make.procedure("Shopfront alteration", steps=STEPS, departments=[cast.permits])
    cast.urgent = make.task(cast.permits, shop, title="Shopfront, 14 Mill Street", priority=1, requester=cast.cleo)
    cast.others = [make.task(cast.permits, cast.permit, title=f"Permit {number}") for number in (1, 2)]
    cast.taken = make.task(cast.permits, cast.permit, title="In other hands", priority=4)
    transitions.claim(cast.taken, actor=cast.kofi)
    cast.mira.set_password(PASSWORD)
    cast.mira.save()
    return cast


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def state(task: Task) -> str:
    return Task.objects.get(pk=task.pk).state


def test_a_day_without_a_mouse(office, visit):
    page = visit(None, "/")
    page.keyboard.type(office.mira.email)
    while focused(page) != "id_password":
        press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Good day, Mira Holt")
    page.goto("/queue/")
    expect(page.locator("h1")).to_have_text("My queue")
    page.wait_for_load_state("load")  # keys are heard once the page's modules have run

    press(page, "n")
    expect(page.locator("#t-h")).to_have_text("Shopfront, 14 Mill Street")
    expect(page.locator(".why")).to_contain_text("Urgent priority")
    expect(page.locator("#say")).to_contain_text("is yours now")
    expect(page.locator(f"#r{office.urgent.pk}")).to_have_class(re.compile("is-on"))
    assert page.url.endswith(f"?task={office.urgent.reference}")

    press(page, "e")  # not possible yet: it says why
    expect(page.locator("#say")).to_contain_text("4 needed before you can complete")
    press(page, "i", "Space")
    expect(page.locator("#steps-words")).to_contain_text("1 of 5 done")
    press(page, "i")
    assert focused(page) == "s-class-v"
    press(page, "ArrowDown", "ArrowDown")  # walking through the choices saves nothing yet
    expect(page.locator("#s-class-v")).to_have_value("B, frontage")
    expect(page.locator("#steps-words")).to_contain_text("1 of 5 done")
    press(page, "Enter")
    expect(page.locator("#s-class")).to_contain_text("B, frontage")
    expect(page.locator("#s-fee-v")).to_be_focused()
    page.keyboard.type("two hundred")
    press(page, "Enter")
    expect(page.locator("#s-fee-error")).to_contain_text("Enter a number")
    expect(page.locator("#s-fee-v")).to_be_focused()
    expect(page.locator("#s-fee-v")).to_have_value("two hundred")
    press(page, "Control+a")
    page.keyboard.type("240,50")
    press(page, "Enter")
    expect(page.locator("#s-visit-v")).to_be_focused()
    press(page, "Space", "ArrowDown", "Enter")
    expect(page.locator("#s-visit")).to_contain_text("No")
    expect(page.locator("#s-note-v")).to_be_focused()
    page.keyboard.type("half a")  # typed and not sent: no redraw takes it
    press(page, "Escape")
    expect(page.locator(f"#a{office.urgent.pk}")).to_be_focused()
    expect(page.locator("#steps-words")).to_have_text("5 of 5 done")

    press(page, "e")
    expect(page.locator("#toasts")).to_contain_text(f"Completed {office.urgent.reference}")
    expect(page.locator(f"#r{office.urgent.pk}")).to_contain_text("Done:")
    expect(page.locator("#n-mine")).to_have_text("0")
    expect(page.locator(f"#a{office.urgent.pk}")).to_be_focused()
    assert state(office.urgent) == "done"
    press(page, "z")
    expect(page.locator("#task .marks")).to_contain_text("In progress")
    expect(page.locator(f"#r{office.urgent.pk}")).to_contain_text("In progress:")
    expect(page.locator("#toasts .toast-undo")).to_have_count(0)
    assert state(office.urgent) == "in_progress"


def test_through_the_list_and_its_verbs(office, visit):
    for task in office.others:
        transitions.claim(task, actor=office.mira)
    page = visit(office.mira, "/queue/")
    first, second = office.others
    press(page, "j")
    expect(page.locator(f"#a{first.pk}")).to_be_focused()
    press(page, "j", "k", "j", "Enter")
    expect(page.locator("#t-h")).to_have_text("Permit 2")
    expect(page.locator("#say")).to_contain_text(f"{second.reference} Permit 2")
    expect(page.locator(f"#a{second.pk}")).to_be_focused()
    assert page.title().startswith(f"{second.reference} Permit 2")

    press(page, "w")
    expect(page.locator("#f-kind")).to_be_focused()
    press(page, "Enter", "Tab", "Control+Enter")
    expect(page.locator("#verb-form [data-errors]")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#verb-form")).to_be_empty()
    press(page, "w")
    expect(page.locator("#f-kind")).to_be_focused()
    press(page, "Tab")
    page.keyboard.type("the courier")
    press(page, "Enter")
    expect(page.locator("#task .marks")).to_contain_text("Waiting")
    expect(page.locator(f"#r{second.pk}")).to_contain_text("the courier")
    expect(page.locator("#t-h")).to_be_focused()
    press(page, "u")
    expect(page.locator("#task .marks")).to_contain_text("In progress")

    press(page, "m")
    page.keyboard.type("All fine n e r")  # letters in a field are letters
    press(page, "Control+Enter")
    expect(page.locator(".log")).to_contain_text("All fine n e r")
    expect(page.locator("#c-text")).to_have_value("")
    assert Comment.objects.get().text == "All fine n e r" and state(second) == "in_progress"

    press(page, "Escape", "?")
    keys = page.locator("#keys-help")
    expect(keys).to_be_visible()
    for words in ("Take next", "Complete", "Wait", "Hand off", "Release", "Write a comment", "Down and up the list"):
        expect(keys).to_contain_text(words)
    press(page, "Escape", ".")
    expect(page.locator(".verbs details")).to_have_attribute("open", "")
    press(page, "Escape", "r")
    expect(page.locator("#toasts")).to_contain_text(f"Released {second.reference} to Permits")
    assert Task.objects.get(pk=second.pk).assignee is None


def test_back_brings_the_list_and_its_place(office, visit):
    for number in range(40):
        make.task(office.permits, office.permit, title=f"More {number}")
    page = visit(office.mira, "/queue/?scope=departments&sort=oldest", viewport={"width": 1280, "height": 600})
    rows = page.locator("[data-row] a")
    rows.nth(30).click()
    expect(page.locator("#t-h")).to_have_text(rows.nth(30).inner_text())
    place = page.locator("#list").evaluate("list => list.scrollTop")
    assert place > 0
    rows.nth(33).click()
    expect(page.locator("#t-h")).to_have_text(rows.nth(33).inner_text())
    page.go_back()
    expect(page.locator("#t-h")).to_have_text(rows.nth(30).inner_text())
    expect(page.locator("[data-row].is-on a")).to_have_text(rows.nth(30).inner_text())
    page.wait_for_function("document.getElementById('list').scrollTop > 0")
    page.go_back()
    expect(page.locator("#t-h")).to_have_text("Nothing chosen")


def test_what_is_typed_is_never_lost(office, visit):
    page = visit(office.mira, f"/queue/?scope=departments&task={office.urgent.reference}")
    press(page, "m")
    page.keyboard.type("half a sentence")
    press(page, "Escape", "g")
    expect(page.locator("#toasts")).to_contain_text("Claimed")
    expect(page.locator("#c-text")).to_have_value("half a sentence")
    press(page, "j", "j", "Enter")  # another task has its own comment
    expect(page.locator("#t-h")).not_to_have_text("Shopfront, 14 Mill Street")
    expect(page.locator("#c-text")).to_have_value("")
    page.locator(f"#a{office.urgent.pk}").click()
    expect(page.locator("#c-text")).to_have_value("half a sentence")


def test_a_loser_is_told_who_has_it(office, visit):
    page = visit(office.mira, f"/queue/?scope=departments&task={office.urgent.reference}")
    transitions.claim(office.urgent, actor=office.kofi)
    press(page, "g")
    expect(page.locator("#task .refused")).to_contain_text("Kofi Adjei has")
    expect(page.locator("#task .refused")).to_be_focused()
    expect(page.locator(".facts")).to_contain_text("Kofi Adjei")
    expect(page.locator("#v-claim")).to_have_count(0)


def test_two_versions_side_by_side(office, visit):
    page = visit(office.ruth, f"/tasks/{office.urgent.reference}/")
    press(page, "d")
    expect(page.locator("#f-title")).to_be_focused()
    page.locator("#f-title").fill("My title")
    other = visit(office.vera, f"/tasks/{office.urgent.reference}/edit/")
    other.locator("#f-title").fill("Their title")
    other.locator("#f-title").press("Enter")
    expect(other.locator("#t-h")).to_have_text("Their title")
    page.locator("#f-title").press("Enter")
    expect(page.locator(".conflict")).to_contain_text("Their title")
    expect(page.locator(".conflict")).to_contain_text("My title")
    expect(page.locator("[data-errors]")).to_be_focused()
    page.locator("#f-title").press("Enter")
    expect(page.locator("#t-h")).to_have_text("My title")
    assert Task.objects.get(pk=office.urgent.pk).title == "My title"


def test_a_file_and_a_person_are_found(office, visit, tmp_path):
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4 plan")
    page = visit(office.ruth, f"/queue/?scope=departments&task={office.urgent.reference}")
    press(page, "p")
    page.locator("#f-file").set_input_files(str(tmp_path / "plan.pdf"))
    page.locator("#verb-form button[type=submit]").click()
    expect(page.locator("#files")).to_contain_text("plan.pdf")
    with page.expect_download() as download:
        page.locator("#files a").click()
    assert download.value.suggested_filename == "plan.pdf"
    press(page, "a")
    expect(page.locator("#f-to_name")).to_be_focused()
    page.keyboard.type("kof")
    expect(page.locator("#people .pick")).to_have_count(1)
    press(page, "Tab", "Space", "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("is now with Kofi Adjei")
    assert Task.objects.get(pk=office.urgent.pk).assignee == office.kofi


def test_keys_that_are_switched_off_do_nothing(office, visit):
    office.mira.single_keys = False
    office.mira.save()
    page = visit(office.mira, "/queue/")
    press(page, "n")
    page.wait_for_timeout(300)
    expect(page.locator("#t-h")).to_have_text("Nothing chosen")
