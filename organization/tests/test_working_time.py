"""Working time against a brute-force counter, and the laws it must keep, whatever the calendar."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from organization.tests.brute_force import MIDNIGHT, MOMENTS, Office, offices, walk, weeks
from organization.wall_clock import SECOND, offsets
from organization.working_time import Window

MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)

slow = settings(deadline=None, max_examples=150)
quick = settings(deadline=None, max_examples=100)
spans = st.integers(0, 6 * 1440)
long_spans = st.integers(4 * 1440, 8 * 1440)
fractions = st.integers(0, 120_000_000).map(lambda n: timedelta(microseconds=n))
work = st.integers(1, 200) | st.integers(2000, 60_000)


@slow
@given(offices(), long_spans)
def test_minutes_between_is_what_a_minute_by_minute_count_gives(place: tuple[Office, datetime], length: int) -> None:
    office, start = place
    end = start + length * MINUTE
    expected = office.minutes(start, end)
    assert office.calendar().minutes_between(start, end) == expected
    assert office.calendar().minutes_between(end, start) == -expected


@settings(deadline=None, max_examples=25)
@given(offices(), st.integers(0, 86_399), st.integers(2 * 3600, 4 * 3600))
def test_seconds_are_counted_and_rounded_down(place: tuple[Office, datetime], offset: int, length: int) -> None:
    office, near = place
    start = near + timedelta(seconds=offset)
    end = start + timedelta(seconds=length)
    expected = office.steps(start, end, timedelta(seconds=1)) // 60
    assert office.calendar().minutes_between(start, end) == expected


@settings(deadline=None, max_examples=15)
@given(offices(grid=15), st.integers(30_000, 36_000))
def test_a_year_is_what_a_count_by_quarters_of_an_hour_gives(place: tuple[Office, datetime], length: int) -> None:
    """Exact, since every window, closure and clock change of these offices lies on the quarter hour."""
    office, start = place
    if office.zone == "America/St_Johns":  # but for this one, which changed at a minute past midnight
        start = datetime(2024, 1, 1, tzinfo=UTC)
    end = start + length * timedelta(minutes=15)
    assert office.calendar().minutes_between(start, end) == 15 * office.steps(start, end, timedelta(minutes=15))


@slow
@given(offices(), st.integers(500, 4000))
def test_add_minutes_is_where_a_minute_by_minute_walk_arrives(place: tuple[Office, datetime], minutes: int) -> None:
    office, start = place
    found = office.calendar().add_minutes(start, minutes)
    left = minutes
    for at in walk(start, start + timedelta(days=10), MINUTE):
        left -= office.is_open(at)
        if not left:
            assert found == at + MINUTE
            return
    assert found > start + timedelta(days=10)


@slow
@given(offices(), st.integers(500, 4000))
def test_negative_minutes_are_where_the_walk_back_arrives(place: tuple[Office, datetime], minutes: int) -> None:
    office, start = place
    found = office.calendar().add_minutes(start, -minutes)
    left = minutes
    for back in range(1, 10 * 1440):
        left -= office.is_open(start - back * MINUTE)
        if not left:
            assert found == start - back * MINUTE
            return
    assert found < start - timedelta(days=9)


@quick
@given(offices(), fractions, work)
def test_adding_leads_to_the_first_instant_with_that_many_minutes(
    place: tuple[Office, datetime], fraction: timedelta, minutes: int
) -> None:
    calendar, start = place[0].calendar(), place[1] + fraction
    end = calendar.add_minutes(start, minutes)
    assert end > start
    assert calendar.minutes_between(start, end) == minutes
    assert calendar.minutes_between(start, end - TICK) == minutes - 1


@quick
@given(offices(), fractions, work)
def test_taking_away_leads_to_the_last_instant_with_that_many_minutes(
    place: tuple[Office, datetime], fraction: timedelta, minutes: int
) -> None:
    calendar, start = place[0].calendar(), place[1] + fraction
    end = calendar.add_minutes(start, -minutes)
    assert end < start
    assert calendar.minutes_between(end, start) == minutes
    assert calendar.minutes_between(start, end) == -minutes
    assert calendar.minutes_between(end + TICK, start) == minutes - 1


@quick
@given(offices(), fractions, work)
def test_there_and_back_does_the_same_work(place: tuple[Office, datetime], fraction: timedelta, minutes: int) -> None:
    """From free time one comes back to the end of that free time; from working time to the start itself."""
    calendar, start = place[0].calendar(), place[1] + fraction
    back = calendar.add_minutes(calendar.add_minutes(start, minutes), -minutes)
    assert back >= start
    assert calendar.minutes_between(start, back) == 0
    if calendar.is_working(start):
        assert back == start


@quick
@given(offices(), st.tuples(spans, spans, spans))
def test_minutes_add_up(place: tuple[Office, datetime], parts: tuple[int, int, int]) -> None:
    calendar, start = place[0].calendar(), place[1]
    first, middle, last = (start + n * 10 * MINUTE for n in sorted(parts))
    whole = calendar.minutes_between(first, last)
    assert whole == calendar.minutes_between(first, middle) + calendar.minutes_between(middle, last)
    assert whole == calendar.minutes_between(middle, last) - calendar.minutes_between(middle, first)


@quick
@given(offices(), fractions, fractions, spans, spans)
def test_fractions_lose_less_than_a_minute_where_a_span_is_cut(
    place: tuple[Office, datetime], one: timedelta, two: timedelta, a: int, b: int
) -> None:
    calendar, first = place[0].calendar(), place[1] + one
    middle = first + a * MINUTE + two
    last = middle + b * MINUTE + one
    cut = calendar.minutes_between(first, middle) + calendar.minutes_between(middle, last)
    assert 0 <= calendar.minutes_between(first, last) - cut <= 1


@quick
@given(offices(), fractions, st.integers(-30_000, 30_000), st.integers(-30_000, 30_000))
def test_adding_in_two_goes_is_adding_at_once(
    place: tuple[Office, datetime], fraction: timedelta, a: int, b: int
) -> None:
    calendar, start = place[0].calendar(), place[1] + fraction
    if (a < 0) != (b < 0):
        b = -b
    assert calendar.add_minutes(calendar.add_minutes(start, a), b) == calendar.add_minutes(start, a + b)


@quick
@given(offices(), fractions, spans, fractions, st.integers(-30_000, 30_000), st.integers(0, 500))
def test_later_never_means_earlier(
    place: tuple[Office, datetime], a: timedelta, length: int, b: timedelta, minutes: int, more: int
) -> None:
    calendar, start = place[0].calendar(), place[1] + a
    later = start + length * MINUTE + b
    assert calendar.minutes_between(place[1], later) >= calendar.minutes_between(place[1], start)
    assert calendar.add_minutes(later, minutes) >= calendar.add_minutes(start, minutes)
    assert calendar.add_minutes(start, minutes + more) >= calendar.add_minutes(start, minutes)


@quick
@given(offices(), fractions)
def test_no_minutes_change_nothing(place: tuple[Office, datetime], fraction: timedelta) -> None:
    calendar, start = place[0].calendar(), place[1] + fraction
    assert calendar.add_minutes(start, 0) == start
    assert calendar.minutes_between(start, start) == 0
    local = start.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert calendar.add_minutes(local, 90) == calendar.add_minutes(start, 90)
    assert calendar.add_minutes(local, 90).tzinfo is UTC


@quick
@given(offices(), st.lists(spans, min_size=1, max_size=30))
def test_is_working_is_what_the_clock_on_the_wall_says(place: tuple[Office, datetime], minutes: list[int]) -> None:
    office, start = place
    calendar = office.calendar()
    for n in minutes:
        assert calendar.is_working(start + n * MINUTE) is office.is_open(start + n * MINUTE)


@slow
@given(offices(), st.integers(-3, 3))
def test_the_windows_of_a_day_are_its_open_minutes(place: tuple[Office, datetime], shift: int) -> None:
    office, near = place
    calendar, day = office.calendar(), office.local(near).date() + timedelta(days=shift)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    around = walk(noon - timedelta(hours=40), noon + timedelta(hours=40), MINUTE)
    expected = {at for at in around if office.is_open(at) and office.local(at).date() == day}
    windows = calendar.windows_on(day)
    assert {at for low, high in windows for at in walk(low, high, MINUTE)} == expected
    assert all(a[0] < a[1] < b[0] < b[1] for a, b in pairwise(windows))
    assert calendar.minutes_on(day) == len(expected)
    if expected:
        assert calendar.end_of_working_day(day) == max(expected) + MINUTE


@quick
@given(weeks(), st.sampled_from(MOMENTS), st.integers(-4, 4))
def test_a_due_date_ends_the_same_whether_the_day_is_a_holiday_or_not(
    windows: tuple[Window, ...], moment: tuple[str, str], shift: int
) -> None:
    day = date.fromisoformat(moment[1]) + timedelta(days=shift)
    working = Office(moment[0], windows).calendar()
    closed = Office(moment[0], windows, frozenset([day])).calendar()
    if not working.windows_on(day):
        return
    assert not closed.windows_on(day)
    assert closed.end_of_working_day(day) >= working.end_of_working_day(day)
    ends = {(window.end == MIDNIGHT, window.end): window for window in windows if window.weekday == day.weekday()}
    last = tuple(window for window in windows if window.end == ends[max(ends)].end)
    if Office(moment[0], last).calendar().windows_on(day):  # unless it lies in an hour that was skipped
        assert closed.end_of_working_day(day) == working.end_of_working_day(day)


def test_clock_changes_are_all_found() -> None:
    """Against an hourly walk; Freetown 1939 has the shortest stretch between two changes: four days."""
    years = {(zone, int(day[:4])) for zone, day in MOMENTS} | {("Africa/Freetown", 1939)}
    for zone, year in sorted(years):
        info = ZoneInfo(zone)
        hours = walk(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC), timedelta(hours=1))
        walked = [at.astimezone(info).utcoffset() for at in hours]
        changes = [b for a, b in pairwise(walked) if a != b]
        found = [timedelta(seconds=part.ahead // SECOND) for part in offsets(zone, year)]
        assert found == [walked[0], *changes], (zone, year)
