"""Days and months of reports in every zone, on days the clock changes, and what that does to the numbers."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from reports.periods import ONE_DAY, Period, begin_of, bounds_of, days_of, next_week, this_week
from reports.tests.conftest import rows_of
from tasks import finishing, transitions
from tasks.tests import factories as make

ZONES = sorted(zoneinfo.available_timezones())
days = st.dates(dt.date(1995, 1, 1), dt.date(2040, 12, 31))


@given(zone=st.sampled_from(ZONES), day=days)
def test_each_day_begins_where_the_one_before_ends(zone, day):
    """No instant belongs to two days or to none, also where midnight is jumped over or comes twice."""
    zone = ZoneInfo(zone)
    begin, end = bounds_of((day, day), zone)
    assert begin <= end and end == begin_of(day + ONE_DAY, zone)
    if end - begin:  # Samoa had no 30 December 2011
        assert begin.astimezone(zone).date() == day
        assert (end - dt.timedelta(microseconds=1)).astimezone(zone).date() == day
    assert (begin - dt.timedelta(microseconds=1)).astimezone(zone).date() < day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Dublin", dt.date(2026, 3, 29), 23),
        ("Europe/Dublin", dt.date(2026, 10, 25), 25),
        ("America/Havana", dt.date(2026, 11, 1), 25),  # midnight comes twice
        ("Africa/Cairo", dt.date(2026, 4, 24), 23),  # midnight is jumped over
        ("Pacific/Apia", dt.date(2011, 12, 30), 0),
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), 24.5),
    ],
)
def test_days_as_long_as_the_clock_has_them(zone, day, hours):
    begin, end = bounds_of((day, day), ZoneInfo(zone))
    assert end - begin == dt.timedelta(hours=hours)


@given(today=days)
def test_named_periods(today):
    first, last = days_of(Period.LAST_MONTH, today)
    assert first.day == 1 and last + ONE_DAY == today.replace(day=1) and first <= last
    first, last = days_of(Period.LAST_QUARTER, today)
    assert (
        (first.month - 1) % 3 == 0
        and last < today
        and (last + ONE_DAY).day == 1
        and 90 <= (last - first).days + 1 <= 92
    )
    first, last = days_of(Period.LAST_WEEK, today)
    assert first.weekday() == 0 and last == first + 6 * ONE_DAY and last < today <= last + 7 * ONE_DAY
    assert this_week(today)[0] <= today <= this_week(today)[1] == next_week(today)[0] - ONE_DAY
    assert days_of(Period.YESTERDAY, today) == (today - ONE_DAY, today - ONE_DAY)
    with pytest.raises(KeyError):
        days_of(Period.DATES, today)


@pytest.mark.django_db
def test_a_month_is_that_of_each_department_s_own_site(cast, report):
    """Dublin and New York finish at the same instants; each has its own last evening of the month."""
    evening = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)  # 23:30 in Dublin, 18:30 in New York
    night = dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC)  # 00:30 of 1 April in Dublin, 19:30 in New York
    for at in (evening, night):
        for where, person in ((cast.permits, cast.mira), (cast.archive, cast.otto)):
            with clock.at(at - dt.timedelta(hours=1)):
                task = transitions.claim(make.task(where, cast.anything), actor=person)
                transitions.start(task, actor=person)
            with clock.at(at):
                finishing.complete(task, actor=person)
    at = dt.datetime(2026, 4, 15, 9, tzinfo=dt.UTC)
    found = {
        row["department"]: row["finished"] for row in rows_of(report("done", cast.ada, at=at, period="last_month"))
    }
    assert found == {"Permits": 1, "Archive": 2}
    first = {"period": "dates", "first": "2026-04-01", "last": "2026-04-01"}
    found = {row["department"]: row["finished"] for row in rows_of(report("done", cast.ada, at=at, **first))}
    assert found == {"Permits": 1}


@pytest.mark.django_db
def test_last_month_is_counted_from_today_in_the_asker_s_zone(cast, report):
    cast.ada.time_zone = "Pacific/Auckland"
    cast.ada.save()
    at = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)  # 1 April in Auckland
    kept = report("done", cast.ada, at=at, period="last_month")
    assert kept.days == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    cast.ada.time_zone = "Europe/Dublin"
    cast.ada.save()
    assert report("done", cast.ada, at=at, period="last_month").days[0] == dt.date(2026, 2, 1)
