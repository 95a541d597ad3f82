"""Working-time arithmetic: how much working time lies between two instants, and where a span of it ends.

Pure: no Django, no database. Hours are hours on the wall clock of one zone, so an instant is working time
exactly when that clock shows an open hour. Where clocks go forward a window is therefore shorter than its
face, where they go back it is longer (a repeated hour counts twice), and a day that never was has none.

Everything is counted as elapsed time in whole microseconds; only what is returned as minutes is rounded,
always down. Clock changes come from the time zone database (IANA tzdata) through `zoneinfo`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from organization.public_holidays import calendar_for
from organization.spans import Span, Tally, merge, without
from organization.wall_clock import (
    DAY,
    EPOCH_DAY,
    MINUTE,
    SECOND,
    Offset,
    as_utc,
    day_number,
    from_micros,
    offsets,
    to_micros,
)

__all__ = ["Closure", "NoWorkingTime", "Window", "WorkingCalendar", "calendar_for"]

FIRST_YEAR, LAST_YEAR = 2, 9998  # a local day at either end may reach into the year next to it
BARREN_YEARS = 10
KEPT_YEARS = 64  # per calendar; a year of two windows a day takes about 15 kB

T = TypeVar("T")


class NoWorkingTime(ValueError):
    """No instant answers: over ten years in a row without work, or outside of the years 2 to 9998."""


@dataclass(frozen=True)
class Window:
    """Open hours on one weekday (0 Monday .. 6 Sunday), local, end exclusive; 00:00 as end is midnight after.

    ValueError for a weekday out of range, a time with a zone, or an end that is not after the start.
    """

    weekday: int
    start: time
    end: time

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"{self} has no such weekday: 0 is Monday, 6 is Sunday")
        _span(self, self.start, self.end)


@dataclass(frozen=True)
class Closure:
    """A local day, or the part of it from `start` to `end`, without work; None is the day's own edge.

    ValueError for a time with a zone, or an end that is not after the start (00:00 is midnight after).
    """

    day: date
    start: time | None = None
    end: time | None = None

    def __post_init__(self) -> None:
        _span(self, self.start, self.end)


class WorkingCalendar:
    """The working hours of one place: a zone, its weekly windows, minus holidays and closures.

    `holidays` are local days, or a function giving those of a (local) year. A function cannot be looked into,
    so `holiday_key` must say which one it is; without it the function's own `key` is taken where it has one
    (`calendar_for`). `fingerprint` is 16 hex digits over all of these, whatever their order, overlaps and
    repeats; calendars with the same one count alike. The version of tzdata is not in it.

    Years are worked out on first use and kept, 64 at most. Threads may share a calendar: nothing is changed
    in place, at worst two of them work out the same year.

    ValueError for an unknown zone, or when there is no window at all.
    """

    def __init__(
        self,
        zone: str,
        windows: Iterable[Window],
        holidays: Callable[[int], Iterable[date]] | Iterable[date] = (),
        closures: Iterable[Closure] = (),
        holiday_key: str = "",
    ) -> None:
        try:
            self.zone = ZoneInfo(zone).key
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"Unknown time zone {zone!r}") from error
        self._week = _by_day(range(7), ((w.weekday, _span(w, w.start, w.end)) for w in windows))
        if not any(self._week.values()):
            raise ValueError("A working calendar needs at least one window")
        self._closed = _by_day((), ((day_number(c.day), _span(c, c.start, c.end)) for c in closures))
        self._ask_holidays: Callable[[int], Iterable[date]] | None = None
        self._fixed_holidays: frozenset[int] = frozenset()
        if callable(holidays):
            self._ask_holidays = holidays
            holiday_key = holiday_key or str(getattr(holidays, "key", ""))
        else:
            self._fixed_holidays = frozenset(day_number(day) for day in holidays)
        self._asked_holidays: dict[int, frozenset[int]] = {}
        self._years: dict[int, Tally] = {}
        self.fingerprint: str = self._digest(holiday_key)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes in [start, end), rounded down; with `end` before `start`, minus the reverse.

        ValueError for a naive instant, and for years outside of 2 to 9998 (UTC).
        """
        low, high = as_utc(start), as_utc(end)
        if high < low:
            return -self.minutes_between(high, low)
        worked = self._year(high.year).until(to_micros(high)) - self._year(low.year).until(to_micros(low))
        worked += sum(self._year(year).total for year in range(low.year, high.year))
        return worked // MINUTE

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The earliest instant (UTC) from `start` on by which exactly `minutes` of work have been done.

        Negative minutes go back, to the latest instant from which that much work leads up to `start`; 0 gives
        `start` itself. Exact to the microsecond: seconds of a start inside a window are kept, never rounded.
        NoWorkingTime when more than ten calendar years in a row (UTC) are empty, or outside of the years 2 to
        9998; ValueError for a naive start.
        """
        utc = as_utc(start)
        if not minutes:
            return utc
        at, need = to_micros(utc), minutes * MINUTE
        # Work takes at least its own length, so what cannot fit is refused before any year is worked out.
        if not _FIRST <= at + need < _LAST:
            raise NoWorkingTime(f"{minutes} minutes from {start} lead out of {FIRST_YEAR} to {LAST_YEAR}")
        need += self._year(utc.year).until(at)
        return from_micros(self._forward(utc.year, need) if minutes > 0 else self._back(utc.year, need))

    def is_working(self, instant: datetime) -> bool:
        """Whether the instant is working time: a window's start is, its end is not."""
        utc = as_utc(instant)
        return self._year(utc.year).covers(to_micros(utc))

    def windows_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working spans (UTC, in order) of one local day after holidays, closures and clock changes.

        Spans that touch are one. Where clocks go back there may be more of them than the weekday has windows.
        """
        return [(from_micros(low), from_micros(high)) for low, high in self._spans_on(day_number(day))]

    def minutes_on(self, day: date) -> int:
        """Whole working minutes (elapsed, rounded down) of one local day."""
        return sum(high - low for low, high in self._spans_on(day_number(day))) // MINUTE

    def usual_minutes(self, weekday: int) -> int:
        """Minutes of the windows of a weekday (0 Monday .. 6 Sunday) on the face of the clock, whatever the date."""
        return sum(high - low for low, high in self._week[weekday]) // MINUTE

    def end_of_working_day(self, day: date) -> datetime:
        """The instant (UTC) at which work ends on a local day: what a due date means as an instant.

        A day without work stays the due date: it ends when its weekday usually ends or, where that weekday
        has no windows, at the latest end of the week. A usual end that clocks skip is the moment they change;
        of one that they repeat, the second counts.
        """
        number = day_number(day)
        spans = self._spans_on(number)
        if spans:
            return from_micros(spans[-1][1])
        usual = self._week[day.weekday()] or tuple(s for spans in self._week.values() for s in spans)
        wall = number * DAY + max(end for _, end in usual)
        *_, last = (part for part in self._offsets_around(number) if part.start + part.ahead < wall)
        return from_micros(min(wall - last.ahead, last.end))

    def _digest(self, holiday_key: str) -> str:
        days = [sorted(self._week.items()), sorted(self._closed.items()), sorted(self._fixed_holidays)]
        return hashlib.sha256(json.dumps([self.zone, days, holiday_key]).encode()).hexdigest()[:16]

    def _forward(self, year: int, need: int) -> int:
        """The first moment at which `need` (> 0) has been worked since `year` began."""
        barren = 0
        while need > (total := self._year(year).total):
            need, year = need - total, year + 1
            barren = _barren(barren, total, year)
        return self._year(year).earliest(need)

    def _back(self, year: int, need: int) -> int:
        """The last moment with no more than `need` worked since `year` began; below zero it lies before."""
        barren = 0
        while need < 0:
            year -= 1
            total = self._year(year).total
            need += total
            barren = _barren(barren, total, year)
        return self._year(year).latest(need)

    def _year(self, year: int) -> Tally:
        """The working time of one UTC year."""
        known = self._years.get(year)
        if known is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise NoWorkingTime(f"The year {year} is outside of {FIRST_YEAR} to {LAST_YEAR}")
            known = Tally(span for part in offsets(self.zone, year) for span in self._stretch(part))
            self._years = _kept(self._years, year, known)
        return known

    def _stretch(self, part: Offset) -> Iterator[Span]:
        """All working spans (UTC) of a stretch without clock changes."""
        first, last = (part.start + part.ahead) // DAY, (part.end + part.ahead - 1) // DAY
        for number in range(first, last + 1):
            yield from self._within(number, part)

    def _within(self, number: int, part: Offset) -> Iterator[Span]:
        """The working spans (UTC) of one local day that fall into a stretch without clock changes."""
        for low, high in self._hours(number):
            start = max(number * DAY + low - part.ahead, part.start)
            end = min(number * DAY + high - part.ahead, part.end)
            if start < end:
                yield start, end

    def _spans_on(self, number: int) -> tuple[Span, ...]:
        return merge(span for part in self._offsets_around(number) for span in self._within(number, part))

    def _offsets_around(self, number: int) -> list[Offset]:
        # No zone is two days away from UTC, not even one that skips or repeats a whole day.
        first, last = (date.fromordinal(number + EPOCH_DAY + days).year for days in (-2, 2))
        return [part for year in range(first, last + 1) for part in offsets(self.zone, year)]

    def _hours(self, number: int) -> tuple[Span, ...]:
        """Open hours of one local day on the face of the clock, in microseconds since its midnight."""
        day = date.fromordinal(number + EPOCH_DAY)
        hours = self._week[day.weekday()]
        if not hours or number in self._holidays_in(day.year):
            return ()
        for closed in self._closed.get(number, ()):
            hours = without(hours, closed)
        return hours

    def _holidays_in(self, year: int) -> frozenset[int]:
        if self._ask_holidays is None:
            return self._fixed_holidays
        known = self._asked_holidays.get(year)
        if known is None:
            known = frozenset(day_number(day) for day in self._ask_holidays(year))
            self._asked_holidays = _kept(self._asked_holidays, year, known)
        return known


def _span(owner: object, start: time | None, end: time | None) -> Span:
    """Microseconds since local midnight; no start is 00:00, no end or an end of 00:00 is 24:00."""
    times = start or time(), end or time()
    if any(at.tzinfo for at in times):
        raise ValueError(f"{owner} has a time with a zone; the zone is the calendar's")
    low, high = (((t.hour * 60 + t.minute) * 60 + t.second) * SECOND + t.microsecond for t in times)
    if low >= (high or DAY):
        raise ValueError(f"{owner} ends before it starts")
    return low, high or DAY


def _by_day(days: Iterable[int], spans: Iterable[tuple[int, Span]]) -> dict[int, tuple[Span, ...]]:
    """Spans merged by day; the days named are there even without any."""
    found: dict[int, list[Span]] = {day: [] for day in days}
    for day, span in spans:
        found.setdefault(day, []).append(span)
    return {day: merge(parts) for day, parts in found.items()}


def _barren(before: int, total: int, year: int) -> int:
    """How many years in a row had no work, after one that had `total`; NoWorkingTime when it is too many."""
    barren = 0 if total else before + 1
    if barren > BARREN_YEARS:
        raise NoWorkingTime(f"More than {BARREN_YEARS} years without working time around {year}")
    return barren


def _kept(cache: dict[int, T], year: int, value: T) -> dict[int, T]:
    """A new dictionary with `value` added, and the oldest entry dropped when it is full."""
    newest = list(cache.items())[-(KEPT_YEARS - 1) :]
    return {**dict(newest), year: value}


_FIRST = (date(FIRST_YEAR, 1, 1).toordinal() - EPOCH_DAY) * DAY
_LAST = (date(LAST_YEAR + 1, 1, 1).toordinal() - EPOCH_DAY) * DAY
