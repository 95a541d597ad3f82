"""People named in a comment: @ and the part of their address before its @, or @ and their name; whom to offer."""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef, Q

from core import clock
from core.folding import fold
from organization.calendars import today_in
from organization.models import Membership, User
from organization.models.departments import Role
from tasks.models import Involvement, Task

MOST = 20  # in one comment
OFFERED = 8
_LONGEST = 160
# Not within an address or a word: otto@office.example names nobody.
_AT = re.compile(r"(?<![\w.+-])@(?=\w)")
_WORD = re.compile(r"[\w.+-]*\w")


def mentioned_in(text: str) -> list[User]:
    """The active people a text names, in order of their numbers. One statement, none without an @.

    A name is read folded (@muller names Müller only with the whole name); where several people have the same, all are
    meant. Whether they may see the comment is the caller's question.
    """
    pieces = [text[found.end() : found.end() + _LONGEST] for found in _AT.finditer(text)][:MOST]
    words = {match[0] for piece in pieces if (match := _WORD.match(piece))}
    if not words:
        return []
    sought = Q()
    for word in words:
        sought |= Q(email__startswith=f"{word.lower()}@") | Q(folded_name__startswith=fold(word.strip(".+-")))
    said = [(match[0].lower(), fold(piece)) for piece in pieces if (match := _WORD.match(piece))]
    people = User.objects.active().filter(sought).order_by("pk")[: MOST * 10]
    return [person for person in people if any(_is(person, word, rest) for word, rest in said)]


def _is(person: User, word: str, rest: str) -> bool:
    if person.email.partition("@")[0] == word:
        return True
    name = person.folded_name
    return bool(name) and rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()


def offered(task: Task, text: str, asker: User) -> list[User]:
    """Whom to offer for a name begun after an @: active people who see what the task says. One statement.

    They are the owner, the requester, managers of its department or from above; of work that is not confidential also
    members, who had a hand in it, and admins. The asker is left out. `task` comes with its department and site.
    """
    day = today_in(task.department, clock.now())
    posts = Membership.objects.between(day, day).filter(person=OuterRef("pk"), department__is_active=True)
    near = Q(pk__in=[pk for pk in (task.assignee_id, task.requester_id) if pk])
    near |= Exists(posts.filter(department__in=task.department.lineage, role=Role.MANAGER))
    if not task.confidential:
        near |= Exists(posts.filter(department=task.department_id)) | Q(is_admin=True)
        near |= Exists(Involvement.objects.filter(task=task.pk, person=OuterRef("pk")))
    people = User.objects.active().exclude(pk=asker.pk).named(text).filter(near)
    return list(people.order_by("folded_name", "pk")[:OFFERED])
