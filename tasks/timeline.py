"""The history of a task in sentences, read from its events. Who only asked for it sees what concerns them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, Case, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import clock
from organization import dates
from organization.models import User
from records.models import Event
from tasks.models import Comment, Task
from tasks.names import Names
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


class Timeline:
    """The newest entries (all up to a thousand when asked for), `more` where some are left out.

    One statement when it is made. What it speaks of it wants of `names`, so that a page reads all its names together;
    the sentences are therefore made when they are first asked for.
    """

    def __init__(self, task: Task, user: User, names: Names, *, internal: bool, everything: bool = False) -> None:
        limit = MOST if everything else FEW
        events: Any = Event.objects.of_task(task.pk)
        if not internal:
            meant = Q(verb__in=["comment", "attach"], payload__body__for_requester=True)
            events = events.filter(Q(verb__in=FOR_REQUESTER) | meant)
        rows = list(_with_comments(events, task)[: limit + 1])
        self.more = len(rows) > limit
        self._rows = rows[:limit]
        names.want(**spoken_of(rows))
        self._teller = Teller(task, user, rows, internal, names)

    @cached_property
    def entries(self) -> list[Entry]:
        return [self._teller.entry(event) for event in self._rows]


def _with_comments(events: Any, task: Task) -> Any:
    """Events with the text of the comment they are about as `said` (None where there is none any more)."""
    number = Case(When(verb="comment", then=Cast(KeyTextTransform("comment", "payload__body"), BigIntegerField())))
    text = Comment.objects.filter(task=task.pk, pk=OuterRef("comment_number")).values("text")
    return events.annotate(comment_number=number).annotate(said=Subquery(text))


def _body(event: Event) -> dict[str, Any]:
    """The payload, or nothing where it was erased."""
    payload = getattr(event, "payload", None)
    return payload.body if payload else {}


class Teller:
    def __init__(self, task: Task, user: User, events: Sequence[Event], internal: bool, names: Names) -> None:
        self.task, self.user, self.internal, self.names = task, user, internal, names
        self.zone = timezone.get_current_timezone()
        self.here = clock.now().astimezone(self.zone)
        self.verbs = {event.pk: event.verb for event in events}

    def entry(self, event: Any) -> Entry:
        body = _body(event)
        mine = event.actor_id == self.user.pk
        sentence = SENTENCES.get(event.verb, Sentence(gettext_lazy("{who}: {verb}"), gettext_lazy("{who}: {verb}")))
        pattern = sentence.pattern(mine=mine, by_clock=event.actor_id is None)
        words = format_html(str(pattern), **self._parts(event, body))
        quote, note = self._said(event, body)
        return Entry(
            pk=event.pk,
            at=dates.stamp(event.occurred_at.astimezone(self.zone), self.here),
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
            return pgettext("to whom", "nobody")
        if kind == "person" and change[1] == self.user.pk:
            return pgettext("to whom", "you")
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
        return dates.day_and_time(at.astimezone(self.zone), self.here) if at else text

    def _said(self, event: Any, body: dict[str, Any]) -> tuple[str, str]:
        """What somebody wrote with it, and who sees that."""
        if event.verb == "comment":
            shared = self.internal and bool(body.get("for_requester")) and self.task.requester_id
            return (_("(erased)") if event.said is None else event.said), _("seen by the requester") if shared else ""
        if event.verb == "attach":
            shared = self.internal and bool(body.get("for_requester")) and self.task.requester_id
            return "", _("seen by the requester") if shared else ""
        if event.verb == "mark_step" and "value" in body:
            return "", _value(body["value"][1])
        changes = body.get("changes", {})
        until = changes.get("waiting_until", [None, None])[1] if event.verb == "wait" else body.get("until")
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


def spoken_of(events: Iterable[Event]) -> dict[str, set[int]]:
    """Ids of the people and departments events speak of."""
    people, departments = set(), set()
    for event in events:
        changes = _body(event).get("changes", {})
        people |= {pk for pk in changes.get("assignee_id", ())[1:] if pk and event.verb == "assign"}
        departments |= {pk for pk in changes.get("department_id", ())[1:] if pk}
    return {"person": people, "department": departments}
