"""Working time on days one can check by hand, what a fingerprint covers, and what is refused."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organization.tests.brute_force import Office, parts_of_a_day, weeks
from organization.working_time import Closure, NoWorkingTime, Window, WorkingCalendar, calendar_for

MINUTE = timedelta(minutes=1)
T = TypeVar("T")
BAVARIA = calendar_for("DE", "BY")


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(*texts: str, days: Iterable[int] = range(7)) -> list[Window]:
    parts = [[time.fromisoformat(part) for part in text.split("-")] for text in texts]
    return [Window(day, start, end) for day in days for start, end in parts]


def spans(*texts: str) -> list[tuple[datetime, datetime]]:
    parts = [text.split(" to ") for text in texts]
    return [(at(start), at(end)) for start, end in parts]


OFFICE = hours("09:00-12:00", "13:00-17:00", days=range(4)) + hours("09:00-14:00", days=[4])
NIGHT = hours("00:00-04:00")


@pytest.mark.parametrize(
    ("zone", "windows", "day", "expected"),
    [
        (
            "Europe/Berlin",
            OFFICE,
            "2025-06-02",
            ["2025-06-02T07:00 to 2025-06-02T10:00", "2025-06-02T11:00 to 2025-06-02T15:00"],
        ),
        ("Asia/Kathmandu", OFFICE, "2025-06-06", ["2025-06-06T03:15 to 2025-06-06T08:15"]),
        ("Europe/Berlin", NIGHT, "2025-03-30", ["2025-03-29T23:00 to 2025-03-30T02:00"]),
        ("Europe/Berlin", NIGHT, "2025-10-26", ["2025-10-25T22:00 to 2025-10-26T03:00"]),
        ("Australia/Lord_Howe", NIGHT, "2025-04-06", ["2025-04-05T13:00 to 2025-04-05T17:30"]),
        ("Australia/Lord_Howe", NIGHT, "2025-10-05", ["2025-10-04T13:30 to 2025-10-04T17:00"]),
        # starts in the hour that is skipped, ends in it, lies in it
        ("Europe/Berlin", hours("02:30-04:00"), "2025-03-30", ["2025-03-30T01:00 to 2025-03-30T02:00"]),
        ("Europe/Berlin", hours("01:00-02:30"), "2025-03-30", ["2025-03-30T00:00 to 2025-03-30T01:00"]),
        ("Europe/Berlin", hours("02:10-02:50"), "2025-03-30", []),
        # lies in the hour that comes twice, starts in it, ends in it
        (
            "Europe/Berlin",
            hours("02:10-02:50"),
            "2025-10-26",
            ["2025-10-26T00:10 to 2025-10-26T00:50", "2025-10-26T01:10 to 2025-10-26T01:50"],
        ),
        (
            "Europe/Berlin",
            hours("02:30-04:00"),
            "2025-10-26",
            ["2025-10-26T00:30 to 2025-10-26T01:00", "2025-10-26T01:30 to 2025-10-26T03:00"],
        ),
        (
            "Europe/Berlin",
            hours("01:00-02:30"),
            "2025-10-26",
            ["2025-10-25T23:00 to 2025-10-26T00:30", "2025-10-26T01:00 to 2025-10-26T01:30"],
        ),
        (
            "Pacific/Apia",
            OFFICE,
            "2011-12-29",
            ["2011-12-29T19:00 to 2011-12-29T22:00", "2011-12-29T23:00 to 2011-12-30T03:00"],
        ),
        ("Pacific/Apia", OFFICE, "2011-12-30", []),
        ("Pacific/Apia", hours("00:00-00:00"), "2011-12-31", ["2011-12-30T10:00 to 2011-12-31T10:00"]),
        ("America/Sao_Paulo", hours("22:00-00:00"), "2018-02-17", ["2018-02-18T00:00 to 2018-02-18T03:00"]),
        ("America/Sao_Paulo", hours("00:00-02:00"), "2018-11-04", ["2018-11-04T03:00 to 2018-11-04T04:00"]),
        # New Year's Eve and Day, where the local day lies in two years of UTC
        ("Pacific/Auckland", hours("00:00-00:00"), "2025-01-01", ["2024-12-31T11:00 to 2025-01-01T11:00"]),
        ("America/New_York", hours("00:00-00:00"), "2024-12-31", ["2024-12-31T05:00 to 2025-01-01T05:00"]),
    ],
)
def test_windows_on_a_day(zone: str, windows: list[Window], day: str, expected: list[str]) -> None:
    calendar = WorkingCalendar(zone, windows)
    found = calendar.windows_on(date.fromisoformat(day))
    assert found == spans(*expected)
    assert calendar.minutes_on(date.fromisoformat(day)) == sum((b - a) // MINUTE for a, b in found)


@pytest.mark.parametrize(
    ("zone", "windows", "day", "expected"),
    [
        ("Europe/Berlin", OFFICE, "2025-06-02", "2025-06-02T15:00"),
        ("Europe/Berlin", OFFICE, "2025-06-06", "2025-06-06T12:00"),  # Friday ends at 14:00
        ("Europe/Berlin", OFFICE, "2025-10-03", "2025-10-03T12:00"),  # and so does a Friday that is a holiday
        ("Europe/Berlin", OFFICE, "2025-06-07", "2025-06-07T15:00"),  # Saturday: the latest end of the week
        ("Europe/Berlin", OFFICE, "2025-12-24", "2025-12-24T11:00"),  # closed from noon
        ("Europe/Berlin", OFFICE, "2025-12-31", "2025-12-31T16:00"),  # closed all day
        ("Europe/Berlin", hours("18:00-00:00"), "2025-10-26", "2025-10-26T23:00"),
        (
            "Europe/Berlin",
            hours("01:00-02:30", days=[0]),
            "2025-03-30",
            "2025-03-30T01:00",
        ),  # 02:30 is skipped
        (
            "Europe/Berlin",
            hours("01:00-02:30", days=[0]),
            "2025-10-26",
            "2025-10-26T01:30",
        ),  # 02:30 comes twice
        ("Europe/Berlin", hours("01:00-02:00", days=[0]), "2025-10-26", "2025-10-26T00:00"),  # before it does
        ("Pacific/Apia", OFFICE, "2011-12-30", "2011-12-30T10:00"),  # the moment at which the day was skipped
    ],
)
def test_the_end_of_a_working_day(zone: str, windows: list[Window], day: str, expected: str) -> None:
    closures = [Closure(date(2025, 12, 24), time(12)), Closure(date(2025, 12, 31))]
    calendar = WorkingCalendar(zone, windows, BAVARIA, closures)
    assert calendar.end_of_working_day(date.fromisoformat(day)) == at(expected)


def test_a_week_by_hand() -> None:
    """Easter 2025 in Bavaria: Friday the 18th and Monday the 21st of April are holidays."""
    calendar = WorkingCalendar("Europe/Berlin", OFFICE, BAVARIA)
    assert calendar.minutes_between(at("2025-04-14T00:00"), at("2025-04-28T00:00")) == (4 * 7 + 3 * 7 + 5) * 60
    thursday = at("2025-04-17T14:30:20.000005")  # 16:30:20 on the wall; half an hour less twenty seconds to go
    assert calendar.add_minutes(thursday, 29) == at("2025-04-17T14:59:20.000005")
    assert calendar.add_minutes(thursday, 30) == at("2025-04-22T07:00:20.000005")
    assert calendar.add_minutes(at("2025-04-22T07:00:20.000005"), -30) == thursday
    assert calendar.add_minutes(at("2025-04-17T14:30"), 30) == at("2025-04-17T15:00")  # not Tuesday at nine
    assert calendar.add_minutes(at("2025-04-22T07:30"), -30) == at("2025-04-22T07:00")  # not Thursday at five
    assert calendar.is_working(at("2025-04-22T07:00")) and not calendar.is_working(at("2025-04-22T10:00"))


def test_closures_take_only_their_part() -> None:
    part = [Closure(date(2025, 6, 2), time(11), time(14)), Closure(date(2025, 6, 2), None, time(9, 30))]
    calendar = WorkingCalendar("UTC", OFFICE, closures=[*part, Closure(date(2025, 6, 2), time(16, 45))])
    assert calendar.windows_on(date(2025, 6, 2)) == spans(
        "2025-06-02T09:30 to 2025-06-02T11:00", "2025-06-02T14:00 to 2025-06-02T16:45"
    )


def test_offsets_with_seconds_count_exactly() -> None:
    """Liberia was 44 minutes and 30 seconds behind until 7 January 1972."""
    windows = tuple(hours("08:00-08:01", "23:00-00:00", "00:00-01:30"))
    office = Office("Africa/Monrovia", windows)
    start = at("1972-01-06T20:00:07")
    worked = office.steps(start, start + timedelta(hours=13), timedelta(seconds=1))
    calendar = office.calendar()
    assert calendar.minutes_between(start, start + timedelta(hours=13)) == worked // 60
    assert calendar.windows_on(date(1972, 1, 6))[0] == (at("1972-01-06T00:44:30"), at("1972-01-06T02:14:30"))


def test_windows_that_overlap_or_touch_are_one() -> None:
    one = WorkingCalendar("UTC", hours("09:00-17:00"))
    many = WorkingCalendar("UTC", hours("12:00-17:00", "09:00-11:00", "10:00-12:00", "10:00-12:00"))
    assert many.windows_on(date(2025, 6, 2)) == one.windows_on(date(2025, 6, 2))
    assert many.fingerprint == one.fingerprint


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    calendar = WorkingCalendar("Europe/Berlin", OFFICE, [date(2025, 6, 9)], [Closure(date(2025, 12, 24))])
    assert calendar.fingerprint == "90490b427d21fd78"


@settings(deadline=None, max_examples=60)
@given(weeks(), st.lists(st.dates(), max_size=4), st.lists(st.tuples(st.dates(), parts_of_a_day())), st.randoms())
def test_a_fingerprint_does_not_depend_on_order_or_repeats(
    windows: tuple[Window, ...], days: list[date], parts: list[tuple[date, tuple[time, time]]], chance: Random
) -> None:
    closures = [Closure(day, *part) for day, part in parts]
    first = WorkingCalendar("UTC", windows, days, closures)
    shuffled = WorkingCalendar("UTC", mixed(windows, chance), mixed(days, chance), mixed(closures, chance))
    assert shuffled.fingerprint == first.fingerprint


def mixed(some: Sequence[T], chance: Random) -> list[T]:
    """In another order, with one of them twice."""
    return [*chance.sample(some, len(some)), *some[:1]]


def test_a_fingerprint_changes_with_each_ingredient() -> None:
    day, june = date(2025, 6, 2), date(2025, 6, 3)
    changed: list[dict[str, Any]] = [
        {},
        {"zone": "Europe/Vienna"},
        {"windows": OFFICE[1:]},
        {"windows": [*OFFICE, Window(5, time(9), time(10))]},
        {"windows": [*OFFICE[:-1], Window(4, time(9), time(14, 1))]},
        {"windows": [*OFFICE[:-1], Window(5, time(9), time(14))]},
        {"holidays": [day]},
        {"holidays": [june]},
        {"holidays": [day, june]},
        {"closures": [Closure(day)]},
        {"closures": [Closure(june)]},
        {"closures": [Closure(day, time(12))]},
        {"closures": [Closure(day, time(12), time(13))]},
        {"holidays": BAVARIA},
        {"holidays": calendar_for("DE", "BE")},
        {"holidays": calendar_for("DE", "")},
        {"holidays": lambda year: [day], "holiday_key": "one"},
        {"holidays": lambda year: [day], "holiday_key": "two"},
    ]
    plain: dict[str, Any] = {"zone": "Europe/Berlin", "windows": OFFICE}
    found = [WorkingCalendar(**{**plain, **change}).fingerprint for change in changed]
    assert len(set(found)) == len(changed)
    assert all(len(text) == 16 and int(text, 16) >= 0 for text in found)


def test_a_function_of_holidays_is_asked_once_a_year() -> None:
    asked: list[int] = []

    def new_year(year: int) -> list[date]:
        asked.append(year)
        return [date(year, 1, 1)]

    calendar = WorkingCalendar("UTC", hours("00:00-00:00"), new_year, holiday_key="new year")
    for _ in range(3):
        assert calendar.minutes_between(at("2024-12-31T00:00"), at("2025-01-03T00:00")) == 2 * 1440
        assert calendar.minutes_on(date(2025, 1, 1)) == 0
    assert len(asked) == len(set(asked))


def test_public_holidays() -> None:
    first = BAVARIA(2025)
    assert date(2025, 1, 6) in first and date(2025, 1, 6) not in calendar_for("DE", "BE")(2025)
    assert date(2025, 10, 3) in calendar_for("DE", "")(2025)
    first.clear()
    assert BAVARIA(2025)


@pytest.mark.parametrize(
    ("country", "part"), [("XX", ""), ("", ""), ("DE", "ZZ"), ("Germany", ""), ("HolidayBase", "")]
)
def test_unknown_countries_and_subdivisions_are_refused(country: str, part: str) -> None:
    with pytest.raises(ValueError, match="No holidays are known"):
        calendar_for(country, part)


def test_what_makes_no_sense_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"weekday=2, start=datetime.time\(17, 0\).* ends before it starts"):
        Window(2, time(17), time(9))
    with pytest.raises(ValueError, match="ends before it starts"):
        Window(2, time(9), time(9))
    with pytest.raises(ValueError, match="weekday=7"):
        Window(7, time(9), time(17))
    with pytest.raises(ValueError, match="zone"):
        Window(0, time(9, tzinfo=UTC), time(17))
    with pytest.raises(ValueError, match="ends before it starts"):
        Closure(date(2025, 6, 2), time(17), time(9))
    with pytest.raises(ValueError, match="at least one window"):
        WorkingCalendar("UTC", [])


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/localtime", "Europe/Berlin\0"])
def test_unknown_zones_are_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="Unknown time zone"):
        WorkingCalendar(zone, OFFICE)


def test_naive_instants_are_refused() -> None:
    calendar, naive, aware = WorkingCalendar("UTC", OFFICE), datetime(2025, 6, 2), at("2025-06-02T00:00")
    for call in (
        lambda: calendar.minutes_between(naive, aware),
        lambda: calendar.minutes_between(aware, naive),
        lambda: calendar.add_minutes(naive, 0),
        lambda: calendar.is_working(naive),
    ):
        with pytest.raises(ValueError, match="naive"):
            call()


def test_a_calendar_without_any_working_time_gives_up() -> None:
    asked: list[int] = []

    def every_day(year: int) -> list[date]:
        asked.append(year)
        return [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0))]

    calendar = WorkingCalendar("Europe/Berlin", OFFICE, every_day, holiday_key="every day")
    start = at("2025-06-02T00:00")
    for minutes in (1, -1):
        with pytest.raises(NoWorkingTime):
            calendar.add_minutes(start, minutes)
    assert min(asked) >= 2013 and max(asked) <= 2037
    assert calendar.add_minutes(start, 0) == start
    assert calendar.minutes_between(start, start + timedelta(days=4000)) == 0


def test_years_of_closure_are_crossed() -> None:
    closed = [Closure(date(2025, 6, 3) + timedelta(days=n)) for n in range(8 * 365)]  # up to 31 May 2033
    calendar = WorkingCalendar("UTC", hours("09:00-17:00"), closures=closed)
    assert calendar.add_minutes(at("2025-06-02T16:59"), 2) == at("2033-06-01T09:01")
    assert calendar.add_minutes(at("2033-06-01T09:01"), -2) == at("2025-06-02T16:59")


@pytest.mark.parametrize("minutes", [10**10, -(10**10), 10**30])
def test_what_leads_out_of_the_calendar_is_refused_at_once(minutes: int) -> None:
    asked: list[int] = []

    def none(year: int) -> list[date]:
        asked.append(year)
        return []

    calendar = WorkingCalendar("UTC", OFFICE, none, holiday_key="none")
    with pytest.raises(NoWorkingTime):
        calendar.add_minutes(at("2025-06-02T00:00"), minutes)
    assert not asked  # no year was worked out for it
    with pytest.raises(NoWorkingTime):
        calendar.minutes_between(at("0001-06-02T00:00"), at("2025-06-02T00:00"))
    with pytest.raises(ValueError, match="years 1 to 9999"):
        calendar.is_working(datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))))


def test_centuries_count_right_and_are_not_all_kept() -> None:
    calendar = WorkingCalendar("UTC", hours("09:00-17:00"))
    start, end = at("1800-01-01T00:00"), at("2200-01-01T00:00")
    assert calendar.minutes_between(start, end) == (end - start).days * 480
    assert calendar.add_minutes(start, (end - start).days * 480) == at("2199-12-31T17:00")
    assert len(calendar._years) <= 64


def test_threads_share_a_cold_calendar() -> None:
    calendar = WorkingCalendar("Europe/Berlin", OFFICE, BAVARIA)
    starts = [at("2000-01-01T00:00") + timedelta(days=97 * n) for n in range(150)]

    def answers(shared: WorkingCalendar) -> list[datetime]:
        return [shared.add_minutes(start, 50_000) for start in starts]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(answers, [calendar] * 8))
    assert found == [answers(WorkingCalendar("Europe/Berlin", OFFICE, BAVARIA))] * 8
