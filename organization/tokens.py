"""Personal API tokens: made once, shown once, stored hashed."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Func, JSONField, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core import clock
from core.prepared import Prepared
from core.refusals import Refused
from organization.models import ApiToken, User
from organization.standing import COLUMNS, around, memberships_of, standing_from
from records import events

PREFIX = "bo_"
USED_EVERY = dt.timedelta(minutes=1)


def digest_of(token: str) -> bytes:
    """SHA-256 of a token; its 256 random bits need no salt or stretching."""
    return hashlib.sha256(token.encode()).digest()


def create_token(
    person: User, *, actor: User | None, name: str, expires_at: dt.datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token acting as `person`, and its text, which is told only now. Raises Refused for a past expiry."""
    if expires_at and expires_at <= clock.now():
        raise Refused(_("Choose an expiry ahead."), code="expiry_past", field="expires_at")
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            person=person,
            name=name.strip()[:80] or "API",
            digest=digest_of(text),
            hint=text[:7],
            expires_at=expires_at,
        )
        events.write("add", actor=actor, subject_kind="token", subject_id=token.pk, payload={"name": token.name})
    return token, text


def revoke_token(token: ApiToken, *, actor: User | None) -> None:
    """End a token at once; ending it twice is harmless."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=clock.now()):
            events.write("revoke", actor=actor, subject_kind="token", subject_id=token.pk)


_DATES = (COLUMNS.index("starts_on"), COLUMNS.index("ends_on"))


def _valid(digest: bytes, now: dt.datetime, first: dt.date, last: dt.date) -> QuerySet[ApiToken]:
    unended = ApiToken.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)
    posts = memberships_of(OuterRef("person_id"), first, last).values(
        row=Func(*COLUMNS, function="jsonb_build_array", output_field=JSONField())
    )
    found = unended.select_related("person").filter(digest=digest, person__is_active=True)
    return found.annotate(posts=ArraySubquery(posts))


_valid_token = Prepared(_valid, digest=bytes, now=dt.datetime, first=dt.date, last=dt.date)


def _dated(row: list[Any]) -> list[Any]:
    """A membership out of JSON, which has no dates."""
    for place in _DATES:
        row[place] = row[place] and dt.date.fromisoformat(row[place])
    return row


def person_of(text: str) -> ApiToken | None:
    """The valid token behind a text, with its person and their standing, or None. Last use: once a minute at most.

    One statement, and one more for managers.
    """
    now = clock.now()
    token: Any = _valid_token.first(digest=digest_of(text), now=now, **around(now))
    if token:
        token.person.__dict__["standing"] = standing_from(map(_dated, token.posts), now)
    if token and (token.last_used_at is None or now - token.last_used_at > USED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return cast(ApiToken | None, token)
