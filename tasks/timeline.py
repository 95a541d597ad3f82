"""The history of a task in sentences, read from its events. Who only asked for it sees what concerns them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from organization.models import User
from records.models import Event
from tasks import times
from tasks.models import Comment, Task
from tasks.names import Names, names_of
from tasks.sentences import ICONS, SENTENCES, Sentence
from tasks.states import Priority

FEW, MOST = 30, 1000
_NUMBER = re.compile(r"-?\d+\.\d{6}")  # as steps keep them
# What somebody who only asked for a task is told, besides comments and files meant for them.
FOR_REQUESTER = frozenset(
    {"open", "start", "next", "wait", "submit", "complete", "approve", "cancel", "reopen", "hand_off", "undo"}
)
REASONS_FOR_REQUESTER = frozenset({"cancel", "reopen"})
FIELDS: dict[str, str | Promise] = {
    "title": gettext_lazy("title"),
    "text": gettext_lazy("text"),
    "priority": gettext_lazy("priority"),
    "due_at": gettext_lazy("due time"),
    "ready_at": gettext_lazy("not before"),
    "confidential": gettext_lazy("confidential"),
    "labels": gettext_lazy("labels"),
}


@dataclass(frozen=True)
class Entry:
    """One line: `words` is safe HTML, `quote` what somebody wrote (plain), `note` who sees it."""

    pk: int
    at: SafeString
    words: SafeString
    icon: str = ""
    initials: str = ""
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    more: bool


def timeline_of(task: Task, user: User, *, internal: bool, everything: bool = False) -> Timeline:
    """The newest entries (all up to a thousand when asked for). Three statements, fewer where nothing is named."""
    limit = MOST if everything else FEW
    events: Any = Event.objects.of_task(task.pk)
    if not internal:
        meant = Q(verb__in=["comment", "attach"], payload__body__for_requester=True)
        events = events.filter(Q(verb__in=FOR_REQUESTER) | meant)
    rows = list(events[: limit + 1])
    teller = _Teller(task, user, rows, internal)
    return Timeline([teller.entry(event) for event in rows[:limit]], len(rows) > limit)


def _body(event: Event) -> dict[str, Any]:
    """The payload, or nothing where it was erased."""
    payload = getattr(event, "payload", None)
    return payload.body if payload else {}


class _Teller:
    def __init__(self, task: Task, user: User, events: Sequence[Event], internal: bool) -> None:
        self.task, self.user, self.internal = task, user, internal
        self.zone = timezone.get_current_timezone()
        self.here = clock.now().astimezone(self.zone)
        self.comments = _comments(task, events)
        self.names = _names(events)
        self.verbs = {event.pk: event.verb for event in events}

    def entry(self, event: Event) -> Entry:
        body = _body(event)
        mine = event.actor_id == self.user.pk
        sentence = SENTENCES.get(event.verb, Sentence(gettext_lazy("{who}: {verb}"), gettext_lazy("{who}: {verb}")))
        pattern = sentence.pattern(mine=mine, by_clock=event.actor_id is None)
        words = format_html(str(pattern), **self._parts(event, body))
        quote, note = self._said(event, body)
        return Entry(
            pk=event.pk,
            at=times.stamp(event.occurred_at.astimezone(self.zone), self.here),
            words=words,
            icon="" if event.verb == "comment" else ICONS.get(event.verb, "queue"),
            initials=event.actor.initials if event.verb == "comment" and event.actor else "",
            quote=quote,
            note=note,
        )

    def _parts(self, event: Event, body: dict[str, Any]) -> dict[str, Any]:
        changes = body.get("changes", {})
        parts = {
            "who": event.actor.name if event.actor else _("The office"),
            "verb": event.verb.replace("_", " "),
            "to": self._named("person", changes.get("assignee_id")),
            "department": self._named("department", changes.get("department_id")),
            "step": body.get("instruction", body.get("step", "")),
            "name": body.get("name", ""),
            "fields": self._fields(body),
            "undone": self._undone(event),
        }
        if event.verb == "mark_step":
            parts["mark"] = _("marked") if body.get("done", True) else _("took back the mark of")
        if event.on_behalf_of:
            parts["who"] = _("%(who)s on behalf of %(other)s") % {
                "who": parts["who"],
                "other": event.on_behalf_of.name,
            }
        return parts

    def _named(self, kind: str, change: list[Any] | None) -> str:
        if not change or change[1] is None:
            return _("nobody")
        if kind == "person" and change[1] == self.user.pk:
            return _("you")
        return self.names.get((kind, change[1]), "?")

    def _fields(self, body: dict[str, Any]) -> str:
        changes = body.get("changes", {}) | {name: body[name] for name in ("labels",) if name in body}
        said = []
        for name, label in FIELDS.items():
            if name not in changes:
                continue
            old, new = changes[name]
            if name == "priority":
                said.append(_("priority to %(name)s") % {"name": str(Priority(new).label).lower()})
            elif name in {"due_at", "ready_at"} and isinstance(new, str):
                said.append(_("%(field)s to %(when)s") % {"field": label, "when": self._when(new)})
            elif name == "title":
                said.append(_("title (was “%(old)s”)") % {"old": old})
            elif name == "labels":
                said.append(_("labels to %(names)s") % {"names": ", ".join(new) or _("none")})
            else:
                said.append(str(label))
        return ", ".join(said) or _("nothing that is shown")

    def _undone(self, event: Event) -> str:
        verb = self.verbs.get(event.reverses_id or 0, "")
        return str(SENTENCES[verb].name) if verb in SENTENCES else _("the last change")

    def _when(self, text: str) -> str:
        at = parse_datetime(text)
        return times.day_and_time(at.astimezone(self.zone), self.here) if at else text

    def _said(self, event: Event, body: dict[str, Any]) -> tuple[str, str]:
        """What somebody wrote with it, and who sees that."""
        if event.verb == "comment":
            comment = self.comments.get(body.get("comment", 0))
            shared = self.internal and bool(body.get("for_requester")) and self.task.requester_id
            return (comment.text if comment else _("(erased)")), _("seen by the requester") if shared else ""
        if event.verb == "attach":
            shared = self.internal and bool(body.get("for_requester")) and self.task.requester_id
            return "", _("seen by the requester") if shared else ""
        if event.verb == "mark_step" and "value" in body:
            return "", _value(body["value"][1])
        changes = body.get("changes", {})
        until = changes.get("waiting_until", [None, None])[1] if event.verb == "wait" else None
        note = _("until %(when)s") % {"when": self._when(until)} if until else ""
        override = body.get("override")
        if override and self.internal:
            note = _("although: %(was)s. %(reason)s") % {"was": override["was"], "reason": override["reason"]}
        told = self.internal or event.verb in REASONS_FOR_REQUESTER
        return str(body.get("reason", "")) if told else "", note


def _value(value: Any) -> str:
    if value is None:
        return _("emptied")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    text = str(value)
    return text.rstrip("0").rstrip(".") if _NUMBER.fullmatch(text) else text


def _comments(task: Task, events: Iterable[Event]) -> dict[int, Comment]:
    ids = [_body(event).get("comment") for event in events if event.verb == "comment"]
    return Comment.objects.filter(task=task).in_bulk([pk for pk in ids if pk]) if ids else {}


def _names(events: Iterable[Event]) -> Names:
    """Names of the people and departments events speak of."""
    people, departments = set(), set()
    for event in events:
        changes = _body(event).get("changes", {})
        people |= {pk for pk in changes.get("assignee_id", ())[1:] if pk and event.verb == "assign"}
        departments |= {pk for pk in changes.get("department_id", ())[1:] if pk}
    return names_of(person=people, department=departments)
