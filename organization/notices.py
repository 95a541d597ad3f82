"""Telling people. A verb says whom, in its own transaction; the office shows it at once, mail follows from the rows.

One statement, whoever and how many are told, and none of preferences: how it is mailed is decided when its mail is due
(`organization.mailing`), by what the person wants, is, and may see then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from core import clock
from organization import notice_kinds
from organization.models import Notice, User

# A verb can be undone for a minute: no mail tells of what was taken back at once.
HOLD = dt.timedelta(seconds=60)


@dataclass(frozen=True)
class News:
    """What one person is told. `key` says what it is: the same key is told them once."""

    person_id: int
    kind: str
    key: str
    subject_kind: str = ""
    subject_id: int | None = None
    reference: str = ""
    detail: str = ""
    by_id: int | None = None
    moment: dt.datetime | None = None
    day: dt.date | None = None
    urgent: bool = False
    hold: bool = False


_COLUMNS = {
    "person_id": "bigint",
    "kind": "text",
    "key": "text",
    "subject_kind": "text",
    "subject_id": "bigint",
    "reference": "text",
    "detail": "text",
    "by_id": "bigint",
    "moment": "timestamptz",
    "day": "date",
    "urgent": "boolean",
}
_INSERT = f"""INSERT INTO organization_notice ({", ".join(_COLUMNS)}, in_app, in_digest, written_at, mail_at)
    SELECT {", ".join(f"n.{name}" for name in _COLUMNS)}, COALESCE(p.in_app, true), false, %s,
        CASE WHEN p.mail = 'never' THEN NULL ELSE n.mail_at END
    FROM unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())}, %s::timestamptz[])
        AS n ({", ".join(_COLUMNS)}, mail_at)
    JOIN organization_user u ON u.id = n.person_id AND u.is_active
    LEFT JOIN organization_noticepreference p ON p.person_id = n.person_id AND p.kind = n.kind
    ORDER BY n.person_id, n.key
    ON CONFLICT (person_id, key) DO NOTHING"""


def notify(news: Iterable[News]) -> None:
    """Write what people are told into the present transaction. One statement, none for nobody.

    Who has left is told nothing; what somebody was told already (person and key) is left alone. `hold` keeps its mail
    back while the verb can be undone. Raises KeyError for a kind nobody registered.
    """
    told = list(news)
    if not told:
        return
    now = clock.now()
    for name in {one.kind for one in told}:
        notice_kinds.known(name)
    values = [[getattr(one, name) for one in told] for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [now, *values, [now + HOLD if one.hold else now for one in told]])


def withdraw(people: Iterable[int], key: str) -> None:
    """Take back what people were told by `key`, where it was neither read nor mailed. One statement."""
    Notice.objects.filter(person__in=list(people), key=key, read_at=None, mailed_at=None).delete()


def mark_read(person: User, pk: int | None = None) -> int:
    """Mark one notice of a person as read, or all; how many were not. What is read is not mailed any more."""
    unread = Notice.objects.filter(person=person.pk, read_at=None)
    if pk is not None:
        unread = unread.filter(pk=pk)
    return unread.update(read_at=clock.now(), mail_at=None)
