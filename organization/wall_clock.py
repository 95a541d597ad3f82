"""Instants as whole microseconds since 1970 (UTC), and how far the clock of a zone is ahead of them. Pure.

Clock changes come from the time zone database (IANA tzdata) through `zoneinfo`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC; ValueError for a naive one and for one that UTC cannot write."""
    if instant.utcoffset() is None:
        raise ValueError(f"{instant!r} is naive; give an instant with a zone")
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{instant!r} is outside of the years 1 to 9999") from error


def to_micros(utc: datetime) -> int:
    """Microseconds since 1970 of an instant in UTC."""
    since = utc - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def from_micros(micros: int) -> datetime:
    """The instant (UTC) that many microseconds after 1970 began."""
    return EPOCH + timedelta(microseconds=micros)


def day_number(day: date) -> int:
    """Days since 1970-01-01 of a local day."""
    return day.toordinal() - EPOCH_DAY


class Offset(NamedTuple):
    """From `start` to `end` (UTC) the wall clock is `ahead` of UTC; all microseconds."""

    start: int
    end: int
    ahead: int


@lru_cache(maxsize=1024)
def offsets(zone: str, year: int) -> tuple[Offset, ...]:
    """The stretches of one UTC year between clock changes; searched for, as `zoneinfo` lists none."""
    info = ZoneInfo(zone)

    def ahead(second: int) -> int:
        delta = (EPOCH + timedelta(seconds=second)).astimezone(info).utcoffset() or timedelta()
        return delta // timedelta(seconds=1)

    def changes(low: int, high: int) -> Iterator[int]:
        if ahead(low) == ahead(high):
            return
        if high - low == 1:
            yield high
            return
        middle = (low + high) // 2
        yield from changes(low, middle)
        yield from changes(middle, high)

    first, last = (to_micros(datetime(y, 1, 1, tzinfo=UTC)) // SECOND for y in (year, year + 1))
    edges = [first]
    # A look a day misses nothing: the shortest stretch in tzdata is four days (Africa/Freetown, 1939).
    for second in range(first, last, DAY // SECOND):
        edges.extend(changes(second, min(second + DAY // SECOND, last - 1)))
    edges.append(last)
    return tuple(Offset(a * SECOND, b * SECOND, ahead(a) * SECOND) for a, b in pairwise(edges))
