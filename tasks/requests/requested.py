"""Everything the page of a request shows to who asked for it, made in Python once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import clock
from organization import dates
from organization.models import User
from tasks import parts, rules
from tasks.models import Comment
from tasks.names import Names
from tasks.requests import lists
from tasks.requests.rules import can_withdraw
from tasks.states import FINISHED
from tasks.timeline import Timeline


class Requested:
    """One request for one reader, always as from outside: also who works there sees what the requester sees."""

    def __init__(self, task: Any, user: User, *, everything: bool = False) -> None:
        self.task, self.user = task, user
        self.zone = timezone.get_current_timezone()
        self.here = clock.now().astimezone(self.zone)
        self.timeline = Timeline(task, user, Names(), internal=False, everything=everything)
        self.standing = lists.standing(task)
        self.wants_answer = lists.wants_answer(task)

    def stamp(self, instant: dt.datetime) -> SafeString:
        """A <time> in the reader's zone."""
        return dates.stamp(instant.astimezone(self.zone), self.here)

    @property
    def papers(self) -> list[parts.Paper]:
        """Files the requester sees."""
        return [
            parts.Paper(one["pk"], one["name"], one["size"], False) for one in self.task.file_parts if one["released"]
        ]

    @property
    def question(self) -> Comment | None:
        """The last thing somebody else wrote for the requester."""
        if not self.wants_answer:
            return None
        said = Comment.objects.filter(task=self.task.pk, for_requester=True).exclude(author=self.user)
        return said.select_related("author").order_by("-id").first()

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """Names and values; what is empty is left out."""
        task, stamp = self.task, self.stamp
        wanted = "" if task.due_from_target else stamp(task.due_at)
        found: list[tuple[str, Any]] = [
            (_("Kind"), task.procedure.name),
            (_("Done by"), task.department.name),
            (_("In the hands of"), task.assignee.name if task.assignee and task.state not in FINISHED else ""),
            (_("Asked for"), stamp(task.opened_at)),
            (_("Wanted"), wanted),
            (_("Finished"), stamp(task.closed_at) if task.closed_at else ""),
        ]
        return [(name, value) for name, value in found if value]

    @property
    def may_withdraw(self) -> bool:
        return self.task.state not in FINISHED and can_withdraw(self.user, self.task)

    @property
    def may_reopen(self) -> bool:
        """Within the department's limit."""
        task = self.task
        if task.state not in FINISHED or not rules.can_reopen(self.user, task):
            return False
        return bool(clock.now() <= task.closed_at + dt.timedelta(days=task.department.reopen_days))
