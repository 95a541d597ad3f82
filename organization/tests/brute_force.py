"""An office whose working time is counted the slow way, written without looking at the module under test.

Every step of the walk asks the clock on the wall: which day is it there, what time, is anything open?
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from organization.working_time import Closure, Window, WorkingCalendar

MIDNIGHT = time()

# A zone, and a day around which its clock does something worth a test.
MOMENTS = [
    ("Europe/Berlin", "2025-03-30"),
    ("Europe/Berlin", "2025-10-26"),
    ("America/New_York", "2024-11-03"),
    ("Australia/Lord_Howe", "2025-04-05"),  # half an hour back
    ("Australia/Lord_Howe", "2025-10-04"),  # half an hour forward
    ("Africa/Casablanca", "2025-02-23"),  # Ramadan begins
    ("Africa/Casablanca", "2025-04-06"),  # and ends
    ("America/St_Johns", "2025-03-09"),
    ("America/St_Johns", "2006-10-29"),  # back at 00:01, into the day before
    ("Asia/Kathmandu", "1985-12-31"),  # 5:30 to 5:45 at the turn of the year
    ("Pacific/Apia", "2011-12-30"),  # never was
    ("Pacific/Kiritimati", "1994-12-31"),  # never was, at the turn of the year
    ("Pacific/Kwajalein", "1993-08-21"),  # never was
    ("America/Sao_Paulo", "2018-11-04"),  # midnight skipped
    ("America/Sao_Paulo", "2018-02-17"),  # the hour before midnight twice
    ("Antarctica/Troll", "2025-10-26"),  # two hours back
    ("America/Caracas", "2016-05-01"),
    ("Asia/Pyongyang", "2015-08-14"),
    ("UTC", "2024-12-31"),
]


@dataclass(frozen=True)
class Office:
    zone: str
    windows: tuple[Window, ...]
    holidays: frozenset[date] = frozenset()
    closures: tuple[Closure, ...] = ()

    def calendar(self) -> WorkingCalendar:
        return WorkingCalendar(self.zone, self.windows, self.holidays, self.closures)

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone))

    def is_open(self, instant: datetime) -> bool:
        wall = self.local(instant)
        day, clock = wall.date(), wall.time()
        if day in self.holidays:
            return False
        for window in self.windows:
            if window.weekday == day.weekday() and shows(clock, window.start, window.end):
                break
        else:
            return False
        return not any(c.day == day and shows(clock, c.start, c.end) for c in self.closures)

    def steps(self, start: datetime, end: datetime, step: timedelta) -> int:
        """How many steps from `start` on fall into working time."""
        return sum(self.is_open(instant) for instant in walk(start, end, step))

    def minutes(self, start: datetime, end: datetime) -> int:
        return self.steps(start, end, timedelta(minutes=1))


def shows(clock: time, start: time | None, end: time | None) -> bool:
    after_start = start is None or clock >= start
    before_end = end is None or end == MIDNIGHT or clock < end
    return after_start and before_end


def walk(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    while start < end:
        yield start
        start += step


def clock(minute: int) -> time:
    """The time that many minutes after midnight; 1440 is midnight again."""
    return time(minute // 60 % 24, minute % 60)


@st.composite
def parts_of_a_day(draw: st.DrawFn, grid: int = 1) -> tuple[time, time]:
    start = draw(st.integers(0, 1440 // grid - 1))
    end = draw(st.integers(start + 1, 1440 // grid))
    return clock(start * grid), clock(end * grid)


@st.composite
def weeks(draw: st.DrawFn, grid: int = 1) -> tuple[Window, ...]:
    """Up to three windows, overlapping or not, on each weekday; often the small hours, when clocks change."""
    split = [(clock(0), clock(90)), (clock(150), clock(195)), (clock(540), clock(0))]
    hours = st.lists(parts_of_a_day(grid), max_size=3) | st.sampled_from([[], split, [(clock(0), clock(0))]])
    week = [(day, part) for day in range(7) for part in draw(hours)] or [(0, draw(parts_of_a_day(grid)))]
    return tuple(Window(day, *part) for day, part in week)


@st.composite
def offices(draw: st.DrawFn, grid: int = 1) -> tuple[Office, datetime]:
    """An office and an instant (UTC, on a whole minute) near which its clock or its calendar is unusual."""
    zone, day = draw(st.sampled_from(MOMENTS))
    centre = date.fromisoformat(day)
    near = st.integers(-6, 6).map(lambda days: centre + timedelta(days=days))
    holidays = draw(st.frozensets(near, max_size=3))
    some = draw(st.lists(st.tuples(near, st.none() | parts_of_a_day(grid)), max_size=3))
    closures = [Closure(at, *part) if part else Closure(at) for at, part in some]
    empty = draw(st.sampled_from([0, 0, 0, 7, 16]))  # days on end without any work: whole empty weeks
    first = draw(near)
    closures += [Closure(first + timedelta(days=n)) for n in range(empty)]
    steps = draw(st.integers(-5 * 1440 // grid, 1440 // grid))
    noon = datetime(centre.year, centre.month, centre.day, 12, tzinfo=UTC)
    return Office(zone, draw(weeks(grid)), holidays, tuple(closures)), noon + timedelta(minutes=grid * steps)
