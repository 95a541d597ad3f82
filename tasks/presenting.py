"""Rows of a list for one reader: state, clock and place in the working day, made in Python once a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock as clocks
from core.subjects import subject
from organization import dates
from organization.calendars import calendar_of
from organization.models import User
from organization.working_time import WorkingCalendar
from tasks import times
from tasks.names import Names
from tasks.rows import Drawn, Row, initials_of, write
from tasks.rules import sees_content, sees_internal
from tasks.states import FINISHED, Priority, State, WaitReason

MARKS = {  # icon, class: the shape of a state
    State.PLANNED: ("clock", "faint"),
    State.OPEN: ("s-open", ""),
    State.IN_PROGRESS: ("s-prog", "prog"),
    State.WAITING: ("s-wait", "wait"),
    State.IN_REVIEW: ("s-review", "review"),
    State.DONE: ("s-done", "prog"),
    State.CANCELLED: ("x", "faint"),
}
RUNNING = frozenset({State.OPEN, State.IN_PROGRESS})


@lru_cache(maxsize=64)
def words_of(language: str) -> dict[Any, str]:
    """The words of rows in a language, looked up once: labels by (kind, value), patterns by name."""
    kinds = (State, Priority, WaitReason)
    return {(kind.__name__, one.value): str(one.label) for kind in kinds for one in kind} | {
        "until": _("until {}"),
        "since": _("since {}"),
        "from": _("from {}"),
        "done": _("done {}"),
        "cancelled": _("cancelled {}"),
        "over": _("{} over"),
        "left": _("{} left"),
        "due": _("due {}"),
        "title": _("Due {}"),
        "overdue": _("Overdue"),
        "confidential": _("Confidential task"),
        "review": _("four eyes"),
        "yours": _("your answer"),
    }


class Clock(NamedTuple):
    """What the clock of a row says: `words` (HTML), the instant behind them, its class."""

    words: str
    at: str
    title: str
    css: str = ""


@dataclass
class Group:
    """A heading and the rows below it; `count` is empty where the page does not show all of them."""

    name: str
    rows: list[SafeString] = field(default_factory=list)
    count: str = ""


class Presenter:
    """Makes rows for one reader and one moment. No statement of its own: `names` has what the rows point at.

    `picks` gives unfinished rows a box, for who works somewhere.
    """

    def __init__(self, user: User, names: Names, *, picks: bool = False) -> None:
        self.user = user
        self.names = names
        self.now = clocks.now()
        self.zone = timezone.get_current_timezone()
        self.here = self.now.astimezone(self.zone)
        self.words = words_of(get_language() or "en")
        self.sprite = static("icons.svg")
        self.picks = picks and bool(user.is_admin or user.standing.departments)
        self._days: dict[int, tuple[dt.date, dt.date]] = {}

    def calendar(self, row: Row) -> WorkingCalendar:
        return calendar_of(self.names.department(row.department_id))

    def due_day(self, row: Row) -> dt.date:
        """The day a task is due where the work is done."""
        return row.due_at.astimezone(self.names.department(row.department_id).site.zone).date()

    def clock(self, row: Row) -> Clock:
        """The one time that matters in the task's state: left, over, until, since, from, done."""
        state = row.state
        if state in RUNNING:
            return self._running(row)
        if state == State.WAITING and row.waiting_until:
            return self._dated("until", row.waiting_until)
        if state == State.PLANNED and row.ready_at:
            return self._dated("from", row.ready_at)
        if state in FINISHED and row.closed_at:
            return self._dated(state, row.closed_at)
        return self._dated("since", row.waiting_since or row.submitted_at or row.changed_at)

    def _dated(self, words: str, instant: dt.datetime) -> Clock:
        local = instant.astimezone(self.zone)
        return Clock(
            self._bold(words, dates.moment(local, self.here)), local.isoformat(timespec="minutes"), dates.whole(local)
        )

    def _running(self, row: Row) -> Clock:
        minutes = self.calendar(row).minutes_between(self.now, row.due_at)
        if row.due_is_date:
            day = self.due_day(row)
            iso, exact = day.isoformat(), dates.whole_day(day)
        else:
            at = row.due_at.astimezone(self.zone)
            day, iso, exact = at.date(), at.isoformat(timespec="minutes"), dates.whole(at)
        title = self.words["title"].format(exact)
        late = row.due_at < self.now
        if late and not minutes:  # since then nobody worked
            return Clock(
                self._bold("due", dates.moment(row.due_at.astimezone(self.zone), self.here)), iso, title, "over"
            )
        if late and abs(minutes) >= times.LATE:  # so late that the day says more than the hours
            return Clock(self._bold("due", dates.day(day, self.here.date())), iso, title, "over")
        if late or minutes < times.LONG:
            return Clock(
                self._bold("over" if late else "left", times.span(minutes)), iso, title, "over" if late else ""
            )
        return Clock(self._bold("due", dates.day(day, self.here.date())), iso, title)

    def _bold(self, words: str, time: str) -> str:
        """The pattern with its time in bold, as HTML."""
        return self.words[words].format(f"<b>{escape(time)}</b>")

    def row(
        self, row: Row, *, href: str, chosen: bool = False, with_department: bool = False, oob: bool = False
    ) -> SafeString:
        """The row as HTML."""
        clock = self.clock(row)
        icon, css = MARKS[row.state]  # type: ignore[index]
        word = self.words["State", row.state]
        if row.state in RUNNING and row.due_at < self.now:
            icon, css, word = "s-over", "over", self.words["overdue"]
        masked = row.confidential and not sees_content(self.user, row)  # type: ignore[arg-type]
        known = subject(row.subject_kind) if row.subject_kind else None
        about = "" if masked else row.subject_ref
        if with_department:
            name = self.names.department(row.department_id).name
            about = f"{name} · {about}" if about else name
        drawn = Drawn(
            pk=row.pk,
            title=self.words["confidential"] if masked else row.title,
            href=href,
            chosen=chosen,
            mark=icon,
            mark_css=css,
            word=word,
            clock=clock.words,
            clock_css=clock.css,
            at=clock.at,
            when=clock.title,
            kind_icon="lock" if row.confidential else known.icon if known else "rule",
            kind=self.names.get(("procedure", row.procedure_id)),
            about=about,
            pick=self.picks and row.state not in FINISHED,
            **self._tail(row, masked),
        )
        return write(drawn, self.sprite, oob=oob)

    def _tail(self, row: Row, masked: bool) -> dict[str, str]:
        """The end of the second line: what it waits for, that it is in review, its priority, who has it."""
        high = end = css = who = initials = ""
        if row.state == State.WAITING:
            end, css = row.waiting_reason if sees_internal(self.user, row) else "", "wait"  # type: ignore[arg-type]
            mine = row.waiting_kind == WaitReason.REQUESTER and row.requester_id == self.user.pk
            end = end or (self.words["yours"] if mine else self.words["WaitReason", row.waiting_kind])
        elif row.state == State.IN_REVIEW:
            end, css = self.words["review"], "review"
        elif row.priority < Priority.NORMAL and row.state not in FINISHED:
            high = self.words["Priority", row.priority]
        elif row.priority == Priority.LOW and row.state not in FINISHED:
            end, css = self.words["Priority", row.priority], "faint"
        if row.assignee_id and row.assignee_id != self.user.pk:
            who = self.names.get(("person", row.assignee_id))
            initials = initials_of(who) if who else ""
        return {"high": high, "end": end, "end_css": css, "who": who, "initials": initials}

    def groups(self, pairs: Iterable[tuple[Row, SafeString]], *, whole: bool) -> list[Group]:
        """Rows under the headings of a working day, in the order they came; counts only where nothing is left out."""
        names = {
            "over": _("Overdue"),
            "today": _("Today"),
            "tomorrow": _("Tomorrow"),
            "next": _("Next working day"),
            "later": _("Later"),
            "planned": _("Planned"),
            "waiting": _("Waiting"),
            "review": _("In review"),
            "finished": _("Finished"),
        }
        made = {key: Group(name) for key, name in names.items()}
        for row, html in pairs:
            made[self.group_of(row)].rows.append(html)
        found = [group for group in made.values() if group.rows]
        for group in found:
            group.count = str(len(group.rows)) if whole else ""
        return found

    def group_of(self, row: Row) -> str:
        """Where a task belongs in the working day of its department."""
        if row.state not in RUNNING:
            fixed = {State.WAITING: "waiting", State.IN_REVIEW: "review", State.PLANNED: "planned"}
            return fixed.get(State(row.state), "finished")
        if row.due_at < self.now:
            return "over"
        today, following = self._working_days(row)
        due = self.due_day(row)
        if due <= today:
            return "today"
        if due <= today + dt.timedelta(days=1):
            return "tomorrow"
        return "next" if due <= following else "later"

    def _working_days(self, row: Row) -> tuple[dt.date, dt.date]:
        """Today and the next day with work, where the task is done."""
        known = self._days.get(row.department_id)
        if known is None:
            today = self.now.astimezone(self.names.department(row.department_id).site.zone).date()
            days = (today + dt.timedelta(days=ahead) for ahead in range(1, 15))
            calendar = self.calendar(row)
            following = next((day for day in days if calendar.minutes_on(day)), today + dt.timedelta(days=1))
            known = self._days[row.department_id] = today, following
        return known
