"""Work is dragged to a person on the department page, by mouse and by finger; Esc cancels."""

import pytest
from playwright.sync_api import expect

from tasks.models import Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BOARD = "/department/PER/"


@pytest.fixture
def office(cast):
    for number in (1, 2):
        make.task(cast.permits, cast.anything, title=f"Work {number}")
    return cast


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def lift(page, title):
    """Press on a row and move until it is dragged."""
    page.locator("tr[data-row]", has_text=title).scroll_into_view_if_needed()
    x, y = middle(page.locator("tr[data-row]", has_text=title).locator("td").nth(2))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y - 20, steps=4)


def test_a_row_is_dragged_to_a_person_with_the_effect_before(office, visit, flaws):
    page = visit(office.ruth, BOARD, viewport={"width": 1280, "height": 1400})
    lift(page, "Work 1")
    expect(page.locator("#say")).to_contain_text("Esc cancels")
    page.mouse.move(*middle(page.locator(f"#person-{office.kofi.pk}")), steps=5)
    expect(page.locator(f"#person-{office.kofi.pk} .after")).to_be_visible()
    expect(page.locator("#bulk-move")).to_have_text("Move 1")
    assert not Task.objects.filter(assignee__isnull=False).exists(), "nothing is moved before it is dropped"
    assert flaws(page) == []
    page.mouse.up()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert Task.objects.get(assignee=office.kofi).title == "Work 1"
    assert flaws(page) == []


def test_a_selection_goes_together(office, visit):
    page = visit(office.ruth, BOARD, viewport={"width": 1280, "height": 1400})
    page.locator("tr[data-row]", has_text="Work 2").locator("input").check()
    lift(page, "Work 1")
    expect(page.locator(".drag-tag")).to_have_text("2 selected")
    page.mouse.move(*middle(page.locator(f"#person-{office.kofi.pk}")), steps=5)
    page.mouse.up()
    expect(page.locator("tr[data-row]")).to_have_count(0)
    assert Task.objects.filter(assignee=office.kofi).count() == 2


@pytest.mark.parametrize("how", ["escape", "elsewhere"])
def test_nothing_is_moved_when_it_is_given_up(office, visit, how):
    page = visit(office.ruth, BOARD, viewport={"width": 1280, "height": 1400})
    lift(page, "Work 1")
    page.mouse.move(*middle(page.locator(f"#person-{office.kofi.pk}")), steps=5)
    if how == "escape":
        page.keyboard.press("Escape")
    else:
        page.mouse.move(*middle(page.locator("h1")), steps=5)
    page.mouse.up()
    expect(page.locator("#say")).to_have_text("Nothing was moved.")
    expect(page.locator("input[name=task]:checked")).to_have_count(0)
    assert page.locator("#bulk-to").input_value() == ""
    assert not Task.objects.filter(assignee__isnull=False).exists()


def test_a_finger_holds_a_row_and_drags_it(office, visit):
    page = visit(office.ruth, BOARD, viewport={"width": 1280, "height": 1400}, has_touch=True)
    finger = page.context.new_cdp_session(page)

    def touch(kind, x=0.0, y=0.0):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = middle(page.locator("tr[data-row]", has_text="Work 1").locator("td").nth(2))
    touch("touchStart", x, y)
    expect(page.locator(".drag-tag")).to_be_visible()
    to_x, to_y = middle(page.locator(f"#person-{office.kofi.pk}"))
    touch("touchMove", x, y - 30)
    touch("touchMove", to_x, to_y)
    expect(page.locator("#bulk-move")).to_have_text("Move 1")
    touch("touchEnd")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert Task.objects.get(assignee=office.kofi).title == "Work 1"
