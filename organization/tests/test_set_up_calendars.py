"""Pages of working calendars: windows in one line a day, closures in rows, holidays shown."""

from __future__ import annotations

import datetime as dt
from types import ModuleType, SimpleNamespace

import pytest
from django.test import Client

from core import clock
from organization.models import OfficeCalendar
from organization.tests.set_up_pages import as_person, named, post, statements, typed_in, words
from records.models import Event, Run

pytestmark = pytest.mark.django_db
NEW = "/set-up/calendars/new/"


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


def hours(calendar: OfficeCalendar) -> list[tuple[int, str, str]]:
    rows = calendar.windows.order_by("weekday", "start")
    return [(row.weekday, f"{row.start:%H:%M}", f"{row.end:%H:%M}") for row in rows]


def test_a_week_with_a_break_and_closures_is_written_down(ada: Client, cast: SimpleNamespace) -> None:
    typed = {"name": "Quay", **{f"windows_{day}": "" for day in range(1, 7)}, "windows_0": "8-12:30, 13-24"}
    typed |= {"day_0": "2026-12-24", "from_0": "12:00", "to_0": "17:00", "reason_0": "Eve", "day_1": "2026-12-31"}
    assert post(ada, NEW, **typed)["Location"] == "/set-up/calendars/"
    row = OfficeCalendar.objects.get(name="Quay")
    assert hours(row) == [(0, "08:00", "12:30"), (0, "13:00", "00:00")]
    closed = [(str(one.day), one.start and f"{one.start:%H:%M}", one.name) for one in row.closures.order_by("day")]
    assert closed == [("2026-12-24", "12:00", "Eve"), ("2026-12-31", None, "")]
    assert Event.objects.filter(subject_kind="calendar").order_by("-pk")[0].actor == cast.ada
    shown = typed_in(ada.get(f"/set-up/calendars/{row.pk}/"))
    assert shown["windows_0"] == "08:00-12:30, 13:00-24:00" and shown["reason_0"] == "Eve"
    assert named(ada.get("/set-up/calendars/")) == ["Quay", "Week"]
    assert "Monday 08:00-12:30, 13:00-24:00" in words(ada.get("/set-up/calendars/"))


def test_other_hours_move_the_clocks_and_the_same_do_not(ada: Client, cast: SimpleNamespace) -> None:
    week = cast.permits.calendar
    before = Run.objects.count()
    path = f"/set-up/calendars/{week.pk}/"
    assert post(ada, path).status_code == 302
    assert Run.objects.count() == before and OfficeCalendar.objects.get(pk=week.pk).revision == week.revision
    assert post(ada, path, windows_4="09:00-13:00").status_code == 302
    assert Run.objects.count() == before + 1


def test_one_bad_field_keeps_every_field(ada: Client, cast: SimpleNamespace) -> None:
    typed = {"name": "Quay", "windows_0": "17-9", "day_0": "2026-12-24", "from_0": "12:00", "reason_1": "Which day?"}
    answer = post(ada, NEW, **typed)
    assert answer.status_code == 422 and typed.items() <= typed_in(answer).items()
    assert set(answer.context["form"].errors) == {"windows_0", "to_0", "day_1"}
    assert words(answer).count("“17-9” ends before it starts.") == 2
    nothing = post(ada, NEW, name="Empty", **{f"windows_{day}": "" for day in range(7)})
    assert "without any there is no working time" in words(nothing)
    assert not OfficeCalendar.objects.filter(name__in=["Quay", "Empty"]).exists()


def test_more_rows_come_without_losing_what_was_typed(ada: Client, cast: SimpleNamespace) -> None:
    first = ada.get(NEW)
    answer = ada.post(NEW, typed_in(first) | {"name": "", "day_2": "2026-12-24", "windows_0": "rubbish", "more": "1"})
    assert answer.status_code == 200 and b"data-errors" not in answer.content
    again = typed_in(answer)
    assert (again["day_2"], again["windows_0"]) == ("2026-12-24", "rubbish")
    assert "day_7" in answer.context["form"].fields and "day_8" not in answer.context["form"].fields
    done = ada.post(NEW, again | {"name": "Quay", "windows_0": "9-17", "day_7": "2026-12-31"})
    assert done.status_code == 302
    assert OfficeCalendar.objects.get(name="Quay").closures.count() == 2


def test_holidays_of_this_year_and_the_next_are_shown(ada: Client, cast: SimpleNamespace, make: ModuleType) -> None:
    site = make.site("Neuss", "Europe/Berlin", "DE", "NW")
    week = make.calendar("Neuss hours")
    make.department("Neuss", site=site, calendar=week)
    with clock.at(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)):
        for path in (f"/set-up/calendars/{week.pk}/", f"/set-up/sites/{site.pk}/"):
            told = words(ada.get(path))
            assert "2026" in told and "2027" in told and "Fri 1 Jan" in told, path
            assert "Corpus Christi" in told, "a holiday of the state alone"
        post(ada, f"/set-up/calendars/{week.pk}/", observes_holidays=None)
        assert "does not observe public holidays" in words(ada.get(f"/set-up/calendars/{week.pk}/"))


def test_the_list_asks_as_often_for_three_rows_as_for_one(ada: Client, cast: SimpleNamespace, make: ModuleType) -> None:
    assert statements(ada, "/set-up/calendars/") == 6
    make.calendar()
    make.calendar()
    assert statements(ada, "/set-up/calendars/") == 6
