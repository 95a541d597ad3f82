"""The set-up in a browser under our content security policy: choosing, picking a day, adding rows, saving."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from organization.models import Membership, OfficeCalendar

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_a_membership_is_made_by_choosing_and_picking(cast: SimpleNamespace, browse: Callable[..., Any]) -> None:
    page = browse(cast.ada, "/set-up/more/organization/membership/add/")
    for field, typed, name in (("person", "weiß", "Otto Weiss"), ("department", "perm", "Permits")):
        page.click(f"#id_{field} + .select2")
        page.fill(".select2-search__field", typed)
        page.click(f".select2-results__option:has-text('{name}')")
    page.fill("#id_minutes", "480,480,480,480,480,0,0")
    page.click("#id_starts_on ~ .datetimeshortcuts a:first-child")
    page.click("input[name=_save]")
    page.wait_for_selector(".messagelist .success")
    post = Membership.objects.get(person=cast.otto, department=cast.permits)
    assert post.minutes[:2] == [480, 480]


def test_rows_of_a_calendar_are_added_and_taken_away(cast: SimpleNamespace, browse: Callable[..., Any]) -> None:
    calendar = OfficeCalendar.objects.get(name="Week")
    page = browse(cast.ada, f"/set-up/more/organization/officecalendar/{calendar.pk}/change/")
    page.check("#id_windows-4-DELETE")
    page.click("#windows-group .add-row a")
    page.select_option("#id_windows-5-weekday", "5")
    page.fill("#id_windows-5-start", "10:00")
    page.fill("#id_windows-5-end", "12:00")
    page.click("input[name=_save]")
    page.wait_for_selector(".messagelist .success")
    days = [window.weekday for window in calendar.windows.order_by("weekday")]
    assert days == [0, 1, 2, 3, 5]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_set_up_wears_our_colours(cast: SimpleNamespace, browse: Callable[..., Any], scheme: str) -> None:
    page = browse(cast.ada, "/set-up/more/", color_scheme=scheme)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(251, 249, 244)", "dark": "rgb(27, 26, 22)"}[scheme]
    assert page.inner_text("#user-tools strong") == "Ada Stone"
    page.click("text=Sign out")
    page.wait_for_url("**/")
