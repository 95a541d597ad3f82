"""What the task page can do: one entry for each verb, its key, its form and the words told when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization.models import User
from tasks import editing, finishing, forms, glass, rules, transitions
from tasks.models import Task

Run = Callable[[Task, User, dict[str, Any]], Task]


@dataclass(frozen=True)
class Act:
    """A verb as a person meets it. `form` None acts at once; `aside` verbs stand in the menu; `undo` offers undo."""

    verb: str
    label: str | Promise
    key: str
    run: Run
    done: str | Promise
    form: type[forms.VerbForm] | None = None
    undo: bool = True
    aside: bool = False
    danger: bool = False

    @property
    def name(self) -> str:
        """The verb in an address."""
        return self.verb.replace("_", "-")

    @property
    def asks(self) -> bool:
        """Is there a form to fill in first?"""
        return self.form is not None


def _instant(verb: Callable[..., Task]) -> Run:
    return lambda task, actor, data: verb(task, actor=actor)


def _with_reason(verb: Callable[..., Task]) -> Run:
    return lambda task, actor, data: verb(task, actor=actor, reason=data["reason"])


def _wait(task: Task, actor: User, data: dict[str, Any]) -> Task:
    return transitions.wait(task, actor=actor, kind=data["kind"], reason=data["reason"], until=data["until"])


def _assign(task: Task, actor: User, data: dict[str, Any]) -> Task:
    return transitions.assign(task, actor=actor, to=data["to"], override=data["override"])


def _take_over(task: Task, actor: User, data: dict[str, Any]) -> Task:
    override = data.get("override", "")
    return transitions.take_over(task, actor=actor, reason=data["reason"], override=override)


def _hand_off(task: Task, actor: User, data: dict[str, Any]) -> Task:
    return transitions.hand_off(task, actor=actor, department=data["department"], reason=data["reason"])


def _edit(task: Task, actor: User, data: dict[str, Any]) -> Task:
    return editing.edit(task, data["values"], actor=actor, revision=data["revision"])


def _attach(task: Task, actor: User, data: dict[str, Any]) -> Task:
    editing.attach_file(task, data["file"], actor=actor, for_requester=data.get("for_requester", False))
    return task


def _comment(task: Task, actor: User, data: dict[str, Any]) -> Task:
    editing.comment(task, data["text"], actor=actor, for_requester=data.get("for_requester", False))
    return task


_ALL = (
    Act("complete", _("Complete"), "e", _instant(finishing.complete), _("Completed %(task)s")),
    Act("submit", _("To review"), "v", _instant(finishing.submit), _("%(task)s is in review")),
    Act("approve", _("Approve"), "y", _instant(finishing.approve), _("Approved %(task)s")),
    Act(
        "send_back",
        _("Send back"),
        "b",
        _with_reason(finishing.send_back),
        _("Sent %(task)s back"),
        forms.ReasonForm,
    ),
    Act("claim", _("Claim"), "g", _instant(transitions.claim), _("Claimed %(task)s")),
    Act("start", _("Start"), "s", _instant(transitions.start), _("Started %(task)s")),
    Act("resume", _("Resume"), "u", _instant(transitions.resume), _("%(task)s waits no longer")),
    Act("wait", _("Wait"), "w", _wait, _("%(task)s waits"), forms.WaitForm),
    Act("hand_off", _("Hand off"), "h", _hand_off, _("Handed off %(task)s to %(department)s"), forms.HandOffForm),
    Act("release", _("Release"), "r", _instant(transitions.release), _("Released %(task)s to %(department)s")),
    Act("reopen", _("Reopen"), "o", _with_reason(transitions.reopen), _("Reopened %(task)s"), forms.ReasonForm),
    Act(
        "break_glass",
        _("Open it all the same"),
        "i",
        _with_reason(glass.break_glass),
        _("You can read %(task)s for an hour"),
        forms.GlassForm,
        undo=False,
    ),
    Act("assign", _("Assign"), "a", _assign, _("%(task)s is now with %(owner)s"), forms.AssignForm, aside=True),
    Act(
        "take_over",
        _("Take over"),
        "t",
        _take_over,
        _("You have %(task)s now"),
        forms.TakeOverForm,
        aside=True,
    ),
    Act("edit", _("Edit"), "d", _edit, _("Saved %(task)s"), forms.EditForm, undo=False, aside=True),
    Act(
        "attach",
        _("Attach a file"),
        "p",
        _attach,
        _("Attached to %(task)s"),
        forms.AttachForm,
        undo=False,
        aside=True,
    ),
    Act(
        "cancel",
        _("Cancel the task"),
        "q",
        _with_reason(transitions.cancel),
        _("Cancelled %(task)s"),
        forms.ReasonForm,
        aside=True,
        danger=True,
    ),
)
ACTS = {act.name: act for act in _ALL}
COMMENT = Act("comment", _("Comment"), "m", _comment, _("Comment added to %(task)s"), forms.CommentForm, undo=False)
WATCHED = Act("watch", "", "", lambda task, actor, data: task, _("You watch %(task)s"), undo=False)
UNWATCHED = Act("stop_watching", "", "", lambda task, actor, data: task, _("You watch %(task)s no longer"), undo=False)
SAVED = Act("mark_step", "", "", lambda task, actor, data: task, _("Saved on %(task)s"), undo=False)

BAR = 5  # buttons beside each other; the rest stands in the menu


@dataclass(frozen=True)
class Button:
    """A verb somebody may use on a task now. `blocked` is the id of the words that say why not yet."""

    act: Act
    href: str
    blocked: str = ""


def toolbar(sheet: Any) -> tuple[list[Button], list[Button]]:
    """Buttons for the bar and for the menu behind it: right and state allow what is shown."""
    task, user = sheet.task, sheet.user
    found = [
        Button(act, reverse("tasks:verb", args=[task.reference, act.name]), _blocked(act, sheet))
        for act in _ALL
        if rules.may(user, act.verb, task)
    ]
    bar = [button for button in found if not button.act.aside]
    menu = [button for button in found if button.act.aside]
    if len(found) <= BAR:
        return found, []
    return bar[:BAR], bar[BAR:] + menu


def _blocked(act: Act, sheet: Any) -> str:
    if act.verb in {"complete", "submit"} and sheet.needed:
        return "steps-words"
    if act.verb in {"claim", "approve", "send_back"} and sheet.why_not:
        return "why-words"
    return ""
