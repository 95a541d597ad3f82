"""The board, the new task and the profile by keyboard, in both themes and on a narrow screen."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import Task
from tasks.tests import factories as make
from tasks.transitions import claim

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BOARD = "/department/PER/"


@pytest.fixture
def office(cast):
    """Two free tasks anybody may do, one that needs a certificate, one in Kofi's hands and late."""
    fire = make.qualification("Fire safety")
    make.holding(cast.mira, fire, 2)
    needy = make.procedure("Inspection", requires=[(fire, 2)])
    for number, how in enumerate((cast.anything, needy, cast.anything), start=1):
        make.task(cast.permits, how, title=f"Work {number}", priority=number)
    claim(make.task(cast.permits, cast.anything, title="Begun"), actor=cast.kofi)
    return cast


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def test_work_is_moved_and_put_back_by_keyboard(office, visit):
    page = visit(office.ruth, BOARD)
    expect(page.locator(".bulk")).to_be_hidden()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator(".bulk")).to_be_visible()
    expect(page.locator("#bulk-picked")).to_contain_text("2 selected")
    page.keyboard.press("m")
    assert focused(page) == "bulk-to"
    page.keyboard.type("Kofi")
    expect(page.locator("#bulk-seen")).to_contain_text("1 will be skipped")
    expect(page.locator("#bulk-move")).to_have_text("Move 1")
    expect(page.locator(f"#person-{office.kofi.pk}")).to_have_class("is-on")
    expect(page.locator("#bulk-override")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("1 task moved to Kofi Adjei")
    expect(page.locator(".done-note")).to_contain_text("no valid qualification Fire safety")
    expect(page.locator(".done-note")).to_be_focused()
    assert Task.objects.filter(assignee=office.kofi).count() == 2
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("1 task put back")
    assert Task.objects.filter(assignee=office.kofi).count() == 1


def test_a_reason_typed_makes_the_rest_go_too(office, visit):
    page = visit(office.ruth, BOARD)
    page.keyboard.press("s")
    page.select_option("#bulk-to", str(office.kofi.pk))
    expect(page.locator("#bulk-move")).to_have_text("Move 2")
    page.locator("#bulk-override").press_sequentially("Mira is away")
    expect(page.locator("#bulk-move")).to_have_text("Move 3")
    assert page.input_value("#bulk-override") == "Mira is away" and focused(page) == "bulk-override"
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("3 tasks moved to Kofi Adjei")
    expect(page.locator("#work-h")).to_be_focused()


def test_all_shown_and_none(office, visit):
    page = visit(office.ruth, BOARD)
    page.keyboard.press("s")
    expect(page.locator("input[name=task]:checked")).to_have_count(3)
    page.locator("input[name=task]").first.uncheck()
    assert page.locator("[data-pick-all]").evaluate("box => box.indeterminate")
    page.locator("[data-pick-none]").click()
    expect(page.locator(".bulk")).to_be_hidden()
    expect(page.locator("input[name=task]").first).to_be_focused()


def test_without_a_person_the_choice_stays_and_it_says_so(office, visit):
    page = visit(office.ruth, BOARD)
    for key in "jx":
        page.keyboard.press(key)
    page.keyboard.press("a")
    expect(page.locator("#bulk-seen .error")).to_contain_text("Choose who gets them.")
    expect(page.locator("#bulk-to")).to_be_focused()
    expect(page.locator("input[name=task]:checked")).to_have_count(1)


def test_a_persons_work_returns_to_the_backlog(office, visit):
    page = visit(office.ruth, f"{BOARD}?person={office.kofi.pk}")
    expect(page.locator("#work-h")).to_have_text("Held by Kofi Adjei")
    for key in "jx":
        page.keyboard.press(key)
    page.locator(".bulk-more summary").click()
    page.get_by_role("button", name="Return to the backlog").click()
    expect(page.locator("#toasts")).to_contain_text("1 task returned to the backlog")
    assert not Task.objects.filter(assignee__isnull=False).exists()


def test_cancelling_asks_for_a_reason_where_it_is_typed(office, visit):
    page = visit(office.ruth, BOARD)
    for key in "jx":
        page.keyboard.press(key)
    page.locator(".bulk-more summary").click()
    page.get_by_role("button", name="Cancel the tasks").click()
    expect(page.locator("#bulk-reason")).to_be_focused()
    expect(page.locator("#bulk-problem")).to_have_text(re.compile("a reason is needed"))
    page.keyboard.type("withdrawn")
    page.get_by_role("button", name="Cancel the tasks").click()
    expect(page.locator("#toasts")).to_contain_text("1 task cancelled")
    assert Task.objects.filter(state="cancelled").count() == 1


def test_without_script_there_is_a_page_that_asks(office, visit):
    page = visit(office.ruth, BOARD, java_script_enabled=False)
    page.locator("input[name=task]").first.check()
    page.select_option("#bulk-to", str(office.mira.pk))
    page.locator(".bulk .btn-primary").click()
    expect(page.locator("h1")).to_have_text("Move 1 task to Mira Holt?")
    page.get_by_role("button", name="Move 1").click()
    expect(page.locator(".done-note")).to_contain_text("1 task moved to Mira Holt")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".done-note")).to_contain_text("1 task put back")


def test_a_new_task_by_keyboard(office, visit):
    page = visit(office.ruth, BOARD)
    page.keyboard.press("c")
    page.wait_for_url("**/tasks/new/")
    page.focus("#id_title")
    page.keyboard.type("Mend the fence")
    page.focus("#id_procedure")
    page.keyboard.type("Permit")
    expect(page.locator(".new-facts")).to_contain_text("Standard time")
    assert page.input_value("#id_title") == "Mend the fence" and focused(page) == "id_procedure"
    page.fill("#id_due_time", "10:00")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name=re.compile("choose the day as well")).click()
    assert focused(page) == "id_due_day" and page.input_value("#id_title") == "Mend the fence"
    page.fill("#id_due_day", "2031-03-03")
    page.focus("#id_requester")
    page.keyboard.type("cle")
    expect(page.locator("#requesters option")).to_have_count(1)
    page.fill("#id_requester", "Cleo Marsh")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/tasks/T-*/")
    task = Task.objects.latest("pk")
    assert (task.title, task.requester, task.department) == ("Mend the fence", office.cleo, office.permits)


def test_a_colleague_asks_for_something(office, visit):
    page = visit(office.cleo, "/tasks/new/")
    page.select_option("#id_procedure", label="Badge")
    expect(page.locator("#id_department option")).to_have_count(4)
    page.select_option("#id_department", label="Permits")
    page.fill("#id_title", "A new badge")
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_url("**/tasks/T-*/")
    assert Task.objects.latest("pk").requester == office.cleo


def test_a_token_is_told_and_focused(office, visit):
    page = visit(office.mira, "/profile/")
    page.fill("#token-name", "Scanner")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_be_focused()
    assert page.input_value("#told").startswith("bo_")


def test_axe_finds_nothing_in_what_is_under_way(office, visit, flaws):
    """The pages as they come are looked at in the walk."""
    page = visit(office.ruth, BOARD)
    page.locator("input[name=task]").nth(1).check()
    page.select_option("#bulk-to", str(office.kofi.pk))
    expect(page.locator("#bulk-seen")).to_contain_text("will be skipped")
    assert flaws(page) == []
    page.goto("/tasks/new/")
    page.get_by_role("button", name="Create the task").click()
    expect(page.locator(".errors")).to_be_visible()
    assert flaws(page) == []
    page.goto("/profile/")
    page.fill("#token-name", "Scanner")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#told")).to_be_visible()
    assert flaws(page) == []


def test_the_number_in_the_navigation_follows(office, visit):
    page = visit(office.ruth, BOARD)
    count = page.locator(".side a[aria-current] .count")
    expect(count).to_contain_text("3")
    page.keyboard.press("s")
    page.select_option("#bulk-to", str(office.mira.pk))
    page.keyboard.press("Escape")
    page.locator(".bulk .btn-primary").click()
    expect(count).to_contain_text("0")
    page.locator("#toasts button[type=submit]").click()
    expect(count).to_contain_text("3")
