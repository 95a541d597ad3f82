"""Mornings and quiet hours on the wall clock of a zone, around clock changes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.quiet import instant, morning_after, quiet_end

DUBLIN, NEW_YORK, APIA = (ZoneInfo(name) for name in ("Europe/Dublin", "America/New_York", "Pacific/Apia"))
SEVEN = dt.time(7)
ZONES = st.sampled_from([DUBLIN, NEW_YORK, APIA, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")])
INSTANTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def local(zone: ZoneInfo, *parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "last", "morning"),
    [
        (local(DUBLIN, 2026, 3, 2, 6), None, local(DUBLIN, 2026, 3, 2, 7)),
        (local(DUBLIN, 2026, 3, 2, 7), None, local(DUBLIN, 2026, 3, 2, 7)),
        (local(DUBLIN, 2026, 3, 2, 8), None, local(DUBLIN, 2026, 3, 3, 7)),
        (local(DUBLIN, 2026, 3, 2, 6), dt.date(2026, 3, 2), local(DUBLIN, 2026, 3, 3, 7)),
        (local(DUBLIN, 2026, 3, 28, 8), None, local(DUBLIN, 2026, 3, 29, 7)),  # 23 hours later
        (local(DUBLIN, 2026, 10, 24, 8), None, local(DUBLIN, 2026, 10, 25, 7)),  # 25 hours later
    ],
)
def test_the_next_morning(now: dt.datetime, last: dt.date | None, morning: dt.datetime) -> None:
    assert morning_after(now, SEVEN, DUBLIN, last) == morning


@given(INSTANTS, TIMES, ZONES)
def test_mornings_are_ahead_and_one_a_day(now: dt.datetime, at: dt.time, zone: ZoneInfo) -> None:
    first = morning_after(now, at, zone, None)
    assert now <= first <= now + dt.timedelta(hours=26)
    day = first.astimezone(zone).date()
    again = morning_after(first, at, zone, day)
    assert again.astimezone(zone).date() > day


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (local(DUBLIN, 2026, 3, 2, 19, 59), None),
        (local(DUBLIN, 2026, 3, 2, 20), local(DUBLIN, 2026, 3, 3, 7)),
        (local(DUBLIN, 2026, 3, 3, 6, 59), local(DUBLIN, 2026, 3, 3, 7)),
        (local(DUBLIN, 2026, 3, 3, 7), None),
        (local(DUBLIN, 2026, 3, 28, 23), local(DUBLIN, 2026, 3, 29, 7)),
    ],
)
def test_quiet_hours_over_midnight(now: dt.datetime, end: dt.datetime | None) -> None:
    assert quiet_end(now, dt.time(20), SEVEN, DUBLIN) == end


@given(INSTANTS, TIMES, TIMES, ZONES)
def test_quiet_hours_end(now: dt.datetime, start: dt.time, end: dt.time, zone: ZoneInfo) -> None:
    until = quiet_end(now, start, end, zone)
    assert until is None or now < until <= now + dt.timedelta(hours=26)
    assert quiet_end(now, start, start, zone) is None


def test_none_where_there_are_none() -> None:
    assert quiet_end(local(DUBLIN, 2026, 3, 2, 3), None, None, DUBLIN) is None


def test_a_time_that_clocks_skip_is_an_instant_all_the_same() -> None:
    assert instant(dt.date(2026, 3, 29), dt.time(1, 30), DUBLIN) == local(DUBLIN, 2026, 3, 29, 2, 30)
