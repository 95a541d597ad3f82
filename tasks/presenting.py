"""Rows of a list as their template draws them: plain strings, made once a page, nothing asked again by the template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock as clocks
from core.subjects import subject
from organization.calendars import calendar_of
from organization.models import Department, User
from organization.working_time import WorkingCalendar
from tasks import times
from tasks.models import Task
from tasks.rules import sees_content
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
    """The words of states, priorities and reasons in a language, looked up once."""
    kinds = (State, Priority, WaitReason)
    return {(kind.__name__, one.value): str(one.label) for kind in kinds for one in kind}


@dataclass(frozen=True)
class Clock:
    """What the clock of a row says: `words` (safe), the instant behind them, its class."""

    words: SafeString
    at: str
    title: str
    css: str = ""


@dataclass
class Group:
    """A heading and the rows below it; `count` is empty where the page does not show all of them."""

    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    count: str = ""


class Presenter:
    """Makes rows for one reader and one moment. Reads the departments of the tasks in one statement, unless given."""

    def __init__(
        self, user: User, tasks: Sequence[Task], *, departments: dict[int, Department] | None = None
    ) -> None:
        self.user = user
        self.now = clocks.now()
        self.zone = timezone.get_current_timezone()
        self.here = self.now.astimezone(self.zone)
        self.words = words_of(get_language() or "en")
        ids = {task.department_id for task in tasks}
        read = Department.objects.select_related("site", "calendar").in_bulk(ids) if ids else {}
        self.departments: dict[int, Department] = departments or read
        self._days: dict[int, tuple[dt.date, dt.date]] = {}

    def calendar(self, task: Task) -> WorkingCalendar:
        return calendar_of(self.departments[task.department_id])

    def local(self, instant: dt.datetime) -> dt.datetime:
        return instant.astimezone(self.zone)

    def due_day(self, task: Task) -> dt.date:
        """The day a task is due where the work is done."""
        return task.due_at.astimezone(self.departments[task.department_id].site.zone).date()

    def overdue(self, task: Task) -> bool:
        return task.due_at < self.now and task.state in RUNNING

    def clock(self, task: Task) -> Clock:
        """The one time that matters in the task's state: left, over, until, since, from, done."""
        state = task.state
        if state == State.WAITING:
            if task.waiting_until:
                return self._dated(_("until {}"), task.waiting_until)
            return self._dated(_("since {}"), task.waiting_since or task.changed_at)
        if state == State.IN_REVIEW:
            return self._dated(_("since {}"), task.submitted_at or task.changed_at)
        if state == State.PLANNED and task.ready_at:
            return self._dated(_("from {}"), task.ready_at)
        if state in FINISHED and task.closed_at:
            return self._dated(_("done {}") if state == State.DONE else _("cancelled {}"), task.closed_at)
        return self._running(task)

    def _dated(self, words: str, instant: dt.datetime) -> Clock:
        local = self.local(instant)
        bold = format_html("<b>{}</b>", times.moment(local, self.here))
        return Clock(format_html(words, bold), local.isoformat(timespec="minutes"), times.whole(local))

    def _running(self, task: Task) -> Clock:
        minutes = self.calendar(task).minutes_between(self.now, task.due_at)
        at = self.local(task.due_at)
        iso, exact = at.isoformat(timespec="minutes"), times.whole(at)
        if task.due_is_date:
            day = self.due_day(task)
            iso, exact = day.isoformat(), times.whole_day(day)
        title = _("Due %(when)s") % {"when": exact}
        if task.due_at < self.now:
            return Clock(format_html(_("{} over"), _bold(times.span(minutes))), iso, title, "over")
        if minutes < times.LONG:
            return Clock(format_html(_("{} left"), _bold(times.span(minutes))), iso, title)
        day = self.due_day(task) if task.due_is_date else at.date()
        return Clock(format_html(_("due {}"), _bold(times.day(day, self.here.date()))), iso, title)

    def mark(self, task: Task) -> tuple[str, str, str]:
        """Icon, class and word of the state; being late comes before being open."""
        if self.overdue(task):
            return "s-over", "over", _("Overdue")
        icon, css = MARKS[State(task.state)]
        return icon, css, self.words["State", task.state]

    def row(self, task: Task, *, href: str, chosen: bool = False, with_department: bool = False) -> dict[str, Any]:
        """What the template of a row needs, as plain strings."""
        clock = self.clock(task)
        icon, css, word = self.mark(task)
        masked = task.confidential and not sees_content(self.user, task)
        known = subject(task.subject_kind) if task.subject_kind else None
        about = "" if masked else task.subject_ref
        if with_department:
            name = self.departments[task.department_id].name
            about = f"{name} · {about}" if about else name
        return {
            "id": task.pk,
            "title": _("Confidential task") if masked else task.title,
            "href": href,
            "on": chosen,
            "mark": icon,
            "mark_css": css,
            "word": word,
            "clock": clock.words,
            "at": clock.at,
            "when": clock.title,
            "clock_css": clock.css,
            "kind_icon": "lock" if task.confidential else known.icon if known else "rule",
            "kind": task.procedure.name,
            "about": about,
            **self.tail(task, masked),
        }

    def tail(self, task: Task, masked: bool) -> dict[str, Any]:
        """The end of the second line: what it waits for, who reviews or has it, its priority."""
        end = {"end": "", "end_css": "", "high": "", "who": "", "initials": ""}
        if task.state == State.WAITING:
            reason = "" if masked else task.waiting_reason
            end["end"], end["end_css"] = reason or self.words["WaitReason", task.waiting_kind], "wait"
        elif task.state == State.IN_REVIEW:
            end["end"], end["end_css"] = _("four eyes"), "review"
        elif task.priority < Priority.NORMAL and task.state not in FINISHED:
            end["high"] = self.words["Priority", task.priority]
        elif task.priority == Priority.LOW and task.state not in FINISHED:
            end["end"], end["end_css"] = self.words["Priority", task.priority], "faint"
        if task.assignee_id and task.assignee_id != self.user.pk and task.assignee:
            end["who"], end["initials"] = task.assignee.name, task.assignee.initials
        return end

    def groups(self, pairs: Iterable[tuple[Task, dict[str, Any]]], *, whole: bool) -> list[Group]:
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
        for task, row in pairs:
            made[self.group_of(task)].rows.append(row)
        found = [group for group in made.values() if group.rows]
        for group in found:
            group.count = str(len(group.rows)) if whole else ""
        return found

    def group_of(self, task: Task) -> str:
        """Where a task belongs in the working day of its department."""
        fixed = {State.WAITING: "waiting", State.IN_REVIEW: "review", State.PLANNED: "planned"}
        if task.state not in RUNNING:
            return fixed.get(State(task.state), "finished")
        if task.due_at < self.now:
            return "over"
        today, following = self._working_days(task)
        due = self.due_day(task)
        if due <= today:
            return "today"
        if due <= today + dt.timedelta(days=1):
            return "tomorrow"
        return "next" if due <= following else "later"

    def _working_days(self, task: Task) -> tuple[dt.date, dt.date]:
        """Today and the next day with work, where the task is done."""
        known = self._days.get(task.department_id)
        if known is None:
            today = self.now.astimezone(self.departments[task.department_id].site.zone).date()
            days = (today + dt.timedelta(days=ahead) for ahead in range(1, 15))
            calendar = self.calendar(task)
            following = next((day for day in days if calendar.minutes_on(day)), today + dt.timedelta(days=1))
            known = self._days[task.department_id] = today, following
        return known


def _bold(text: str) -> SafeString:
    return format_html("<b>{}</b>", text)
