"""Stopping mail from the mail itself: a signed word that says whose mail of which kinds, good for nothing else.

It never runs out: a mail is opened when it is opened (RFC 8058, one-click unsubscribe).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from organization.models import NoticePreference, User
from organization.notice_kinds import Kind, kind_of
from organization.preferences import choose

_signer = signing.Signer(salt="organization.stopping", sep=".")


@dataclass(frozen=True)
class Stop:
    """Whose mail of which kinds is to stop."""

    person: User
    kinds: list[Kind]


def word_for(person: User, kinds: Iterable[str]) -> str:
    """The word for a person's mail of these kinds."""
    return _signer.sign_object([person.pk, *sorted(set(kinds))])


def understood(word: str) -> Stop | None:
    """What a word says; None for one this office never gave, or about somebody who has left."""
    try:
        pk, *names = _signer.unsign_object(word)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = User.objects.active().filter(pk=pk).first()
    kinds = [kind for name in names if (kind := kind_of(name))]
    return Stop(person, kinds) if person and kinds else None


def stop(asked: Stop) -> None:
    """No more mail of these kinds; what is told in the office stays."""
    for kind in asked.kinds:
        choose(asked.person, kind.name, mail=NoticePreference.Mail.NEVER, actor=asked.person)
