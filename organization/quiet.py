"""When mail may reach somebody: mornings and quiet hours on the clock of a zone. Pure.

A local time that a clock change skips is the moment as counted before the change, one that it repeats its first
(`zoneinfo`, fold 0; PEP 495).
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ONE_DAY = dt.timedelta(days=1)


def instant(day: dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The instant (UTC) of a local time on a local day."""
    return dt.datetime.combine(day, at, zone).astimezone(dt.UTC)


def morning_after(now: dt.datetime, at: dt.time, zone: ZoneInfo, digested_on: dt.date | None) -> dt.datetime:
    """The next instant (UTC) for the morning mail: `now` or later, on a local day that has had none yet."""
    today = now.astimezone(zone).date()
    day = today if digested_on is None else max(today, digested_on + ONE_DAY)
    first = instant(day, at, zone)
    # A morning that is over and had no mail is made up for by the next one: nobody wants it in the evening.
    return first if first >= now else instant(day + ONE_DAY, at, zone)


def quiet_end(now: dt.datetime, start: dt.time | None, end: dt.time | None, zone: ZoneInfo) -> dt.datetime | None:
    """The instant (UTC) at which the present quiet hours end; None where there are none now.

    They begin on some day's `start` and last until the next `end`, over midnight where that is the earlier time.
    """
    if start is None or end is None or start == end:
        return None
    today = now.astimezone(zone).date()
    for day in (today - ONE_DAY, today):
        until = instant(day if end > start else day + ONE_DAY, end, zone)
        if instant(day, start, zone) <= now < until:
            return until
    return None
