"""Reports by keyboard, in both themes and on a narrow screen, without colours."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core import clock
from records import runs
from reports.models import KeptReport
from reports.tests.conftest import made
from tasks import finishing, transitions
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
ASKED = {"about": "all", "by": "person", "period": "this_month"}


@pytest.fixture
def office(cast):
    """Work finished today and some that was reopened; one open."""
    for person in (cast.mira, cast.mira, cast.kofi):
        with clock.at(timezone.now() - dt.timedelta(minutes=5)):
            task = transitions.claim(make.task(cast.permits, cast.anything), actor=person)
            task = finishing.complete(task, actor=person)
    transitions.reopen(task, actor=cast.ruth, reason="again")
    return cast


def test_nothing_is_wrong_with_any_kind_of_report(office, visit, flaws):
    """The walk looks at one; here are the charts and tables of all."""
    kept = [made(name, office.ruth, **ASKED) for name in ("done", "age", "on-time", "workload", "states")]
    page = visit(office.ruth, "/reports/")
    for one in kept:
        answer = page.goto(f"/reports/{one.pk}/")
        assert (answer.status, flaws(page)) == (200, []), one.report


def test_a_report_is_asked_for_and_waited_for_by_keyboard(office, visit):
    """Focus stays on what somebody looks at while the page asks how far it is, and the end is said."""
    page = visit(office.ruth, "/reports/ask/done/")
    page.get_by_label("Days").select_option("this_month")
    page.get_by_role("button", name="Make the report").press("Enter")
    expect(page.get_by_role("heading", name="Waiting to start")).to_be_visible()
    place = page.get_by_role("link", name="Reports").nth(1)
    place.focus()
    with page.expect_response(lambda answer: answer.url.endswith("/progress/")):
        pass
    assert page.evaluate("document.activeElement.textContent").strip() == "Reports"
    runs.perform(KeptReport.objects.get().run_id)
    expect(page.get_by_text("All numbers")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent").strip() == "Reports"
    expect(page.locator("#say")).to_have_text("The report is ready.")
    expect(page.get_by_role("row", name="Permits Mira Holt 2")).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert not asked, "it goes on asking"


def test_the_chart_is_told_in_words_and_patterns(office, visit):
    kept = made("done", office.ruth, **ASKED)
    page = visit(office.ruth, f"/reports/{kept.pk}/")
    chart = page.get_by_role("figure", name="Tasks finished")
    expect(chart.get_by_role("listitem").filter(has_text="Kofi Adjei")).to_contain_text("1 finished, then reopened")
    expect(chart.get_by_role("listitem").filter(has_text="Mira Holt")).to_contain_text("2 finished")
    fills = page.evaluate("[...document.querySelectorAll('.bar-line rect[x]')].map(one => one.getAttribute('fill'))")
    assert len(fills) == 2 and all(fill.startswith("url(#p") for fill in fills)
    assert {fill.strip("url(#)0123456789") for fill in fills} == {"psolid", "pstripe"}


def test_a_file_is_downloaded(office, visit):
    kept = made("done", office.ruth, **ASKED)
    page = visit(office.ruth, f"/reports/{kept.pk}/")
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    assert coming.value.suggested_filename.startswith("done-") and coming.value.suggested_filename.endswith(".csv")
