"""People named in a comment: @ and the part of their address before its @, or @ and their name."""

from __future__ import annotations

import re

from django.db.models import Q

from core.folding import fold
from organization.models import User

MOST = 20  # in one comment
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
