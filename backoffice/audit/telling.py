"""Events as an auditor reads them: a sentence each, with what changed; of confidential work only that it happened."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.audit import asked
from backoffice.audit.values import Values
from backoffice.audit.verbs import words_of
from backoffice.audit.words import KINDS, field_label, sentence_of
from core import clock
from organization import dates
from organization.models import User
from records.models import Event
from tasks.models import Comment, Task
from tasks.names import Names
from tasks.rules import sees_content
from tasks.timeline import Teller, spoken_of

NAMED = ("person", "department", "procedure")
_PERSON_FIELDS = frozenset({"assignee_id", "requester_id", "person_id", "substitute_id", "owner_id"})


@dataclass(frozen=True)
class Told:
    """One event. `changes` are (field, before, after), `facts` (name, value); all plain text but `words` and `at`."""

    event: Event
    at: SafeString
    words: SafeString
    quote: str = ""
    note: str = ""
    reference: str = ""
    title: str = ""
    href: str = ""
    department: str = ""
    erased: bool = False
    hidden: bool = False
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)


def read(numbers: Sequence[int]) -> list[Any]:
    """The events of a page in its order, with who, payload and the text of a comment they are about. One statement."""
    number = Case(When(verb="comment", then=Cast(KeyTextTransform("comment", "payload__body"), BigIntegerField())))
    text = Comment.objects.filter(task=OuterRef("task_id"), pk=OuterRef("comment_number")).values("text")
    rows = Event.objects.filter(pk__in=numbers).select_related("actor", "on_behalf_of", "payload")
    found = {row.pk: row for row in rows.annotate(comment_number=number).annotate(said=Subquery(text))}
    return [found[pk] for pk in numbers if pk in found]


class Telling:
    """Tells events to one reader: two statements when it is made, one more for all names together."""

    def __init__(self, events: Sequence[Any], user: User) -> None:
        self.user, self.names = user, Names()
        self.zone = zoneinfo.ZoneInfo(str(timezone.get_current_timezone()))
        self.here = clock.now().astimezone(self.zone)
        self.events = events
        self.tasks = self._tasks({event.task_id for event in events if event.task_id})
        self.reversed = self._reversed({event.reverses_id for event in events if event.reverses_id})
        self.values = Values(self.names, self.zone)
        spoken = spoken_of(events)
        said = {pair for event in events for pair in asked.spoken_of(_body(event))}
        self.names.want(
            department=spoken["department"]
            | {event.department_id for event in events if event.department_id}
            | {number for kind, number in said if kind == "department"},
            person=spoken["person"] | _people_in(events) | {number for kind, number in said if kind == "person"},
        )
        about = {kind: [event.subject_id for event in events if event.subject_kind == kind] for kind in NAMED}
        self.names.want(None, **about)

    def _tasks(self, ids: set[int]) -> dict[int, Any]:
        """What the sentences need of the tasks, and whether the reader may go there."""
        if not ids:
            return {}
        seen = Task.objects.visible_to(self.user).filter(pk=OuterRef("pk"))
        fields = ("title", "confidential", "department_id", "assignee_id", "requester_id")
        return {row.pk: row for row in Task.objects.filter(pk__in=ids).annotate(seen=Exists(seen)).only(*fields)}

    @staticmethod
    def _reversed(ids: set[int]) -> list[Any]:
        return list(Event.objects.filter(pk__in=ids).only("pk", "verb")) if ids else []

    def tell(self) -> list[Told]:
        """All of them."""
        return [self._one(event) for event in self.events]

    def _one(self, event: Any) -> Told:
        task = self.tasks.get(event.task_id) if event.task_id else None
        hidden = bool(event.task_id) and (task is None or not sees_content(self.user, task))
        body = {} if hidden else _body(event)
        words, quote, note = self._sentence(event, task, hidden)
        seen = task is not None and task.seen
        return Told(
            event=event,
            at=dates.stamp(event.occurred_at.astimezone(self.zone), self.here),
            words=words,
            quote=quote,
            note=note,
            reference=f"T-{event.task_id}" if event.task_id else "",
            title=task.title if task is not None and seen and not hidden else "",
            href=task.get_absolute_url() if task is not None and seen else "",
            department=self.names.get(("department", event.department_id)) if event.department_id else "",
            erased=bool(bytes(event.digest)) and getattr(event, "payload", None) is None,
            hidden=hidden,
            changes=self._changes(event, body),
            facts=self._facts(event, body),
        )

    def _sentence(self, event: Any, task: Any, hidden: bool) -> tuple[SafeString, str, str]:
        if hidden and event.verb == "break_glass":  # why it was opened is what it is kept for, and says nothing of it
            told = Teller(task or Task(), self.user, [event], internal=True, names=self.names).entry(event)
            return told.words, told.quote, told.note
        if hidden:
            pattern = _("{who}: {verb}, confidential")
            who = event.actor.name if event.actor else _("The office")
            return format_html(pattern, who=who, verb=words_of(event.verb)), "", ""
        if event.subject_kind == "task" and task is not None:
            told = Teller(task, self.user, [event, *self.reversed], internal=True, names=self.names).entry(event)
            return told.words, told.quote, told.note
        sentence = sentence_of(event.verb)
        pattern = str(sentence.pattern(mine=event.actor_id == self.user.pk, by_clock=event.actor_id is None))
        who = event.actor.name if event.actor else _("The office")
        if event.on_behalf_of:
            who = _("%(who)s on behalf of %(other)s") % {"who": who, "other": event.on_behalf_of.name}
        return format_html(pattern, who=who, verb=words_of(event.verb), what=self._what(event)), "", ""

    def _what(self, event: Any) -> str:
        """The kind of a subject and its name, else its number."""
        kind = str(KINDS.get(event.subject_kind, event.subject_kind.replace("_", " ")))
        name = self.names.get((event.subject_kind, event.subject_id)) if event.subject_kind in NAMED else ""
        body = _body(event)
        named = body.get("changes", {}).get("name", [None, None]) if isinstance(body.get("changes"), dict) else [None]
        person = body.get("changes", {}).get("person_id", [None]) if len(named) == 2 else [None]
        whose = self.names.get(("person", person[-1] or person[0] or 0))
        name = name or str(named[-1] or named[0] or body.get("name") or whose)
        return f"{kind} {name or event.subject_id}"

    def _changes(self, event: Any, body: dict[str, Any]) -> list[tuple[str, str, str]]:
        changes = body.get("changes")
        pairs = {name: pair for name, pair in body.items() if isinstance(pair, list) and name in {"labels", "value"}}
        pairs |= changes if isinstance(changes, dict) else {}
        return [
            (field_label(event.subject_kind, name), self.values.say(name, old), self.values.say(name, new))
            for name, (old, new) in ((name, pair) for name, pair in pairs.items() if len(pair) == 2)
        ]

    def _facts(self, event: Any, body: dict[str, Any]) -> list[tuple[str, str]]:
        facts: list[tuple[str, str]] = []
        for name, value in body.items():
            if name in {"changes", "labels", "value", "revision"}:
                continue
            if name in asked.INSIDE and isinstance(value, dict):
                facts += self.values.inside(name, value)
            else:
                facts.append((field_label(event.subject_kind, name), self.values.say(name, value)))
        return facts


def _body(event: Any) -> dict[str, Any]:
    payload = getattr(event, "payload", None)
    return payload.body if payload else {}


def _people_in(events: Iterable[Any]) -> set[int]:
    """Ids of the people that changed fields name."""
    found: set[int] = set()
    for event in events:
        changes = _body(event).get("changes", {})
        for name, pair in changes.items() if isinstance(changes, dict) else ():
            if name in _PERSON_FIELDS and isinstance(pair, list):
                found |= {pk for pk in pair if isinstance(pk, int)}
    return found
