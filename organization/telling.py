"""Notices in words for the person they were written to: what happened, what it is about, why they are told.

Language and zone are those of the moment, so whoever draws for somebody else activates theirs (`speaking_to`).
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_supported_language_variant

from core import subjects
from organization import dates
from organization.models import Notice, User
from organization.notice_kinds import kind_of


@dataclass(frozen=True)
class Told:
    """One notice as it is shown. `title` is empty where it is not theirs to read, `url` where it is out of reach."""

    notice: Notice
    words: str
    title: str
    why: str
    url: str
    kind: str

    @property
    def unread(self) -> bool:
        return self.notice.read_at is None


def language_of(person: User) -> str:
    """The code of the language the person is spoken to in, one of this office's."""
    try:
        found: str = get_supported_language_variant(person.language)
    except LookupError:
        found = settings.LANGUAGE_CODE
    return found


@contextmanager
def speaking_to(person: User) -> Iterator[None]:
    """Sentences in the block are in the person's language, instants in their zone."""
    with timezone.override(zoneinfo.ZoneInfo(person.time_zone)), translation.override(language_of(person)):
        yield


def told(person: User, notices: Iterable[Notice]) -> list[Told]:
    """Notices in words; `by` should be selected. One statement for each kind of subject, and the person's standing.

    A notice of a kind this office knows no more is left out.
    """
    rows = list(notices)
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.subject_id is not None:
            wanted.setdefault(row.subject_kind, set()).add(row.subject_id)
    found = {kind: subjects.seen(person, kind, pks) for kind, pks in wanted.items()}
    drawn = (_drawn(person, row, found.get(row.subject_kind, {}).get(row.subject_id or 0)) for row in rows)
    return [one for one in drawn if one]


def _drawn(person: User, notice: Notice, about: Any) -> Told | None:
    kind = kind_of(notice.kind)
    if kind is None:
        return None
    subject = subjects.subject(notice.subject_kind)
    return Told(
        notice,
        kind.sentence(notice, who=notice.by.name if notice.by else _("The office"), when=_when(notice)),
        subject.title(about, person) if subject and about else "",
        str(kind.why),
        subject.url(about) if subject and about else "",
        str(kind.label),
    )


def _when(notice: Notice) -> str:
    """The time a notice speaks of: a day as it is, an instant in the zone of the moment."""
    if notice.day:
        return dates.plain_day(notice.day)
    if not notice.moment:
        return ""
    at = timezone.localtime(notice.moment)
    return f"{dates.plain_day(at.date())} {dates.time(at)}"
