"""What is mine: the most urgent of what I have with its clocks, answers that came, and who is not there today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.safestring import SafeString, mark_safe

from core import clock
from organization.models import Absence, CalendarClosure, User
from tasks.lists import Listing, page_of_rows
from tasks.models import Task
from tasks.names import Names
from tasks.presenting import MARKS, Clock, Presenter
from tasks.requests.lists import asked_and_answered
from tasks.rows import Row
from tasks.states import State, WaitReason

SHOWN = 6
AWAY = 10


@dataclass(frozen=True)
class Held:
    """A task I have: its row, mark (icon, class, word) and clock."""

    row: Row
    mark: tuple[str, str, str]
    clock: Clock

    @property
    def said(self) -> SafeString:
        """The clock's words, HTML the presenter made of translations and times."""
        return mark_safe(self.clock.words)  # noqa: S308


class Mine:
    """Five statements at the most, whatever there is: rows, names, answers, absences, closures."""

    def __init__(self, user: User) -> None:
        found = page_of_rows(user, Listing(scope="mine", size=SHOWN))
        names = Names()
        names.want(department={row.department_id for row in found.rows})
        presenter = Presenter(user, names)
        self.held = [Held(row, _mark(row), presenter.clock(row)) for row in found.rows]
        self.more = bool(found.next)
        self.answers = list(_answered(user)[:SHOWN])
        self.away = list(_away(user)[:AWAY])
        self.closed = _closed(user)


def _mark(row: Row) -> tuple[str, str, str]:
    icon, css = MARKS[State(row.state)]
    return icon, css, str(State(row.state).label)


def _answered(user: User) -> Any:
    """What waits for its requester, who has answered."""
    waiting: Any = Task.objects.mine(user).filter(state=State.WAITING, waiting_kind=WaitReason.REQUESTER)
    return waiting.filter(asked_and_answered()).select_related("requester").order_by("urgent_at", "id")


def _away(user: User) -> Any:
    """Absences now of people who work in my departments today."""
    today = clock.now().date()
    there = Q(person__memberships__ends_on__isnull=True) | Q(person__memberships__ends_on__gte=today)
    here: Any = Absence.objects.at(clock.now()).filter(
        there,
        person__memberships__department__in=user.standing.member,
        person__memberships__starts_on__lte=today,
        person__is_active=True,
    )
    return here.exclude(person=user).select_related("person", "substitute").distinct().order_by("ends_at", "id")


def _closed(user: User) -> list[Any]:
    """Closures today in my departments, each department's day being its own."""
    days = {post.department_id: post.day for post in user.standing.posts.values()}
    if not days:
        return []
    one = dt.timedelta(days=1)
    near = CalendarClosure.objects.filter(
        calendar__departments__in=days, day__gte=min(days.values()) - one, day__lte=max(days.values()) + one
    ).annotate(place=F("calendar__departments"), where=F("calendar__departments__name"))
    return [row for row in near.order_by("day", "start", "where") if row.day == days.get(row.place)]
