"""Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): a POST repeated with its key is done once.

The answer is kept in the transaction of the verb itself, so that a crash loses both or neither. Whoever comes with
the same key while the first is at work is told so at once instead of waiting for it. Answers of 5xx are not kept:
nothing was done, and the same key may try again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import ValidationError

from core import clock
from core.refusals import Refused
from organization.models import ApiToken, IdempotentAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = dt.timedelta(hours=24)
SWEPT = 1000
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

_LOOK = """SELECT pg_try_advisory_xact_lock(%(lock)s), kept.request_digest, kept.status, kept.body, kept.content_type
    FROM (SELECT 1) AS one LEFT JOIN organization_idempotentanswer kept
    ON kept.token_id = %(token)s AND kept.key = %(key)s AND kept.created_at > %(since)s"""
# An answer older than a day that is not swept yet gives way; a younger one means that somebody was faster.
_KEEP = """INSERT INTO organization_idempotentanswer
    (token_id, key, request_digest, status, body, content_type, created_at)
    VALUES (%(token)s, %(key)s, %(digest)s, %(status)s, %(body)s, %(type)s, %(now)s)
    ON CONFLICT (token_id, key) DO UPDATE SET request_digest = excluded.request_digest, status = excluded.status,
    body = excluded.body, content_type = excluded.content_type, created_at = excluded.created_at
    WHERE organization_idempotentanswer.created_at <= %(since)s"""


class Overtaken(Exception):
    """Another request with the same key committed its answer first."""


@dataclass(frozen=True)
class Found:
    """What is known of a key: whether it is ours to use now, and the answer kept for it."""

    free: bool
    digest: bytes | None
    status: int
    body: bytes
    content_type: str


def once(request: HttpRequest, token: ApiToken, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run `act` unless its answer is known under the request's key; without a key simply run it.

    Raises ValidationError (422) for a bad key and for a key that was used with another request, Refused (409) while
    the first request with the key is at work. `act` answers every refusal itself; what it raises undoes everything.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        raise _bad_key("Use 1 to 255 visible ASCII characters.")
    digest = digest_of(request)
    try:
        return _within(token, key, digest, act)
    except Overtaken:
        return _replay(_look(token, key), digest)


def _within(token: ApiToken, key: str, digest: bytes, act: Callable[[], HttpResponse]) -> HttpResponse:
    with transaction.atomic():
        found = _look(token, key)
        if found.digest is not None or not found.free:
            return _replay(found, digest)
        response = act()
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif not _keep(token, key, digest, response):
            raise Overtaken
        return response


def _bad_key(message: str) -> ValidationError:
    return ValidationError([{"loc": ("header", HEADER), "type": "idempotency_key", "msg": message}])


def digest_of(request: HttpRequest) -> bytes:
    """SHA-256 of what makes a request the same again: its method, address and body (for forms, its parts)."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _parts(request):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    # The boundary between the parts of a form is another one at each try, so the parts are compared.
    if request.content_type != "multipart/form-data":
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        for value in values:
            yield f"{name}={value}".encode()
    for name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            yield f"{name}={upload.name}".encode()
            yield from upload.chunks()
            upload.seek(0)


def _since() -> dt.datetime:
    return clock.now() - KEPT


def _look(token: ApiToken, key: str) -> Found:
    name = hashlib.sha256(f"idempotency {token.pk} {key}".encode()).digest()
    lock = int.from_bytes(name[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, {"lock": lock, "token": token.pk, "key": key, "since": _since()})
        free, digest, status, body, content_type = cursor.fetchone()
    return Found(free, digest and bytes(digest), status or 0, bytes(body or b""), content_type or "")


def _keep(token: ApiToken, key: str, digest: bytes, response: HttpResponse) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "token": token.pk,
                "key": key,
                "digest": digest,
                "status": response.status_code,
                "body": response.content,
                "type": response.headers.get("Content-Type", ""),
                "now": clock.now(),
                "since": _since(),
            },
        )
        return bool(cursor.rowcount)


def _replay(found: Found, digest: bytes) -> HttpResponse:
    if found.digest is None:
        raise Refused(_("The first request with this key is still at work. Try again."), code="in_progress")
    if found.digest != digest:
        raise _bad_key("This key was used with another request. Use a new one.")
    response = HttpResponse(found.body, status=found.status, content_type=found.content_type or None)
    response.headers[REPLAYED] = "true"
    return response


def sweep(limit: int = SWEPT) -> int:
    """Forget up to `limit` answers older than a day, oldest first; returns how many."""
    old = IdempotentAnswer.objects.filter(created_at__lte=_since()).order_by("created_at")
    return IdempotentAnswer.objects.filter(pk__in=old.values("pk")[:limit]).delete()[0]
