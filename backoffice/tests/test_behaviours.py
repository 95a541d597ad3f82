"""What the modules in static/js promise, by keyboard, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.urls("backoffice.tests.harness")]

FOCUSED = "document.activeElement.id || document.activeElement.textContent.trim()"


def focused(page: Any) -> str:
    return str(page.evaluate(FOCUSED))


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_what_is_wrong_with_a_page_is_found(visit: Callable[..., Any], flaws: Any, cast: Any) -> None:
    """Every test that finds nothing wrong with a page leans on this one."""
    page = visit(cast.mira, "/form/")
    assert flaws(page) == []
    page.evaluate("""() => {
        const [image, pale, wide] = ["img", "p", "div"].map(name => document.createElement(name));
        image.src = "/static/favicon.svg";
        image.width = 20;
        pale.textContent = "Hardly to be read";
        pale.style.color = "#888";
        pale.style.background = "#777";
        wide.style.cssText = "inline-size: 500px; block-size: 900px";
        document.querySelector("main").append(image, wide, pale);
    }""")
    found = "\n".join(flaws(page))
    for words in ("image-alt: <img", "\ncolor-contrast: <p", "dark: color-contrast: <p", "320 px: <html> scrolls"):
        assert words in f"\n{found}", found


def test_j_and_k_move_and_enter_opens_beside_the_list(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    press(page, "j", "j", "j", "k")
    assert focused(page) == "Row 2"
    press(page, "Enter")
    page.wait_for_selector("#chosen:text-is('Row 2')")
    assert focused(page) == "Row 2", "the focus stays in the list"
    assert page.inner_text(".row-t.is-on a") == "Row 2"
    page.wait_for_selector("#say:text-is('Opened Row 2')", state="attached")
    press(page, "x")
    assert page.is_checked("[aria-label='Row 2']")


def test_keys_do_nothing_while_typing_or_with_modifiers(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    press(page, "m")
    page.keyboard.type("rjx?")
    assert page.input_value("textarea") == "rjx?"
    page.evaluate("document.activeElement.blur()")
    press(page, "Control+r", "Alt+r", "Shift+r")
    page.wait_for_timeout(200)
    assert page.inner_text("#chosen") == "Nothing"
    assert not page.is_visible("#keys-help")


def test_single_keys_can_be_switched_off(visit: Callable[..., Any], cast: Any) -> None:
    cast.mira.single_keys = False
    cast.mira.save(update_fields=["single_keys"])
    page = visit(cast.mira)
    press(page, "j", "r", "?")
    page.wait_for_timeout(200)
    assert page.inner_text("#chosen") == "Nothing"
    assert page.evaluate("document.activeElement === document.body")


def test_the_help_lists_what_the_page_offers(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    press(page, "?")
    words = page.inner_text("#keys-help")
    for known in ("Down and up the list", "Complete", "Release", "More", "Take", "Comment", "All keys"):
        assert known in words
    press(page, "r")
    assert page.is_visible("#keys-help"), "keys of the page rest while the dialog is open"
    assert page.inner_text("#chosen") == "Nothing"
    press(page, "Escape")
    assert not page.is_visible("#keys-help")


def test_a_blocked_verb_says_why(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    press(page, "e")
    page.wait_for_selector("#say:text-is('Two steps are open')", state="attached")


def test_a_key_reaches_a_verb_inside_the_closed_menu(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    press(page, "t")
    page.wait_for_selector("#chosen:text-is('taken')")


def test_a_menu_opens_by_key_walks_and_gives_the_focus_back(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    press(page, ".")
    assert page.is_visible("text=Take")
    page.focus("summary[data-key='.']")
    press(page, "ArrowDown")
    assert focused(page) == "Take"
    press(page, "Escape")
    assert focused(page) == "More"
    assert not page.is_visible("text=Take")


def test_the_toast_waits_for_the_pointer_and_undoes_by_key(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira, fresh=True)
    page.clock.install()
    press(page, "r")
    page.wait_for_selector(".toast-undo b:text-is('T-7')")
    page.clock.run_for(8000)
    page.hover(".toast-undo")
    page.clock.run_for(20000)
    assert page.is_visible(".toast-undo"), "it waits while pointed at"
    page.mouse.move(600, 20)
    page.clock.run_for(1000)
    assert page.is_visible(".toast-undo"), "nine seconds of ten"
    press(page, "z")
    page.wait_for_selector(".toast-undo:has-text('T-7 is yours again.')")


def test_the_toast_leaves_after_ten_seconds(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira, fresh=True)
    page.clock.install()
    press(page, "r")
    page.wait_for_selector(".toast-undo")
    page.clock.run_for(9500)
    assert page.is_visible(".toast-undo")
    page.clock.run_for(1500)
    assert not page.is_visible(".toast-undo")


def test_a_refusal_is_told_and_the_work_stays(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    press(page, "g")
    page.wait_for_selector("#notice:has-text('Kofi Adjei took T-7 a moment ago.')")
    assert page.inner_text("#chosen") == "Nothing"
    press(page, "f")
    page.wait_for_selector("#notice:has-text('needs a right you do not have')")
    press(page, "t")
    page.wait_for_selector("#chosen:text-is('taken')")
    assert page.inner_text("#notice") == ""


def test_no_answer_at_all_is_told(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    page.route("**/release/", lambda route: route.abort())
    press(page, "r")
    page.wait_for_selector("#notice:has-text('cannot be reached')")


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_fields(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira, "/form/")
    page.focus("#id_title")
    press(page, "Control+Enter")
    expect(page.locator("[data-errors]")).to_be_focused()
    lines = page.locator(".errors a").all_inner_texts()
    assert lines == ["Title is empty. Fill it in.", "Department: choose one.", "How it came: choose one."]
    assert page.locator(".field .error").all_inner_texts() == lines, "the same words at the fields"
    page.click(".errors a >> nth=1")
    assert focused(page) == "id_department"
    page.click(".errors a >> nth=2")
    assert focused(page) == "id_way_0"


def test_back_restores_the_place_in_the_list(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    page.evaluate("document.querySelector('[data-keep-scroll]').scrollTop = 300")
    page.goto("/form/")
    page.go_back()
    place = page.locator("[data-keep-scroll]")
    expect(place).to_be_visible()
    for _ in range(50):
        if place.evaluate("element => element.scrollTop") == 300:
            break
        page.wait_for_timeout(50)
    assert place.evaluate("element => element.scrollTop") == 300


def test_on_a_phone_a_row_opens_its_own_page(visit: Callable[..., Any], cast: Any) -> None:
    page = visit(cast.mira)
    page.set_viewport_size({"width": 390, "height": 800})
    page.click("text='Row 3'")
    page.wait_for_url("**/part/?name=Row%203")
