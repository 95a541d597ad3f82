"""Medians in microseconds of working-time arithmetic over a year, with a warm calendar.

Run `python bench/working_time.py`: prints JSON. Target of the product: under 50 for each.
"""

import json
import random
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter_ns

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from organization.working_time import Closure, Window, WorkingCalendar, calendar_for

ROUNDS = 10_000


def office() -> WorkingCalendar:
    """A usual office: split days in a zone with clock changes, public holidays, and a closed week a year."""
    hours = [(time(8, 30), time(12)), (time(13), time(17, 15))]
    windows = [Window(weekday, start, end) for weekday in range(5) for start, end in hours]
    closures = [Closure(date(year, 12, day)) for year in range(2020, 2032) for day in range(24, 32)]
    return WorkingCalendar("Europe/Berlin", windows, calendar_for("DE", "BY"), closures)


def timed(call: Callable[[datetime], object], starts: list[datetime]) -> float:
    """Median microseconds of one call."""
    taken = []
    for start in starts:
        before = perf_counter_ns()
        call(start)
        taken.append(perf_counter_ns() - before)
    return round(median(taken) / 1000, 2)


def main() -> None:
    calendar, chance, year = office(), random.Random(2), timedelta(days=365)
    base = datetime(2025, 1, 1, tzinfo=UTC)
    starts = [base + timedelta(seconds=chance.randrange(3 * 365 * 86_400)) for _ in range(ROUNDS)]
    minutes = calendar.minutes_between(base, base + year)
    calendar.minutes_between(base - year, base + 6 * year)  # warm
    figures = {
        "minutes_between_us": timed(lambda start: calendar.minutes_between(start, start + year), starts),
        "add_minutes_us": timed(lambda start: calendar.add_minutes(start, minutes), starts),
        "rounds": ROUNDS,
        "minutes": minutes,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
