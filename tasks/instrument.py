"""A task’s clock as a drawing (templates/parts/_dial.html): from when it came to when it is due, in working time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from organization import dates
from organization.calendars import calendar_of
from tasks import times
from tasks.models import Task
from tasks.states import UNFINISHED, State

LENGTH = 100


@dataclass(frozen=True)
class Instrument:
    """Positions in hundredths; `state` is empty, soon, late or waiting; `words` say all of it in a sentence."""

    used: int
    start: int
    due: int
    state: str
    words: str
    left: str
    begin_words: str
    start_words: str
    due_words: str


def instrument_of(task: Task, now: dt.datetime, zone: dt.tzinfo) -> Instrument | None:
    """The drawing for an unfinished task; None for one that is planned or finished.

    `task.department` comes with site and calendar. `now` is aware, `zone` the reader's.
    """
    if task.state not in UNFINISHED or task.state == State.PLANNED:
        return None
    calendar = calendar_of(task.department)
    begin = max(task.opened_at, task.ready_at) if task.ready_at and task.ready_at < now else task.opened_at
    begin = min(begin, task.due_at)
    end = max(now, task.due_at)
    whole = max(1, calendar.minutes_between(begin, end))
    stood = task.waiting_since if task.state == State.WAITING and task.waiting_since else now

    def place(instant: dt.datetime) -> int:
        return max(0, min(LENGTH, LENGTH * calendar.minutes_between(begin, instant) // whole))

    here = now.astimezone(zone)
    late = task.due_at < now
    left = calendar.minutes_between(now, task.due_at)
    span = times.span(calendar.minutes_between(begin, task.due_at))
    due = due_words(task, here)
    start = start_words(task, here)
    said = _("%(time)s over") if late else _("%(time)s left")
    said = said % {"time": times.span(left)}
    moods = ((late, "late"), (task.state == State.WAITING, "waiting"), (task.start_by < now, "soon"))
    return Instrument(
        used=place(stood),
        start=place(task.start_by),
        due=place(task.due_at),
        state=next((mood for holds, mood in moods if holds), ""),
        words=_("%(said)s of %(span)s working time; start by %(start)s, due %(due)s")
        % {"said": said, "span": span, "start": start, "due": due},
        left=said,
        begin_words=_("Came %(when)s") % {"when": dates.day_and_time(begin.astimezone(zone), here)},
        start_words=_("Start by %(when)s") % {"when": start},
        due_words=_("Due %(when)s") % {"when": due},
    )


def start_words(task: Task, here: dt.datetime) -> str:
    """When to start at the latest. Where the due date is a day, no other day is named to who is in another zone."""
    at, there = task.start_by.astimezone(here.tzinfo), task.start_by.astimezone(task.department.site.zone)
    if task.due_is_date and at.date() != there.date():
        return dates.day(there.date(), here.date())
    return dates.day_and_time(at, here)


def due_words(task: Task, here: dt.datetime) -> str:
    """When it is due, as somebody would say it: a date stays a date."""
    if task.due_is_date:
        day = task.due_at.astimezone(task.department.site.zone).date()
        if day == here.date():
            return _("today")
        return dates.day(day, here.date())
    at = task.due_at.astimezone(here.tzinfo)
    if at.date() == here.date():
        return _("today %(time)s") % {"time": dates.day_and_time(at, here)}
    return dates.day_and_time(at, here)
