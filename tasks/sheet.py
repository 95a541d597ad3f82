"""Everything the page of a task shows, for one reader: made in Python once, so that the template only lays it out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, subjects
from organization import dates
from organization.models import User
from records.models import Attachment
from tasks import parts, rules, times, why
from tasks.finishing import reviewer_failure
from tasks.instrument import due_words, instrument_of
from tasks.models import Step, StepRun, Task
from tasks.names import Names
from tasks.presenting import MARKS, words_of
from tasks.states import FINISHED, Priority, State, WaitReason
from tasks.steps import value_of
from tasks.timeline import Timeline


@dataclass
class Line:
    """A step as it is drawn. `typed` and `error` are what was refused; `first` is the next one to do."""

    step: Step
    done: bool
    value: Any
    shown: str
    by: str
    typed: str = ""
    error: str = ""
    first: bool = False

    @property
    def id(self) -> str:
        return f"s-{self.step.key}"

    @property
    def optional(self) -> bool:
        return not self.step.is_mandatory


class Sheet:
    """One task for one reader. Asks the database when it is made (at most three statements), and once more when the
    first name is wanted; `task` comes with its parts.
    """

    def __init__(self, task: Task, user: User, *, names: Names | None = None, everything: bool = False) -> None:
        self.task, self.user = task, user
        self.now = clock.now()
        self.zone = timezone.get_current_timezone()
        self.here = self.now.astimezone(self.zone)
        self.sees = rules.sees_content(user, task)
        self.internal = rules.sees_internal(user, task)
        self.title = task.title if self.sees else _("Confidential task")
        self.clock = instrument_of(task, self.now, self.zone)
        self.lines = self._lines() if self.internal else []
        self.files = parts.papers_of(task, user)
        self.timeline = (
            Timeline(task, user, names or Names(), internal=self.internal, everything=everything) if self.sees else None
        )
        self.subject = self._subject()
        self.why, self.why_not, self.may_have = self._whys()

    @property
    def answers(self) -> bool:
        """Does it wait for an answer of this reader?"""
        asked = self.task.state == State.WAITING and self.task.waiting_kind == WaitReason.REQUESTER
        return asked and self.task.requester_id == self.user.pk

    @property
    def glass(self) -> SafeString | str:
        """Until when this reader has opened confidential work to read it; empty for everybody else."""
        until = getattr(self.task, "open_until", None)
        return self.stamp(until) if until and self.sees and not rules.works_with(self.user, self.task) else ""

    @property
    def may_head(self) -> str:
        """What stands before the words of `may_have`."""
        return _("For you") if self.answers and not self.internal else _("Can I take it")

    def _whys(self) -> tuple[str, str, str]:
        """Why this one (of what is mine), what keeps me from it, or that nothing does and what to do."""
        task, user = self.task, self.user
        if not self.internal:
            return "", "", _("It waits for your answer: write it below.") if self.answers else ""
        if task.assignee_id == user.pk:
            running = task.state in {State.OPEN, State.IN_PROGRESS}
            return why.sentence(why.why_this(task, user)) if running else "", "", ""
        if task.state == State.IN_REVIEW and rules.can_review(user, task):
            involved = reviewer_failure(task, user)
            if involved:
                return "", why.sentence([involved]), ""
            return "", "", _("You can review it: you were not involved.")
        kept = why.why_not_me(user, task)
        if kept is None:
            return "", "", _("Nothing stands in the way: you can claim it.")
        return "", why.sentence([kept.sentence]), ""

    # marks

    @property
    def overdue(self) -> bool:
        return self.task.due_at < self.now and self.task.state not in {*FINISHED, State.PLANNED, State.WAITING}

    @property
    def mark(self) -> tuple[str, str, str]:
        """Icon, class and word of the state."""
        icon, css = MARKS[State(self.task.state)]
        return icon, css, str(State(self.task.state).label)

    @property
    def priority(self) -> tuple[str, str] | None:
        """Class and words of a priority worth saying."""
        if self.task.priority == Priority.NORMAL or self.task.state in FINISHED:
            return None
        css = "high" if self.task.priority < Priority.NORMAL else "faint"
        return css, _("%(name)s priority") % {"name": words_of(self._language())["Priority", self.task.priority]}

    @staticmethod
    def _language() -> str:
        from django.utils.translation import get_language

        return get_language() or "en"

    @property
    def time(self) -> SafeString:
        """The line beside the marks: how much working time is left, until when it waits, when it was done."""
        task = self.task
        if task.state in FINISHED:
            words = _("on {}") if task.state == State.DONE else _("since {}")
            return format_html(words, self.stamp(task.closed_at))
        if task.state == State.PLANNED:
            return format_html(_("opens {}"), self.stamp(task.ready_at))
        if task.state == State.WAITING:
            if task.waiting_until:
                return format_html(_("until {}"), self.stamp(task.waiting_until))
            return format_html(_("since {}"), self.stamp(task.waiting_since))
        if self.clock is None:
            return SafeString("")
        due = due_words(task, self.here)
        return format_html(_("<b>{}</b> of working time, due {}"), self.clock.left, due)

    def stamp(self, instant: dt.datetime | None) -> SafeString:
        """A <time> in the reader's zone, or a dash."""
        return dates.stamp(instant.astimezone(self.zone), self.here) if instant else SafeString("–")

    # facts

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """Names and values; what is empty is left out."""
        task = self.task
        found: list[tuple[str, Any]] = [
            (_("From"), task.requester.name if task.requester and self.sees else ""),
            (_("Received"), self.stamp(task.opened_at)),
            (
                _("Procedure"),
                _("%(name)s, version\u00a0%(number)s") % {"name": task.procedure.name, "number": task.version.number},
            ),
            (_("Owner"), self._owner()),
            (_("Department"), f"{task.department.name}, {task.department.site.name}"),
            (_("Standard"), self._standard() if self.internal else ""),
            (_("Waits for"), self._waits()),
            (_("Not before"), self.stamp(task.ready_at) if task.state == State.PLANNED else ""),
            (_("About"), self.about),
            (_("Labels"), ", ".join(getattr(task, "label_names", ())) if self.internal else ""),
            (_("Reference"), task.external_reference if self.internal else ""),
        ]
        return [(name, value) for name, value in found if value]

    @property
    def about(self) -> str:
        """What the subject is called, where it is not linked at the top."""
        return self.task.subject_ref if self.sees and not self.subject else ""

    def _owner(self) -> SafeString | str:
        task = self.task
        if task.assignee is None:
            return "" if task.state in FINISHED else _("Nobody yet")
        who = _("You") if task.assignee_id == self.user.pk else task.assignee.name
        if not task.claimed_at:
            return who
        return format_html(_("{who}, since {when}"), who=who, when=self.stamp(task.claimed_at))

    def _standard(self) -> str:
        standard = times.span(self.task.procedure.standard_minutes)
        if self.task.state in FINISHED or self.task.remaining_minutes == self.task.procedure.standard_minutes:
            return standard
        left = times.span(self.task.remaining_minutes)
        return _("%(standard)s; %(left)s to do") % {"standard": standard, "left": left}

    def _waits(self) -> str:
        if self.task.state != State.WAITING:
            return ""
        if self.answers:
            return _("your answer")
        kind = words_of(self._language())["WaitReason", self.task.waiting_kind]
        return f"{kind}: {self.task.waiting_reason}" if self.internal else kind

    def _subject(self) -> dict[str, Any] | None:
        """The link and the panel of what the task is about, if this reader may see it."""
        task = self.task
        known = subjects.subject(task.subject_kind) if task.subject_kind and self.internal else None
        if not known or not task.subject_id:
            return None
        row = subjects.find(self.user, task.subject_kind, task.subject_id)
        if row is None:
            return None
        return {
            "label": known.label,
            "icon": known.icon,
            "ref": task.subject_ref or str(row),
            "href": known.url(row),
            "panel": known.panel(row) if known.panel else "",
        }

    # steps

    def _lines(self) -> list[Line]:
        lines = [self._line(step, run) for step, run in parts.steps_of(self.task)]
        following = next((line for line in lines if not line.done), None)
        if following and self.can_mark:
            following.first = True
        return lines

    def _line(self, step: Step, run: StepRun | None) -> Line:
        value = value_of(run, step)
        by: Any = ""
        if run and run.marked_at:
            who = _("you") if run.marked_by_id == self.user.pk else run.marked_by.name if run.marked_by else ""
            by = format_html("{}, {}", who, self.stamp(run.marked_at))
        return Line(step, bool(run and run.marked_at), value, _shown(value), by, typed=_typed(value))

    def refuse(self, key: str, typed: str, sentence: str) -> None:
        """Show what was refused at its step, as it was typed."""
        for line in self.lines:
            if line.step.key == key:
                line.typed, line.error, line.done = typed, sentence, False

    @property
    def can_mark(self) -> bool:
        return rules.may(self.user, "mark_step", self.task)

    @property
    def steps_words(self) -> str:
        """How far the steps are, and what is missing."""
        done = sum(line.done for line in self.lines)
        said = _("%(done)s of %(all)s done") % {"done": done, "all": len(self.lines)}
        if self.task.state in FINISHED or not self.needed:
            return said
        if self.task.version.wants_review:
            more = ngettext(
                "%(count)s needed before it can go to review",
                "%(count)s needed before it can go to review",
                self.needed,
            )
        else:
            more = ngettext(
                "%(count)s needed before you can complete", "%(count)s needed before you can complete", self.needed
            )
        return f"{said}, {more % {'count': self.needed}}"

    @property
    def needed(self) -> int:
        """Mandatory steps that are not marked."""
        return sum(line.step.is_mandatory and not line.done for line in self.lines)


def visible_files(task: Task, user: User) -> Any:
    """Files of a task this person may open: all for those inside, released ones for who only asked for it."""
    files: Any = Attachment.objects.of("task", task.pk)
    if not rules.sees_content(user, task):
        return files.none()
    return files if rules.sees_internal(user, task) else files.filter(released_by__isnull=False)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.date):
        return dates.plain_day(value)
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else str(localize(value.normalize() + 0))


def _typed(value: Any) -> str:
    """The value as its input takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value.normalize():f}"
