"""Work in and out of a department over its last working days: read bounded by index, drawn as SVG, told as a table.

What went is read from the newest of `task_closed`, what came from them and from the unfinished in `task_opened`, up to
MOST rows of each. A department with more than that shows as many days as are whole.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.utils.dateformat import format as written
from django.utils.translation import ngettext, pgettext

from organization.calendars import calendar_of, today_in
from organization.models import Department
from tasks.load import start_of_days
from tasks.states import UNFINISHED

DAYS, WEEK, MOST = 20, 5, 2000
_OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in UNFINISHED))
_COUNTS = f"""WITH gone AS MATERIALIZED (SELECT opened_at, closed_at FROM tasks_task
    WHERE department_id = %(department)s AND NOT {_OPEN} AND closed_at >= %(since)s
    ORDER BY closed_at DESC, id DESC LIMIT %(most)s),
  here AS MATERIALIZED (SELECT opened_at FROM tasks_task WHERE department_id = %(department)s AND {_OPEN}
    ORDER BY opened_at DESC, id DESC LIMIT %(most)s),
  moves AS (SELECT opened_at AS at, 1 AS came, 0 AS went FROM here
    UNION ALL SELECT opened_at, 1, 0 FROM gone UNION ALL SELECT closed_at, 0, 1 FROM gone
    UNION ALL SELECT %(since)s, 0, 0)
SELECT (at AT TIME ZONE %(zone)s)::date, sum(came), sum(went), (SELECT count(*) FROM here),
  GREATEST((SELECT min(closed_at) FROM gone HAVING count(*) >= %(most)s),
    (SELECT min(opened_at) FROM here HAVING count(*) >= %(most)s))
FROM moves WHERE at >= %(since)s GROUP BY 1"""


@dataclass(frozen=True)
class Day:
    """One working day: how much came and went, and what was unfinished at its end (None where that is not known)."""

    day: dt.date
    came: int
    went: int
    left: int | None

    @property
    def words(self) -> str:
        return written(self.day, pgettext("date format: weekday, day, month", "D j M"))


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing, as SVG wants its lengths (never localised)."""

    css: str
    x: str
    y: str
    height: str


LEFT, RIGHT, MIDDLE, ARM, FLOOR, CEILING = 26.0, 296.0, 62.0, 41.0, 206.0, 144.0
THICK = 8.0


@dataclass(frozen=True)
class Trend:
    """The days as they are drawn: a bar up for what came, one down for what went, below them what was unfinished."""

    days: list[Day]

    @property
    def last(self) -> Day:
        return self.days[-1]

    @property
    def newest_first(self) -> list[Day]:
        return self.days[::-1]

    @cached_property
    def most(self) -> int:
        """What the end of an arm stands for."""
        return _round_up(max(max(day.came, day.went) for day in self.days))

    @cached_property
    def most_left(self) -> int:
        return _round_up(max(day.left or 0 for day in self.days))

    def _x(self, number: int) -> float:
        """The middle of a day, days at the same distance."""
        return LEFT + (RIGHT - LEFT) * (number + 0.5) / len(self.days)

    @property
    def bars(self) -> list[Bar]:
        found = []
        for number, day in enumerate(self.days):
            x = self._x(number) - THICK / 2
            for css, count in (("g-in", day.came), ("g-out", day.went)):
                height = max(1.0, ARM * count / self.most) if count else 0.0
                y = MIDDLE - 1 - height if css == "g-in" else MIDDLE + 1
                found.append(Bar(css, f"{x:.1f}", f"{y:.1f}", f"{height:.1f}"))
        return found

    def _points(self) -> list[tuple[float, float]]:
        scale = (FLOOR - CEILING) / self.most_left
        return [(self._x(number), FLOOR - scale * (day.left or 0)) for number, day in enumerate(self.days)]

    @property
    def line(self) -> str:
        """The path of what was unfinished; empty where that is not known."""
        if self.last.left is None:
            return ""
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in self._points())

    @property
    def area(self) -> str:
        points = self._points()
        return f"{self.line}V{FLOOR:.0f}H{points[0][0]:.1f}Z" if self.line else ""

    @property
    def end(self) -> tuple[str, str]:
        """Where the line ends."""
        x, y = self._points()[-1]
        return f"{x:.1f}", f"{y:.1f}"

    @property
    def end_text(self) -> str:
        """Where the words beside its end stand, clear of the frame."""
        return f"{min(FLOOR, max(CEILING + 4, self._points()[-1][1] + 4)):.1f}"

    @property
    def ticks(self) -> list[tuple[str, str]]:
        """Days written below: the first, two between, the last."""
        count = len(self.days)
        chosen = sorted({0, count // 3, 2 * count // 3, count - 1}) if count > 8 else sorted({0, count - 1})
        form = pgettext("date format: day and month", "j M")
        return [(f"{self._x(number):.1f}", written(self.days[number].day, form)) for number in chosen]

    @property
    def title(self) -> str:
        return ngettext("%(count)s working day", "%(count)s working days", len(self.days)) % {"count": len(self.days)}

    @property
    def words(self) -> str:
        """What the drawing says, in a sentence or two."""
        week = self.days[-WEEK:]
        came, went = sum(day.came for day in week), sum(day.went for day in week)
        said = ngettext(
            "On the last working day %(came)s came in and %(went)s went out.",
            "In the last %(days)s working days %(came)s came in and %(went)s went out.",
            len(week),
        ) % {"days": len(week), "came": came, "went": went}
        if self.last.left is None:
            return said
        left = ngettext("%(count)s is still open.", "%(count)s are still open.", self.last.left)
        return f"{said} {left % {'count': self.last.left}}"


def _round_up(number: int) -> int:
    """The next of 5, 10, 20, 30, 40, 50, 60, 80, 100, 200 …, so that a scale ends at a figure people know."""
    step = 1
    while True:
        for one in (5, 10, 20, 30, 40):
            if number <= one * step:
                return one * step
        step *= 10


def trend_of(department: Department, now: dt.datetime) -> Trend:
    """The last DAYS working days up to `now`. One statement; `department` comes with site and calendar.

    What moved on another day counts to the working day after it, and all of it to the department the work is in now.
    """
    since = start_of_days(department, now, DAYS)
    values = {"department": department.pk, "since": since, "zone": department.site.time_zone, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        rows = cursor.fetchall()
    unfinished, whole = rows[0][3:]
    first = whole.astimezone(department.site.zone).date() + dt.timedelta(days=1) if whole else since.date()
    moved = {day: (int(came), int(went)) for day, came, went, _unfinished, _whole in rows}
    today = today_in(department, now)
    counts = _by_working_day(department, min(first, today), today, moved)
    return Trend(_with_what_was_left(counts, None if unfinished >= MOST else int(unfinished)))


def _by_working_day(
    department: Department, first: dt.date, today: dt.date, moved: dict[dt.date, tuple[int, int]]
) -> list[tuple[dt.date, int, int]]:
    calendar, found = calendar_of(department), []
    came = went = 0
    for ahead in range((today - first).days + 1):
        day = first + dt.timedelta(days=ahead)
        more = moved.get(day, (0, 0))
        came, went = came + more[0], went + more[1]
        if calendar.minutes_on(day) or (day == today and (came or went or not found)):
            found.append((day, came, went))
            came = went = 0
    return found


def _with_what_was_left(counts: list[tuple[dt.date, int, int]], left: int | None) -> list[Day]:
    """From what is left now backwards."""
    found = []
    for day, came, went in reversed(counts):
        found.append(Day(day, came, went, left))
        left = None if left is None else max(0, left - came + went)
    return found[::-1]
