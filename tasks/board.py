"""A department's board as its templates draw it: figures, a line for each person, the work that may be moved.

Everything is read once for one reader and one moment; templates get plain words and numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.dateformat import format as written
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import clock
from organization import dates
from organization.calendars import calendar_of, today_in
from organization.capacity import Member, members_on, working_day
from organization.models import Absence, Department, Holding, User
from organization.standing import manages
from tasks import load, times
from tasks.lists import capped
from tasks.load import Day, Figures, InHand
from tasks.load_bars import Bar, bar_of, tick_for

SKILLS = 2


def hours(minutes: int) -> str:
    """Minutes in hours as people count them: 8.8, a quarter exactly: 3.75."""
    places = 2 if minutes % 30 == 15 else 1
    return number_format(round(minutes / 60, places), places)


def percent(minutes: int, capacity: int) -> int | None:
    """Load in percent; None where there is no capacity to compare with."""
    return round(100 * minutes / capacity) if capacity else None


@dataclass(frozen=True)
class Line:
    """One person of the board. `place` sorts: here, no hours today, away, no longer a member."""

    person: User
    hand: InHand
    capacity: int
    place: int
    tick: float = 0
    note: str = ""
    words: str = ""
    absence: Absence | None = None
    added: int = 0
    chosen: bool = False

    HERE, OFF, AWAY, LEFT = range(4)

    @property
    def load(self) -> int | None:
        return percent(self.hand.minutes, self.capacity)

    @property
    def after(self) -> int | None:
        """Load with what a move would add."""
        return percent(self.hand.minutes + self.added, self.capacity)

    @property
    def bar(self) -> Bar:
        return bar_of(self.hand, self.capacity, self.tick, self.added)

    @property
    def hours(self) -> str:
        return hours(self.hand.minutes)

    @property
    def of_hours(self) -> str:
        return hours(self.capacity)

    @property
    def counts(self) -> list[tuple[str, str]]:
        """In progress, waiting, open, each with its word; empty where there is none."""
        more = "+" if self.hand.capped else ""
        words = (
            (_("In progress"), self.hand.in_progress),
            (_("Waiting"), self.hand.waiting),
            (_("Open"), self.hand.tasks),
        )
        return [(label, f"{count}{more}" if count else "") for label, count in words]

    @property
    def label(self) -> str:
        """The person in the list one chooses from: Kofi Adjei, 56 %."""
        if self.load is not None and self.place == self.HERE:
            return _("%(person)s, %(load)s %%") % {"person": self.person.name, "load": self.load}
        return f"{self.person.name}, {self.words}" if self.words else self.person.name

    @property
    def movable(self) -> str:
        """The button that moves somebody's work to their substitute."""
        if self.absence is None or self.absence.substitute is None or not self.hand.movable:
            return ""
        return ngettext(
            "Move %(count)s task to %(person)s", "Move %(count)s tasks to %(person)s", self.hand.movable
        ) % {
            "count": f"{load.MOST}+" if self.hand.capped else self.hand.movable,
            "person": self.absence.substitute.name,
        }


@dataclass
class Board:
    """One department for one reader. What is not asked for is not read."""

    user: Any
    department: Department
    now: dt.datetime = field(default_factory=clock.now)

    @cached_property
    def manages(self) -> bool:
        return manages(self.user, self.department.pk)

    @cached_property
    def here(self) -> dt.datetime:
        """The moment on the department's clock."""
        return self.now.astimezone(self.department.site.zone)

    @property
    def here_words(self) -> str:
        """The department's day and time: Thu 19 Nov, 10:42."""
        return f"{written(self.here, pgettext('date format: weekday, day, month', 'D j M'))}, {self.here:%H:%M}"

    @cached_property
    def day(self) -> dt.date:
        """The day the load is held against: today, or the next working day where today is none."""
        return working_day(self.department, self.now)

    @cached_property
    def day_words(self) -> str:
        """Words for the day within a sentence."""
        if self.day == self.here.date():
            return _("today")
        return _("on %(day)s") % {"day": written(self.day, pgettext("date format: weekday, day, month", "D j M"))}

    @cached_property
    def members(self) -> list[Member]:
        return members_on(self.department, self.day, self.now)

    @cached_property
    def hands(self) -> dict[int, InHand]:
        return load.in_hand(self.department.pk, self.now)

    @cached_property
    def figures(self) -> Figures:
        return load.figures_of(self.department, self.now)

    @cached_property
    def load(self) -> Day:
        return load.day_of(self.members, self.hands)

    @cached_property
    def skills(self) -> Mapping[int, list[str]]:
        """What the members are certified for today, highest level first."""
        people = [member.person.pk for member in self.members]
        rows = Holding.objects.on(today_in(self.department, self.now)).filter(person__in=people)
        found: dict[int, list[str]] = {}
        for row in rows.select_related("qualification").order_by("-level", "qualification__name"):
            found.setdefault(row.person_id, []).append(f"{row.qualification.name} {row.level}")
        return found

    @cached_property
    def lines(self) -> list[Line]:
        """Members by load, then who is off or away, then people who hold work and are members no longer."""
        known = {member.person.pk for member in self.members}
        lines = [self._line(member) for member in self.members]
        gone = [hand for pk, hand in self.hands.items() if pk not in known]
        people = User.objects.in_bulk([hand.person_id for hand in gone]) if gone else {}
        lines += [self._left(people[hand.person_id], hand) for hand in gone]
        tick = tick_for(line.load for line in lines if line.place == Line.HERE)
        lines = [replace(line, tick=tick) for line in lines]
        return sorted(
            lines, key=lambda line: (line.place, -(line.load or 0), -line.hand.minutes, line.person.folded_name)
        )

    def line_of(self, person_id: int | None) -> Line | None:
        return next((line for line in self.lines if line.person.pk == person_id), None)

    @property
    def receivers(self) -> list[Line]:
        """Members to choose from, the freest first."""
        members = [line for line in self.lines if line.place != Line.LEFT]
        return sorted(members, key=lambda line: (line.place, line.load or 0, line.person.folded_name))

    def _line(self, member: Member) -> Line:
        hand = self.hands.get(member.person.pk, InHand(member.person.pk))
        if member.gone and member.away:
            return Line(
                member.person,
                hand,
                0,
                Line.AWAY,
                words=_("absent until %(until)s") % {"until": self._until(member.away)},
                note=self._substitute(member.away),
                absence=member.away,
            )
        if not member.minutes:
            return Line(
                member.person,
                hand,
                0,
                Line.OFF,
                words=_("no hours %(day)s") % {"day": self.day_words},
                note=self._note(member),
            )
        return Line(member.person, hand, member.minutes, Line.HERE, note=self._note(member))

    def _left(self, person: User, hand: InHand) -> Line:
        return Line(person, hand, 0, Line.LEFT, words=_("no member today"))

    def _until(self, absence: Absence) -> str:
        """Until when, on the department's clock; an absence that ends at midnight ends with the day it leads to."""
        ends = absence.ends_at.astimezone(self.department.site.zone)
        if ends.time() == dt.time() and ends.date() != self.here.date():
            return dates.day(ends.date(), self.here.date())
        return dates.day_and_time(ends, self.here)

    def _substitute(self, absence: Absence) -> str:
        return _("Substitute: %(person)s") % {"person": absence.substitute.name} if absence.substitute else ""

    def _note(self, member: Member) -> str:
        """Part-day absences first, then what they are certified for."""
        zone = self.department.site.zone
        if member.away:
            return _("Away until %(time)s") % {"time": f"{member.away.ends_at.astimezone(zone):%H:%M}"}
        if member.part and member.part.starts_at > self.now:
            return _("Away from %(time)s") % {"time": f"{member.part.starts_at.astimezone(zone):%H:%M}"}
        if member.part:
            return _("Back since %(time)s") % {"time": f"{member.part.ends_at.astimezone(zone):%H:%M}"}
        skills = self.skills.get(member.person.pk, [])
        more = f" +{len(skills) - SKILLS}" if len(skills) > SKILLS else ""
        return ", ".join(skills[:SKILLS]) + more

    @property
    def address(self) -> str:
        return reverse("tasks:department", args=[self.department.code])


@dataclass(frozen=True)
class Figure:
    """One number of the strip: what it counts, the number, what stands behind it."""

    label: str
    number: str
    small: str = ""
    css: str = ""


def strip(board: Board) -> list[Figure]:
    """The figures on top of the board."""
    return [_load(board), *_backlog(board), _overdue(board), _on_time(board.figures)]


def _load(board: Board) -> Figure:
    day = board.load
    label = _("Load %(day)s") % {"day": board.day_words}
    share = percent(day.held, day.capacity)
    if share is None:
        return Figure(label, "–", _("nobody is there"))
    small = _("%(held)s h of %(capacity)s h") % {"held": hours(day.held), "capacity": hours(day.capacity)}
    return Figure(label, _("%(number)s %%") % {"number": share}, small)


def _backlog(board: Board) -> list[Figure]:
    backlog, day = board.figures.backlog, board.load
    days = load.days_to_clear(backlog, day)
    standard = _("%(hours)s h standard") % {"hours": hours(backlog.minutes)}
    if days is None:
        nothing = _("nothing free %(day)s") % {"day": board.day_words}
        clear = Figure(_("Days to clear it"), "–", nothing)
    else:
        small = _("at %(hours)s h free a day") % {"hours": hours(day.free)} if backlog.minutes else ""
        number = number_format(days, 1) if 0.05 <= days < 1000 or not days else "999+" if days > 1 else _("under 0.1")
        clear = Figure(_("Days to clear it"), number, small)
    return [Figure(_("Backlog, no owner"), number_format(backlog.tasks), standard), clear]


def _overdue(board: Board) -> Figure:
    figures = board.figures
    if not figures.overdue or figures.oldest_due is None:
        return Figure(_("Overdue"), "0")
    late = calendar_of(board.department).minutes_between(figures.oldest_due, board.now)
    small = _("oldest %(span)s") % {"span": times.span(late)}
    return Figure(_("Overdue"), capped(figures.overdue), small, "over")


def _on_time(figures: Figures) -> Figure:
    label = _("On time, last %(days)s working days") % {"days": load.DAYS}
    share = percent(figures.on_time, figures.done)
    if share is None:
        return Figure(label, "–", _("nothing finished"))
    words = _("%(on_time)s of the last %(done)s") if figures.partly else _("%(on_time)s of %(done)s")
    number = _("%(number)s %%") % {"number": share}
    return Figure(label, number, words % {"on_time": figures.on_time, "done": figures.done})
