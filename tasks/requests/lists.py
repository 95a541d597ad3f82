"""What a colleague asked for: unfinished and finished, each by an index of its own, in words of who waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from core.pages import Page, Sort, page
from organization.models import User
from tasks.models import Comment, Task
from tasks.states import State, WaitReason

OPEN = Sort("open", "", "opened_at", descending=True)
DONE = Sort("done", "", "closed_at", descending=True)
SIZE = 30


@dataclass(frozen=True)
class Standing:
    """How a request stands: icon, class and words."""

    icon: str
    css: str
    words: str


def asked_and_answered() -> Exists:
    """Has who asked written something since it began to wait?"""
    return Exists(
        Comment.objects.filter(
            task=OuterRef("pk"),
            author=OuterRef("requester"),
            for_requester=True,
            written_at__gte=OuterRef("waiting_since"),
        )
    )


def asked_by(user: User) -> Any:
    """What the person asked for, with the names a list shows and whether a question was answered."""
    names = {"department_name": F("department__name"), "procedure_name": F("procedure__name")}
    return Task.objects.asked_by(user).annotate(answered=asked_and_answered(), **names)


def unfinished(user: User, place: str = "", size: int = SIZE) -> Page:
    """A page of what is not done yet, newest first. One statement."""
    return page(asked_by(user).unfinished(), OPEN, place, size)


def finished(user: User, place: str = "", size: int = SIZE) -> Page:
    """A page of what is done or cancelled, last first. One statement."""
    return page(asked_by(user).finished(), DONE, place, size)


def wants_answer(task: Any) -> bool:
    """Is the requester asked something they have not answered? `task` comes from `asked_by`."""
    asked = task.state == State.WAITING and task.waiting_kind == WaitReason.REQUESTER
    return asked and not task.answered


def standing(task: Any) -> Standing:
    """How it stands, for who asked for it."""
    if task.state == State.WAITING:
        if wants_answer(task):
            return Standing("s-over", "over", _("Your answer is wanted"))
        if task.waiting_kind == WaitReason.REQUESTER:
            return Standing("s-wait", "wait", _("You answered, they will go on"))
        return Standing("s-wait", "wait", _("Waits for somebody else"))
    if task.state == State.OPEN:
        words = _("Somebody has it") if task.assignee_id else _("Waits for somebody to take it")
        return Standing("s-open", "", words)
    return {
        State.PLANNED: Standing("clock", "", _("Planned for later")),
        State.IN_PROGRESS: Standing("s-prog", "prog", _("Being done")),
        State.IN_REVIEW: Standing("s-review", "review", _("Being looked over")),
        State.DONE: Standing("s-done", "", _("Done")),
        State.CANCELLED: Standing("x", "", _("Will not be done")),
    }[State(task.state)]
